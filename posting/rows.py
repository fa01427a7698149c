"""The rows of Post Timesheets: one person, one period, what became of its time. Constant SQL for any number of rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import JSONObject

from bigtime.staff.models import Staff
from bigtime.timesheets.models import TimeEntry, Timesheet
from integrations.models import Connection, Operation
from integrations.options import Options
from integrations.sync import readiness

from .filters import Filters
from .row import Row

TIME_ENTRY = "timesheets.timeentry"
# These books don't have the record any more: what holds it is a posting to others.
ENDED = ("cancelled", "skipped", "absent")


def postable_statuses(connection: Connection) -> list[str]:
    """Approved time; with the firm's leave, submitted time too."""
    return list(Options.of(connection).postable)


def build(connection: Connection, timesheets: Sequence[Timesheet], filters: Filters) -> list[Row]:
    """A row for each timesheet, in the order given."""
    rows = {sheet.pk: Row(sheet) for sheet in timesheets}
    owner: dict[int, Row] = {}
    open_ones: dict[int, int] = {}
    for pk, sheet_id, minutes, lock, newest in _entries(connection, rows, filters):
        row = owner[pk] = rows[sheet_id]
        _count(row, minutes, lock)
        _tell(row, newest)
        row.held += lock == TimeEntry.Lock.POSTING and (not newest or newest["state"] in ENDED)
        if not lock:
            open_ones[pk] = minutes
    _judge(connection, owner, open_ones)
    return list(rows.values())


def _entries(connection: Connection, sheets: Iterable[int], filters: Filters) -> Iterable[tuple[Any, ...]]:
    """Each entry's id, timesheet, minutes and lock, and where it stands: its operation that lives, else the newest.

    What is posted says so by its lock: its operation isn't looked for.
    """
    mine = Operation.objects.filter(connection=connection, local_model=TIME_ENTRY, local_id=OuterRef("pk"))
    lives = Case(When(state__in=Operation.LIVE, then=Value(0)), default=Value(1))
    newest = mine.order_by(lives, "-seq").values(it=JSONObject(state="state", error="error_text"))[:1]
    found = filters.entries().filter(timesheet__in=sheets)
    found = found.annotate(newest=Case(When(~Q(lock=TimeEntry.Lock.POSTED), then=Subquery(newest))))
    return found.values_list("pk", "timesheet_id", "minutes", "lock", "newest")


def totals(connection: Connection, filters: Filters) -> dict[str, int]:
    """Of all that the filters find, on every page of it: timesheets, minutes by the table's columns, and how many
    entries may go.

    `open` are those approved and not posted, `open_minutes` their length: whether each is ready is judged when they
    are sent. One statement.
    """
    approved = Q(status=Timesheet.Status.APPROVED)
    may_go = Q(status__in=postable_statuses(connection))
    return filters.added_up(connection.firm_id).aggregate(
        sheets=Count("pk"),
        entered=Sum("minutes", default=0),
        submitted=Sum("minutes", filter=approved | Q(status=Timesheet.Status.SUBMITTED), default=0),
        approved=Sum("minutes", filter=approved, default=0),
        posted=Sum("posted_minutes", default=0),
        open_minutes=Sum("free_minutes", filter=may_go, default=0),
        open=Sum("free", filter=may_go, default=0),
    )


def _count(row: Row, minutes: int, lock: str) -> None:
    status = row.timesheet.status
    row.entries += 1
    row.entered += minutes
    if status in (Timesheet.Status.SUBMITTED, Timesheet.Status.APPROVED):
        row.submitted += minutes
    if status == Timesheet.Status.APPROVED:
        row.approved += minutes
    if lock == TimeEntry.Lock.POSTED:
        row.posted += minutes


def _tell(row: Row, newest: dict[str, str] | None) -> None:
    if not newest:
        return
    row.states[newest["state"]] += 1
    if newest["state"] in Operation.FAILED:
        row.error = row.error or newest["error"]


def _judge(connection: Connection, owner: dict[int, Row], open_ones: dict[int, int]) -> None:
    """`open_ones` are the minutes of entries that nothing holds, by their id."""
    statuses = postable_statuses(connection)
    candidates = [pk for pk in open_ones if owner[pk].timesheet.status in statuses]
    for pk, verdict in readiness.check(connection, "time_entry", candidates).items():
        row = owner[pk]
        if verdict.ready:
            row.ready += 1
            row.ready_minutes += open_ones[pk]
        else:
            row.unready += 1
            row.blockers += [b for b in verdict.blockers if b not in row.blockers]


@dataclass(frozen=True, slots=True)
class Person:
    """One person's rows, in the page's order."""

    staff: Staff
    rows: list[Row]

    @property
    def any_ready(self) -> bool:
        return any(row.can_post for row in self.rows)


def grouped(rows: Sequence[Row]) -> list[Person]:
    """Rows by person, in order."""
    people: dict[int, Person] = {}
    for row in rows:
        staff = row.timesheet.staff
        people.setdefault(staff.pk, Person(staff, [])).rows.append(row)
    return list(people.values())
