from __future__ import annotations

from typing import Any

import pytest

from bigtime.timesheets.models import TimeEntry
from integrations.models import Carrier, Operation, OperationEvent
from integrations.quickbooks.online import poster
from integrations.sync import outbox
from tests.postable import Postable

BATCH = {"operation": "batch"}
BEFORE_COMMIT = [{"kind": "reset_before"}, {"kind": "error_500"}, {"kind": "error_503"}, {"kind": "html"}]
AFTER_COMMIT = [
    {"kind": "reset_after"},
    {"kind": "truncated"},
    {"kind": "error_500", "commit": True},
    {"kind": "html", "commit": True},
    {"kind": "late_commit", "seconds": 1.0},
]


def settle(postable: Postable) -> None:
    """As many rounds as an unknown outcome can need: looked up twice, sent again, looked up once more."""
    for _ in range(6):
        postable.hurry()
        poster.drain(postable.connection, seconds=10)


def ids(fault: dict[str, Any]) -> str:
    return f"{fault['kind']}{' after commit' if fault.get('commit') else ''}"


@pytest.mark.parametrize("fault", AFTER_COMMIT, ids=ids)
def test_what_was_saved_but_not_answered_is_found_and_not_sent_again(postable: Postable, fault: dict[str, Any]) -> None:
    postable.push(postable.entries(5))
    postable.simulator.faults(postable.realm, [{**fault, "match": BATCH}])

    poster.drain(postable.connection, seconds=10)

    assert postable.states() == {"in_doubt": 5}
    assert TimeEntry.objects.filter(lock="posting").count() == 5
    assert Carrier.objects.get().state == Carrier.State.LOST
    if fault["kind"] == "late_commit":
        # The look comes after the quiet period, which is longer than any late commit.
        postable.wait_for_books(5)
    settle(postable)
    assert postable.states() == {"posted": 5}
    assert set(postable.marker_counts().values()) == {1}
    assert set(Operation.objects.values_list("via", flat=True)) == {"query"}
    assert postable.simulator_batches() == 1


@pytest.mark.parametrize("fault", BEFORE_COMMIT, ids=ids)
def test_what_was_not_saved_is_looked_up_twice_and_sent_again(postable: Postable, fault: dict[str, Any]) -> None:
    postable.push(postable.entries(5))
    postable.simulator.faults(postable.realm, [{**fault, "match": BATCH}])

    poster.drain(postable.connection, seconds=10)
    assert postable.states() == {"in_doubt": 5}
    poster.drain(postable.connection, seconds=10)
    assert postable.states() == {"in_doubt": 5}, "nobody looks before the quiet period is over"
    postable.hurry()
    poster.drain(postable.connection, seconds=10)
    assert set(Operation.objects.values_list("misses", flat=True)) == {1}
    assert postable.states() == {"in_doubt": 5}, "one look is not enough"

    settle(postable)

    assert postable.states() == {"posted": 5}
    assert postable.marker_counts().total() == 5
    assert len(postable.marker_counts()) == 5
    # The message as a whole was missed, so the same one went out again, under the same request id.
    assert Carrier.objects.get().evidence["replays"] == 1


def test_an_answer_that_leaves_items_out_puts_only_those_in_doubt(postable: Postable) -> None:
    operations = postable.push(postable.entries(3))
    claimed = outbox.claim(postable.connection)
    assert claimed is not None
    answered = {each.position: outbox.Done(f"9{each.pk}", "0") for each in claimed.operations[:2]}

    outbox.settle(claimed, answered)

    states = [Operation.objects.get(pk=each.pk).state for each in operations]
    assert states == ["posted", "posted", "in_doubt"]


def test_two_of_one_marker_need_a_person_and_the_alarm_says_which(postable: Postable) -> None:
    (operation,) = postable.push(postable.entries(1))
    postable.simulator.faults(postable.realm, [{"kind": "reset_after", "match": BATCH}])
    poster.drain(postable.connection, seconds=10)
    twin = {key: value for key, value in postable.in_books()[0].items() if key not in ("Id", "SyncToken", "MetaData")}
    postable.create("TimeActivity", **twin)

    settle(postable)

    operation.refresh_from_db()
    assert operation.state == "needs_person"
    assert operation.error_code == "several"
    event = OperationEvent.objects.filter(operation=operation).latest("pk")
    assert len(event.evidence["found"]) == 2


def test_what_a_person_changed_meanwhile_is_posted_but_different(postable: Postable) -> None:
    (operation,) = postable.push(postable.entries(1))
    postable.simulator.faults(postable.realm, [{"kind": "reset_after", "match": BATCH}])
    poster.drain(postable.connection, seconds=10)
    row = postable.in_books()[0]
    postable.change("TimeActivity", row, Hours=7, Minutes=5)

    settle(postable)

    operation.refresh_from_db()
    assert operation.state == "posted_diverged"
    assert operation.remote_id == row["Id"]
    event = OperationEvent.objects.filter(operation=operation).latest("pk")
    assert event.evidence["differences"] == ["minutes"]
    assert TimeEntry.objects.get().lock == "posted"


@pytest.mark.parametrize("mode", ["honoured", "ignored", "forgotten", "batch_6000"])
@pytest.mark.parametrize("commits", [True, False])
def test_no_reading_of_the_request_id_makes_a_duplicate(postable: Postable, mode: str, commits: bool) -> None:
    postable.simulator.config(requestid=mode, requestid_retention=0.0)
    postable.push(postable.entries(4))
    postable.simulator.faults(
        postable.realm,
        [{"kind": "error_500", "commit": commits, "match": BATCH}, {"kind": "reset_after", "match": BATCH}],
    )

    for _ in range(3):
        settle(postable)

    assert postable.states() == {"posted": 4}
    assert set(postable.marker_counts().values()) == {1}
    assert len(postable.in_books()) == 4


def test_without_markers_it_is_recognised_by_what_it_says(postable: Postable) -> None:
    postable.options(marker=False)
    postable.push(postable.entries(3))
    postable.simulator.faults(postable.realm, [{"kind": "reset_after", "match": BATCH}])
    poster.drain(postable.connection, seconds=10)

    settle(postable)

    assert postable.states() == {"posted": 3}
    assert len(postable.in_books()) == 3
    assert all("~" not in each["Description"] for each in postable.in_books())


def test_without_markers_an_ambiguous_case_goes_to_a_person(postable: Postable) -> None:
    postable.options(marker=False)
    postable.push(postable.entries(1))
    postable.simulator.faults(postable.realm, [{"kind": "reset_after", "match": BATCH}])
    poster.drain(postable.connection, seconds=10)
    twin = {key: value for key, value in postable.in_books()[0].items() if key not in ("Id", "SyncToken", "MetaData")}
    postable.create("TimeActivity", **twin)

    settle(postable)

    assert postable.states() == {"needs_person": 1}


def test_a_worker_that_overslept_changes_nothing(postable: Postable) -> None:
    postable.push(postable.entries(2))
    claimed = outbox.claim(postable.connection)
    assert claimed is not None
    postable.hurry()
    assert outbox.expire(postable.connection) == 2

    moved = outbox.settle(claimed, {each.position: outbox.Done("1") for each in claimed.operations})

    assert moved == set()
    assert postable.states() == {"in_doubt": 2}
