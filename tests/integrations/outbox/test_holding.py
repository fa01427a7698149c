"""Our records' locks follow their operations: what each state means for the person who would change the entry."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bigtime.timesheets.models import TimeEntry
from integrations.models import Operation
from integrations.sync import outbox
from integrations.sync.holding import hold
from integrations.sync.moves import Move
from integrations.sync.readiness import outgoing
from tests.factories import ConnectionFactory
from tests.postable import Postable

NOW = datetime(2026, 11, 17, 3, tzinfo=UTC)
TOLD = {
    "posted": ("posted", "Posted to QuickBooks on Nov 16, 2026"),
    "posted_diverged": ("posted", "Posted to QuickBooks on Nov 16, 2026; it differs there"),
    "needs_person": ("posting", "Waiting for a decision: see QuickBooks, Errors"),
    "ready": ("posting", "Waiting to be posted to QuickBooks"),
    "in_doubt": ("posting", "Waiting to be posted to QuickBooks"),
    "rejected": ("", ""),
    "absent": ("", ""),
    "cancelled": ("", ""),
    "skipped": ("", ""),
}


def held(postable: Postable, states: dict[int, str]) -> dict[int, tuple[str, str]]:
    """What is said of each entry once its operation went to that state; by the operation's id."""
    operations = list(Operation.objects.filter(pk__in=states).order_by("pk"))
    hold(operations, [Move(pk, state, {}, {}) for pk, state in states.items()], postable.connection, NOW)
    found = {entry.pk: (entry.lock, entry.lock_note) for entry in TimeEntry.objects.all()}
    return {each.pk: found[each.local_id] for each in operations}


def test_each_state_locks_or_frees_the_record_in_words(postable: Postable) -> None:
    postable.connection.firm.time_zone = "America/New_York"
    operations = postable.push(postable.entries(len(TOLD)))
    states = {each.pk: state for each, state in zip(operations, TOLD, strict=True)}
    assert held(postable, states) == {pk: TOLD[state] for pk, state in states.items()}


def test_what_was_decided_waits_again(postable: Postable) -> None:
    (operation,) = postable.push(postable.entries(1))
    assert held(postable, {operation.pk: "needs_person"}) == {operation.pk: TOLD["needs_person"]}
    Operation.objects.update(state="needs_person")
    outbox.retry(operations=[operation], by=None)
    assert TimeEntry.objects.get().lock_note == "Waiting to be posted to QuickBooks"


def test_a_second_click_takes_nothing_back(postable: Postable) -> None:
    (operation,) = postable.push(postable.entries(1))
    held(postable, {operation.pk: "needs_person"})
    outgoing(postable.connection, "time_entry").lock([operation.local_id], "posting", "Again", only_free=True)
    assert TimeEntry.objects.get().lock_note == "Waiting for a decision: see QuickBooks, Errors"


def test_a_zone_that_is_not_there_only_costs_the_right_day(postable: Postable) -> None:
    postable.connection.firm.time_zone = "Middle/Earth"
    (operation,) = postable.push(postable.entries(1))
    assert held(postable, {operation.pk: "posted"}) == {
        operation.pk: ("posted", "Posted to QuickBooks on Nov 17, 2026")
    }


@pytest.mark.parametrize("state", ["ready", "posted"])
def test_what_other_books_hold_is_not_freed(postable: Postable, state: str) -> None:
    mine, free = postable.push(postable.entries(2))
    TimeEntry.objects.update(lock="posted", lock_note="Posted elsewhere")
    Operation.objects.create(
        connection=ConnectionFactory.create(firm=postable.connection.firm, status="disabled"), entity=mine.entity,
        local_model=mine.local_model, local_id=mine.local_id, marker="~ELSEWHERE0", state=state,
    )  # fmt: skip
    found = held(postable, {mine.pk: "absent", free.pk: "absent"})
    assert found == {mine.pk: ("posted", "Posted elsewhere"), free.pk: ("", "")}
