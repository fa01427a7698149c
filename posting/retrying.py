"""Sending again what failed, but not what is known to be stopped still."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from bigtime.timesheets.models import LINE, TimeEntry
from integrations import tasks
from integrations.models import Connection, Operation, SyncRun
from integrations.sync import outbox, readiness, runs
from integrations.sync.outbox import Record

from .models import Line
from .rows import TIME_ENTRY
from .services import label

State = Operation.State
# Stopped by something in the books, of which the next sync with them tells whether it still holds.
THERE = (State.BLOCKED_MAPPING, State.BLOCKED_INACTIVE, State.BLOCKED_PERIOD)
NOT_READ_SINCE = "QuickBooks has to be read again first: choose Look in QuickBooks"


@dataclass(frozen=True, slots=True)
class Retried:
    """How many will be sent again, and for each reason that still holds, how many stay as they are."""

    queued: int
    stopped: dict[str, int] = field(default_factory=dict)


@transaction.atomic
def retry(*, connection: Connection, operations: QuerySet[Operation], by: Any) -> Retried:
    """Sends failed operations again, as their records are now. What was refused for good becomes a new operation.

    What is known to be stopped still stays where it is: it would only fail again.
    """
    failed = list(operations)
    stopped = _stopped(connection, failed)
    going = [each for each in failed if each.pk not in stopped]
    refused = [each for each in going if each.state == State.REJECTED]
    again = outbox.retry(operations=[each for each in going if each.state != State.REJECTED], by=by)
    queued = len(again) + _post_again(connection, refused, by)
    tasks.hint(tasks.drain, connection.pk)
    reasons = Counter(stopped.values())
    if queued < len(going):
        reasons["Somebody else has changed it meanwhile"] += len(going) - queued
    return Retried(queued, dict(reasons.most_common()))


def look(*, connection: Connection, by: Any) -> SyncRun:
    """Reads the books, so that what they no longer stop goes by itself afterwards. Raises Disconnected."""
    run = runs.start(connection=connection, by=by)
    tasks.hint(tasks.sync, run.pk)
    return run


def _stopped(connection: Connection, failed: Sequence[Operation]) -> dict[int, str]:
    """By operation, the reason that still holds by all that is known here."""
    if connection.status != Connection.Status.ACTIVE:
        why = connection.pause_reason.rstrip(".") or "QuickBooks has to be reconnected first"
        return {each.pk: why for each in failed}
    # What needs a person is looked up in the books before anything is sent.
    sendable = [each for each in failed if each.state != State.NEEDS_PERSON]
    verdicts = readiness.check(connection, "time_entry", [each.local_id for each in sendable])
    found = {}
    for each in sendable:
        verdict = verdicts[each.local_id]
        if not verdict.ready:
            found[each.pk] = verdict.blockers[0].text.rstrip(".")
        elif each.state in THERE and not each.was_read_since(connection):
            found[each.pk] = NOT_READ_SINCE
    return found


def _post_again(connection: Connection, refused: list[Operation], by: Any) -> int:
    """A new operation for each refused one; the batch it came from follows the new one."""
    former = {each.local_id: each for each in refused if each.local_model == TIME_ENTRY}
    entries = TimeEntry.objects.filter(pk__in=former, lock=TimeEntry.Lock.NONE).select_related("staff", *LINE)
    found = {entry.pk: entry for entry in entries.order_by("work_date", "pk")}
    records = [Record(TIME_ENTRY, pk, label(entry)) for pk, entry in found.items()]
    renewed = outbox.push(connection=connection, entity="time_entry", records=records, by=by)
    successors = {former[each.local_id].pk: each for each in renewed}
    lines = list(Line.objects.filter(operation__in=successors))
    for line in lines:
        line.operation = successors[line.operation_id]
        line.minutes = found[line.operation.local_id].minutes
    Line.objects.bulk_update(lines, ["operation", "minutes"])
    return len(renewed)
