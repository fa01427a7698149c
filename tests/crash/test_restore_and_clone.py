from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bigtime.timesheets.models import TimeEntry
from integrations.models import Operation, SyncIssue
from integrations.quickbooks.online import poster
from integrations.sync import guard, outbox
from tests.postable import Postable

from .copies import backup
from .oracle import judge
from .workers import finish, fork, pumping

pytestmark = pytest.mark.crash


def in_a_new_process(postable: Postable, seconds: float = 20) -> None:
    """A pump that ends when nothing is left to send, or after `seconds`."""
    assert fork(lambda: postable.drain(seconds)).wait() == 0


def test_what_was_queued_in_the_backup_and_posted_since_is_linked_not_posted(postable: Postable) -> None:
    postable.push(postable.entries(120))
    with backup() as taken:
        in_a_new_process(postable)
        assert postable.states() == {"posted": 120}
        written = len(postable.journal())
        taken.restore()
    assert postable.states() == {"ready": 120}

    in_a_new_process(postable)

    verdict = judge(postable)
    assert verdict.is_clean, verdict
    assert len(postable.journal()) == written == 120
    assert set(Operation.objects.values_list("via", flat=True)) == {"query"}


def test_what_was_not_even_queued_in_the_backup_is_recognised_by_its_marker(postable: Postable) -> None:
    entries = postable.entries(60)
    with backup() as taken:
        postable.push(entries)
        in_a_new_process(postable)
        taken.restore()
    assert Operation.objects.count() == 0
    assert TimeEntry.objects.exclude(lock="").count() == 0

    # Another entry is all that the process has to post; it looks first.
    postable.push(entries[:1])
    in_a_new_process(postable)

    assert len(postable.journal()) == 60
    verdict = judge(postable)
    assert verdict.is_clean, verdict
    assert verdict.entries == 60


def test_a_second_posting_that_the_backup_has_forgotten_is_recognised(postable: Postable) -> None:
    entries = postable.entries(5)
    with backup() as taken:
        first = postable.push(entries)
        postable.simulator.faults(
            postable.realm, [{"kind": "code", "code": "6000", "count": 5, "match": {"operation": "create"}}]
        )
        in_a_new_process(postable)
        assert {Operation.objects.get(pk=each.pk).state for each in first} == {"rejected"}
        postable.push(entries)
        in_a_new_process(postable)
        assert len(postable.journal()) == 5
        taken.restore()

    postable.push(entries)
    in_a_new_process(postable)

    assert len(postable.journal()) == 5
    assert judge(postable).is_clean
    assert set(Operation.objects.values_list("seq", flat=True)) == {2}


def test_a_record_that_got_the_same_id_after_the_restore_is_not_taken_for_the_lost_one(postable: Postable) -> None:
    with backup() as taken:
        lost = postable.entries(3)
        postable.push(lost)
        in_a_new_process(postable)
        taken.restore()

    others = postable.entries(3, note="Something else")
    assert [each.pk for each in others] == [each.pk for each in lost]
    postable.push(others)
    in_a_new_process(postable)

    assert postable.states() == {"posted": 3}
    assert len(postable.in_books()) == 6
    issue = SyncIssue.objects.get(code="unknown_marker")
    assert issue.message.startswith("3 transactions in QuickBooks")


def test_a_restore_under_a_living_process_is_noticed(postable: Postable) -> None:
    postable.push(postable.entries(3))
    with backup() as taken:
        postable.drain()
        assert postable.states() == {"posted": 3}
        taken.restore()
    assert postable.states() == {"ready": 3}

    poster.drain(postable.connection, seconds=10)

    assert len(postable.journal()) == 3
    assert judge(postable).is_clean


def test_a_restored_entry_that_differs_from_what_was_posted_says_so(postable: Postable) -> None:
    (entry,) = postable.entries(1)
    with backup() as taken:
        TimeEntry.objects.filter(pk=entry.pk).update(minutes=77)
        postable.push([entry])
        in_a_new_process(postable)
        taken.restore()

    postable.push([entry])
    in_a_new_process(postable)

    assert len(postable.journal()) == 1
    assert postable.states() == {"posted_diverged": 1}


def test_a_clone_elsewhere_writes_nothing_until_a_person_says_so(
    postable: Postable, settings: Any, tmp_path: Path
) -> None:
    entries = postable.entries(7)
    postable.push(entries[:1])
    in_a_new_process(postable)
    postable.push(entries[1:])
    settings.INSTANCE_FILE = tmp_path / "other-installation"
    before = postable.simulator.stats()["writes_total"]

    in_a_new_process(postable, 1)

    assert postable.simulator.stats()["writes_total"] == before
    postable.connection.refresh_from_db()
    assert guard.state(postable.connection) == guard.ELSEWHERE
    assert "copy of another" in guard.SENTENCES[guard.state(postable.connection)]
    assert postable.states() == {"posted": 1, "ready": 6}

    # The first installation went on posting; the other learns of it before it posts.
    settings.INSTANCE_FILE = tmp_path / "instance"
    with backup() as clone:
        in_a_new_process(postable)
        assert len(postable.journal()) == 7
        clone.restore()
    settings.INSTANCE_FILE = tmp_path / "other-installation"
    postable.connection.refresh_from_db()
    guard.adopt(connection=postable.connection, by=None)
    assert guard.state(postable.connection) == guard.QUARANTINED
    in_a_new_process(postable)

    assert len(postable.journal()) == 7
    assert judge(postable).is_clean


def test_nothing_goes_out_while_the_books_cant_be_looked_at(postable: Postable) -> None:
    postable.push(postable.entries(3))
    postable.simulator.faults(postable.realm, [{"kind": "error_500", "count": None, "match": {"operation": "query"}}])
    in_a_new_process(postable, 2)
    assert postable.journal() == []
    postable.simulator.faults(postable.realm, [])
    postable.hurry()
    in_a_new_process(postable)
    assert judge(postable).is_clean


def test_pumping_in_two_processes_at_once_doubles_nothing(postable: Postable) -> None:
    postable.simulator.config(item_latency=0.002, requestid="ignored")
    postable.push(postable.entries(300))
    workers = [fork(pumping(postable, 8)) for _ in range(3)]
    assert [worker.wait() for worker in workers] == [0, 0, 0]
    finish(postable)
    assert judge(postable).is_clean
    assert postable.states() == {"posted": 300}


def test_two_of_one_marker_found_after_a_restore_are_never_made_three(postable: Postable) -> None:
    entries = postable.entries(1)
    postable.push(entries)
    with backup() as taken:
        in_a_new_process(postable)
        taken.restore()
    twin = {key: value for key, value in postable.in_books()[0].items() if key not in ("Id", "SyncToken", "MetaData")}
    postable.create("TimeActivity", **twin)

    in_a_new_process(postable)

    assert postable.states() == {"needs_person": 1}
    outbox.retry(operations=list(Operation.objects.all()), by=None)
    for _ in range(4):
        postable.hurry()
        in_a_new_process(postable)
    assert postable.states() == {"needs_person": 1}
    assert len(postable.in_books()) == 2
