"""The rows of Post Timesheets: one person, one period, what became of its time. Constant SQL for any number of rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, Count, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import JSONObject

from bigtime.staff.models import Staff
from bigtime.timesheets.models import TimeEntry, Timesheet
from integrations.models import Connection, Operation
from integrations.options import Options
from integrations.sync import readiness
from integrations.sync.readiness import Blocker

from .filters import Filters
from .standing import Standing, standings

TIME_ENTRY = "timesheets.timeentry"
# These books don't have the record any more: what holds it is a posting to others.
ENDED = ("cancelled", "skipped", "absent")


@dataclass(slots=True)
class Row:
    """Figures in minutes. `ready_minutes` is what a press of the button would send now."""

    timesheet: Timesheet
    entered: int = 0
    submitted: int = 0
    approved: int = 0
    posted: int = 0
    entries: int = 0
    ready: int = 0
    ready_minutes: int = 0
    unready: int = 0
    blockers: list[Blocker] = field(default_factory=list)
    states: Counter[str] = field(default_factory=Counter)
    error: str = ""
    # Held by a posting to books that aren't connected any more.
    held: int = 0

    @property
    def can_post(self) -> bool:
        return self.ready > 0

    @property
    def failed(self) -> int:
        return sum(self.states[state] for state in Operation.FAILED)

    @property
    def queued(self) -> int:
        return self.states["ready"]

    @property
    def sending(self) -> int:
        return self.states["sending"]

    @property
    def missing(self) -> int:
        """Posted once and deleted in the books since; it may be posted again."""
        return self.states["absent"]

    @property
    def in_doubt(self) -> int:
        return self.states["in_doubt"]

    @property
    def is_quiet(self) -> bool:
        """Nothing of it is on its way, ready, or stopped."""
        on_its_way = self.queued or self.sending or self.in_doubt
        return not (self.ready or self.unready or on_its_way or self.failed or self.held)

    @property
    def figures(self) -> list[tuple[str, int]]:
        """The columns that are lengths of time."""
        named = ("Entered", self.entered), ("Submitted", self.submitted), ("Approved", self.approved)
        return [*named, ("Posted", self.posted)]

    @property
    def first_day(self) -> str:
        """`Nov 16`."""
        day = self.timesheet.starts_on
        return f"{day:%b} {day.day}"

    @property
    def period(self) -> str:
        """`Nov 16 – 22`, `Nov 30 – Dec 6`: the span that is shown stands above."""
        first, last = self.timesheet.starts_on, self.timesheet.ends_on
        month = "" if first.month == last.month else f"{last:%b} "
        return f"{self.first_day} – {month}{last.day}"

    @property
    def standings(self) -> list[Standing]:
        return list(standings(self))

    @property
    def all_posted(self) -> bool:
        return bool(self.entered) and self.posted == self.entered


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
    approved = Q(timesheet__status=Timesheet.Status.APPROVED)
    conditions = {
        "entered": Q(),
        "submitted": approved | Q(timesheet__status=Timesheet.Status.SUBMITTED),
        "approved": approved,
        "posted": Q(lock=TimeEntry.Lock.POSTED),
    }
    may_go = Q(timesheet__status__in=postable_statuses(connection), lock=TimeEntry.Lock.NONE)
    conditions["open_minutes"] = may_go
    sums = {name: Sum("minutes", filter=condition, default=0) for name, condition in conditions.items()}
    # A timesheet is found by an entry of it, so those of the entries are all.
    return filters.all_entries(connection.firm_id).aggregate(
        sheets=Count("timesheet", distinct=True), open=Count("pk", filter=may_go), **sums
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
