"""Killed at each named place, once each; and it is shown that the place was reached."""

from __future__ import annotations

import re
import signal
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from bigtime.timesheets.models import TimeEntry
from integrations import sync
from integrations.models import Operation
from integrations.quickbooks import online
from integrations.quickbooks.online import poster
from integrations.quickbooks.online.models import Token
from tests.integrations.sync.test_runs import PLACES
from tests.postable import Postable

from .copies import backup
from .oracle import judge
from .workers import fork, pumping

pytestmark = pytest.mark.crash
BATCH = {"operation": "batch"}
CLAIMING = ["scan_read", "claim_before_commit", "after_claim"]
SENDING = [*CLAIMING, "before_send", "after_send", "settle_before_commit", "after_settle"]
REFRESHING = ["token_answered", "token_written"]
RESOLVING = ["resolve_taken", "resolve_read", "resolve_before_commit", "after_resolve"]


def recover(postable: Postable) -> None:
    for _ in range(7):
        postable.hurry()
        poster.drain(postable.connection, seconds=10)


def die(postable: Postable, place: str) -> None:
    assert fork(pumping(postable, 5), crash_at=place).wait() == -signal.SIGKILL, f"{place} was not reached"


@pytest.mark.parametrize("mode", ["honoured", "ignored"])
@pytest.mark.parametrize("place", SENDING)
def test_killed_while_sending(postable: Postable, place: str, mode: str) -> None:
    postable.simulator.config(requestid=mode)
    postable.push(postable.entries(8))
    die(postable, place)
    recover(postable)
    verdict = judge(postable)
    assert verdict.is_clean, verdict
    assert verdict.entries == 8


@pytest.mark.parametrize("commits", [True, False])
@pytest.mark.parametrize("place", [*RESOLVING, "release_before_commit"])
def test_killed_while_the_outcome_is_unknown(postable: Postable, place: str, commits: bool) -> None:
    postable.simulator.config(requestid="ignored")
    postable.push(postable.entries(8))
    postable.simulator.faults(postable.realm, [{"kind": "error_500", "commit": commits, "match": BATCH}])
    if place != "release_before_commit":
        poster.drain(postable.connection, seconds=10)
        assert postable.states() == {"in_doubt": 8}
        postable.hurry()
    die(postable, place)
    recover(postable)
    verdict = judge(postable)
    assert verdict.is_clean, verdict


def test_killed_while_freeing_what_a_dead_worker_held(postable: Postable) -> None:
    postable.push(postable.entries(8))
    die(postable, "after_send")
    postable.hurry()
    die(postable, "expire_before_commit")
    recover(postable)
    verdict = judge(postable)
    assert verdict.is_clean, verdict


def test_killed_while_pushing_nothing_is_half_done(postable: Postable) -> None:
    entries = postable.entries(8)
    assert fork(lambda: _ignore(postable.push(entries)), crash_at="push_before_commit").wait() == -signal.SIGKILL
    assert Operation.objects.count() == 0
    assert TimeEntry.objects.exclude(lock="").count() == 0
    postable.push(entries)
    recover(postable)
    assert judge(postable).is_clean


@pytest.mark.parametrize("place", REFRESHING)
def test_killed_while_the_token_is_refreshed(postable: Postable, place: str) -> None:
    postable.simulator.config(rotation="daily")
    postable.push(postable.entries(3))
    Token.objects.update(access_expires_at=timezone.now() - timedelta(minutes=1))
    die(postable, place)
    recover(postable)
    postable.connection.refresh_from_db()
    assert postable.connection.status == "active"
    assert judge(postable).is_clean


def test_killed_while_a_restored_backup_is_linked(postable: Postable) -> None:
    postable.push(postable.entries(8))
    with backup() as taken:
        poster.drain(postable.connection, seconds=10)
        assert postable.states() == {"posted": 8}
        taken.restore()
    die(postable, "scan_before_commit")
    assert postable.states() == {"ready": 8}
    recover(postable)
    verdict = judge(postable)
    assert verdict.is_clean, verdict
    assert verdict.entries == len(postable.journal()) == 8


def test_every_place_named_for_this_channel_is_tried() -> None:
    named: set[str] = set()
    for package in (sync, online):
        for source in Path(package.__path__[0]).rglob("*.py"):
            named |= set(re.findall(r'point\("([^"]+)"\)', source.read_text()))
    alone = {"push_before_commit", "expire_before_commit", "release_before_commit", "scan_before_commit"}
    assert named == {*SENDING, *RESOLVING, *REFRESHING, *PLACES, *alone}


def _ignore(_: Any) -> None:
    return None
