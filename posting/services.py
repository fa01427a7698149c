"""Sending what was chosen, and mending what failed."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.text import Truncator

from bigtime.core.templatetags.ui import hm
from bigtime.timesheets.models import LINE, TimeEntry, Timesheet
from integrations import tasks
from integrations.models import Connection, Operation
from integrations.sync import outbox, readiness
from integrations.sync.outbox import Record

from .filters import Filters
from .models import Batch, Line
from .rows import TIME_ENTRY, postable_statuses

CHUNK = 2000
SEPARATOR = " · "
# What names may take of a label's 300 characters, beside "Nov 27, 2026 · 24:00".
NAMES_LENGTH = 280


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a press of the button did: the batch (None when nothing was ready), how many went in, how many didn't."""

    batch: Batch | None
    queued: int
    left_out: int


class Changed(Exception):
    """Other entries would go than the page showed; the text says so."""

    def __init__(self, now: int) -> None:
        entries = "1 approved entry" if now == 1 else f"{now} approved entries"
        super().__init__(f"What matches has changed since this page was opened: {entries} now. Nothing was sent.")


@transaction.atomic
def post_time(
    *,
    connection: Connection,
    timesheets: QuerySet[Timesheet],
    filters: Filters,
    key: uuid.UUID,
    by: Any,
    shown: int | None = None,
) -> Outcome:
    """Queues every ready entry of the timesheets; the others stay as they are. The same `key` again changes nothing.

    `shown` is how many approved, unposted entries the person saw. Raises Changed when it is another number now.
    """
    batch, is_new = Batch.objects.get_or_create(
        key=key, defaults={"firm": connection.firm, "connection": connection, "created_by": by}
    )
    if not is_new:
        return Outcome(batch, batch.lines.count(), 0)
    # Presses of two pages follow each other, so that no entry is told as sent by both.
    Connection.objects.select_for_update(of=("self",), no_key=True).get(pk=connection.pk)
    queued = left_out = 0
    for entries in _chunks(_candidates(connection, timesheets, filters)):
        sent = _queue(connection, batch, entries, by)
        queued += sent
        left_out += len(entries) - sent
    if shown is not None and shown != queued + left_out:
        raise Changed(queued + left_out)
    if not queued:
        batch.delete()
        return Outcome(None, 0, left_out)
    tasks.hint(tasks.drain, connection.pk)
    return Outcome(batch, queued, left_out)


def _candidates(connection: Connection, timesheets: QuerySet[Timesheet], filters: Filters) -> QuerySet[TimeEntry]:
    sheets = timesheets.filter(status__in=postable_statuses(connection)).order_by()
    entries = filters.entries().filter(firm=connection.firm, timesheet__in=sheets, lock=TimeEntry.Lock.NONE)
    return entries.select_related("staff", *LINE).order_by("work_date", "pk")


def _chunks(entries: QuerySet[TimeEntry]) -> Iterator[list[TimeEntry]]:
    chunk: list[TimeEntry] = []
    for entry in entries.iterator(chunk_size=CHUNK):
        chunk.append(entry)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _queue(connection: Connection, batch: Batch, entries: list[TimeEntry], by: Any) -> int:
    verdicts = readiness.check(connection, "time_entry", [entry.pk for entry in entries])
    ready = [entry for entry in entries if verdicts[entry.pk].ready]
    records = [Record(TIME_ENTRY, entry.pk, label(entry)) for entry in ready]
    operations = outbox.push(connection=connection, entity="time_entry", records=records, by=by)
    minutes = {entry.pk: entry.minutes for entry in ready}
    Line.objects.bulk_create(
        [Line(batch=batch, operation=o, minutes=minutes[o.local_id]) for o in operations], ignore_conflicts=True
    )
    return len(operations)


def label(entry: TimeEntry) -> str:
    """The entry in words, for lists that outlive it: all that tells it from the person's other entries of that day."""
    person, *line = _fitting([entry.staff.name, *(part.name for each in LINE if (part := getattr(entry, each)))])
    return SEPARATOR.join([person, f"{entry.work_date:%b %-d, %Y}", *dict.fromkeys(line), hm(entry.minutes)])


def _fitting(names: list[str]) -> list[str]:
    """Whole where they fit into a label beside day and hours, else each cut."""
    if sum(len(name) + len(SEPARATOR) for name in names) <= NAMES_LENGTH:
        return names
    return [Truncator(name).chars(NAMES_LENGTH // len(names) - len(SEPARATOR)) for name in names]


def skip(*, operations: QuerySet[Operation], reason: str, by: Any) -> int:
    """Leaves them out of QuickBooks, with a reason; their records open again. Says how many."""
    return len(outbox.skip(operations=list(operations), reason=reason, by=by))


def attach(*, connection: Connection, operation: Operation, number: str, by: Any) -> Operation:
    """**Already in QuickBooks**: the record counts as posted under that number.

    Raises Rejected when the books have no such transaction, or it is of another person, day or length; and whatever
    keeps the books from being read. Where they can't be asked at once, the person's word counts.
    """
    entry = TimeEntry.objects.filter(firm=connection.firm, pk=operation.local_id).first()
    known = {"day": entry.work_date, "minutes": entry.minutes} if entry else {}
    return outbox.attach_checked(connection=connection, operation=operation, number=number, known=known, by=by)
