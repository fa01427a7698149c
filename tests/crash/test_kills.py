"""kill -9 at random moments and at random places, again and again, under every fault; the journal is the judge."""

from __future__ import annotations

import random
import signal
import sys
from typing import Any

import pytest
import requests
from django.db import transaction

from integrations.models import Operation
from integrations.quickbooks.online.models import Token
from integrations.sync import claims, readiness
from tests.postable import Postable

from .oracle import Verdict, judge
from .test_points import RESOLVING, SENDING
from .workers import Worker, environment, finish, fork, pumping

pytestmark = [pytest.mark.crash, pytest.mark.soak]
KILLS = environment("BIGTIME_KILLS", 300)
SEED = environment("BIGTIME_SEED", 0) or random.SystemRandom().randrange(10**6)
MODES = ["honoured", "ignored", "forgotten", "batch_6000"]
BATCH = {"operation": "batch"}
FAULTS: list[dict[str, Any]] = [
    {"kind": "reset_before", "match": BATCH},
    {"kind": "reset_after", "match": BATCH},
    {"kind": "late_commit", "seconds": 0.5, "match": BATCH},
    {"kind": "late_commit", "seconds": 2.0, "match": BATCH},
    {"kind": "error_500", "commit": True, "match": BATCH},
    {"kind": "error_503", "match": BATCH},
    {"kind": "truncated", "match": BATCH},
    {"kind": "html", "match": BATCH},
    {"kind": "throttled", "match": BATCH},
    {"kind": "unauthorized", "match": BATCH},
    {"kind": "error_500", "match": {"operation": "query"}},
    {"kind": "system", "match": {"operation": "create", "batch_item": 0}},
]


def trial(postable: Postable, dice: random.Random, number: int) -> tuple[int, int]:
    """One killing of one or two workers. How many died, and how many faults were laid."""
    if number % 25 == 0:
        postable.simulator.config(requestid=dice.choice(MODES), requestid_retention=0.3, item_latency=0.003)
    faults = dice.sample(FAULTS, dice.choice([0, 0, 1, 2]))
    postable.simulator.faults(postable.realm, faults)
    postable.hurry_pauses()
    workers = [start(postable, dice) for _ in range(dice.choice([1, 1, 1, 2]))]
    killed = sum(worker.kill_after(dice.uniform(0.03, 0.5)) or worker.wait() == -signal.SIGKILL for worker in workers)
    return killed, len(faults)


def start(postable: Postable, dice: random.Random) -> Worker:
    place = dice.choice([*SENDING, *RESOLVING]) if dice.random() < 0.3 else ""
    return fork(pumping(postable, 2), crash_at=place)


def report(trials: int, faults: int, verdict: Verdict) -> None:
    line = f"trials {trials} · faults {faults} · {verdict} · entries {verdict.entries} · seed {SEED}"
    sys.__stdout__.write(f"\n{line}\n")  # type: ignore[union-attr]


@pytest.mark.timeout(1800)
def test_any_number_of_kills_gives_each_entry_exactly_once(postable: Postable, capsys: Any) -> None:
    dice = random.Random(SEED)
    entries = iter(postable.entries(KILLS * 12))
    killed = faults = number = 0
    while killed < KILLS:
        some = [entry for _, entry in zip(range(dice.choice([0, 1, 5, 12, 40])), entries, strict=False)]
        if some:
            postable.push(some)
        died, laid = trial(postable, dice, number)
        killed, faults, number = killed + died, faults + laid, number + 1
    postable.simulator.faults(postable.realm, [])
    finish(postable, 120)
    verdict = judge(postable)
    with capsys.disabled():
        report(killed, faults, verdict)
    assert verdict.is_clean, (SEED, verdict, postable.states())
    assert verdict.entries > KILLS


def test_without_an_intent_the_same_kills_make_duplicates(postable: Postable) -> None:
    """The shape found in the field: the call inside the transaction. If it were clean the test above proved nothing."""
    postable.simulator.config(item_latency=0.003, requestid="ignored")
    postable.push(postable.entries(200))
    dice = random.Random(SEED)
    for _ in range(200):
        fork(lambda: naive(postable)).kill_after(dice.uniform(0.05, 0.3))
        if judge(postable).duplicates:
            break
    while Operation.objects.filter(state="ready").exists():
        naive(postable)
    assert judge(postable).duplicates > 0


def naive(postable: Postable) -> None:
    while True:
        with transaction.atomic():
            ready = Operation.objects.filter(state="ready").order_by("pk").select_for_update(skip_locked=True)
            operations = list(ready[:10])
            if not operations:
                return
            found = readiness.check(postable.connection, "time_entry", [each.local_id for each in operations])
            items = []
            for each in operations:
                document = readiness.stamped(
                    postable.connection, "time_entry", found[each.local_id].document or {}, each.marker
                )
                items.append({"bId": str(each.pk), "operation": "create", "TimeActivity": document})
            answers = _post(postable, items)
            for each in operations:
                each.remote_id, each.state = answers[str(each.pk)]["Id"], "posted"
                each.save()


def _post(postable: Postable, items: list[dict[str, Any]]) -> dict[str, Any]:
    """One batch without limits, request id or record; our own client refuses to be called inside a transaction."""
    token = Token.objects.get(connection=postable.connection).access_token
    url = f"{postable.simulator.url}/v3/company/{postable.realm}/batch?minorversion=75"
    answer = requests.post(
        url, json={"BatchItemRequest": items}, headers={"Authorization": f"Bearer {token}"}, timeout=10
    ).json()
    return {each["bId"]: each["TimeActivity"] for each in answer["BatchItemResponse"]}


def test_without_the_quiet_period_a_late_commit_makes_duplicates(postable: Postable, settings: Any) -> None:
    postable.simulator.config(requestid="ignored")
    settings.QUIET_SECONDS = 0.0
    postable.push(postable.entries(5))
    postable.simulator.faults(postable.realm, [{"kind": "late_commit", "seconds": 6.0, "match": BATCH}])
    unquiet(postable)
    postable.wait_for_books(10, seconds=20)
    assert judge(postable).duplicates == 5


def unquiet(postable: Postable) -> None:
    former = claims.send_window
    claims.send_window = lambda: 5.0
    try:
        finish(postable, 5)
    finally:
        claims.send_window = former
