"""The rows of Post Timesheets: one person, one period, what became of its time. Constant SQL for any number of rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Q, Sum

from bigtime.staff.models import Staff
from bigtime.timesheets.models import TimeEntry, Timesheet
from integrations.models import Connection, Operation
from integrations.options import Options
from integrations.sync import readiness
from integrations.sync.readiness import Blocker

from .filters import Filters

TIME_ENTRY = "timesheets.timeentry"
# Of these books none, or none any more, has the record: what holds it is a posting to others.
ENDED = ("", "cancelled", "skipped", "absent")


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
    def moving(self) -> int:
        return self.states["ready"] + self.states["sending"]

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
        return not (self.ready or self.unready or self.moving or self.failed or self.in_doubt or self.held)

    @property
    def all_posted(self) -> bool:
        return bool(self.entered) and self.posted == self.entered


def postable_statuses(connection: Connection) -> list[str]:
    """Approved time; with the firm's leave, submitted time too."""
    return list(Options.of(connection).postable)


def build(connection: Connection, timesheets: Sequence[Timesheet], filters: Filters) -> list[Row]:
    """A row for each timesheet, in the order given."""
    rows = {sheet.pk: Row(sheet) for sheet in timesheets}
    entries = list(filters.entries().filter(timesheet__in=rows).values_list("pk", "timesheet_id", "minutes", "lock"))
    owner: dict[int, Row] = {}
    for pk, sheet_id, minutes, lock in entries:
        owner[pk] = rows[sheet_id]
        _count(rows[sheet_id], minutes, lock)
    _judge(connection, owner, entries)
    # What is posted says so by its lock; the others' operations tell why they aren't.
    known = _operations(connection, {pk: owner[pk] for pk, _, _, lock in entries if lock != TimeEntry.Lock.POSTED})
    for pk, _, _, lock in entries:
        owner[pk].held += lock == TimeEntry.Lock.POSTING and known.get(pk, "") in ENDED
    return list(rows.values())


def totals(connection: Connection, filters: Filters) -> dict[str, int]:
    """Of all that the filters find, on every page of it: timesheets, minutes by the table's columns, and how many
    entries may go.

    `open` are those approved and not posted: whether each is ready is judged when they are sent. One statement.
    """
    sheets = filters.timesheets(connection.firm_id).order_by()
    approved = Q(timesheet__status=Timesheet.Status.APPROVED)
    conditions = {
        "entered": Q(),
        "submitted": approved | Q(timesheet__status=Timesheet.Status.SUBMITTED),
        "approved": approved,
        "posted": Q(lock=TimeEntry.Lock.POSTED),
    }
    sums = {name: Sum("minutes", filter=condition, default=0) for name, condition in conditions.items()}
    may_go = Q(timesheet__status__in=postable_statuses(connection), lock=TimeEntry.Lock.NONE)
    entries = filters.entries().filter(firm=connection.firm_id, timesheet__in=sheets)
    # A timesheet is found by an entry of it, so those of the entries are all.
    return entries.aggregate(sheets=Count("timesheet", distinct=True), open=Count("pk", filter=may_go), **sums)


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


def _judge(connection: Connection, owner: dict[int, Row], entries: Iterable[tuple[int, int, int, str]]) -> None:
    statuses = postable_statuses(connection)
    candidates = {
        pk: minutes for pk, _, minutes, lock in entries if not lock and owner[pk].timesheet.status in statuses
    }
    for pk, verdict in readiness.check(connection, "time_entry", list(candidates)).items():
        row = owner[pk]
        if verdict.ready:
            row.ready += 1
            row.ready_minutes += candidates[pk]
        else:
            row.unready += 1
            row.blockers += [b for b in verdict.blockers if b not in row.blockers]


def _operations(connection: Connection, owner: dict[int, Row]) -> dict[int, str]:
    """The newest operation of each entry says where it stands; the state of each."""
    newest: dict[int, tuple[int, str, str]] = {}
    operations = Operation.objects.filter(connection=connection, local_model=TIME_ENTRY, local_id__in=owner)
    for local_id, seq, state, text in operations.values_list("local_id", "seq", "state", "error_text"):
        if seq > newest.get(local_id, (0, "", ""))[0]:
            newest[local_id] = (seq, state, text)
    for local_id, (_, state, text) in newest.items():
        owner[local_id].states[state] += 1
        if state in Operation.FAILED and text:
            owner[local_id].error = owner[local_id].error or text
    return {local_id: state for local_id, (_, state, _) in newest.items()}


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
