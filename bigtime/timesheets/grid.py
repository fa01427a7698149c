"""The week as a grid: read in a fixed number of queries, with the reason of every lock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from bigtime.clients.models import Project
from bigtime.core.periods import Period, span, today_in, week_of

from .cell import Cell, Day
from .closing import closed_through
from .lines import Line, LineKey
from .locks import why_entry_locked, why_no_more_time, why_sheet_locked
from .models import LINE_JOINS, TimeEntry, Timesheet, TimesheetRow
from .offered import Offered, offered
from .rights import Hand
from .row_choices import Choice, choices, columns
from .sheets import period_for, sheet_of, sheets_around


@dataclass(slots=True)
class Row:
    """`choices` are the row's class and payroll item, as far as the week shows them."""

    line: Line
    cells: list[Cell]
    closed: str = ""
    choices: list[Choice] = field(default_factory=list)

    @property
    def minutes(self) -> int:
        return sum(cell.minutes for cell in self.cells)

    @property
    def removable(self) -> bool:
        return not self.why_fixed

    @property
    def why_fixed(self) -> str:
        """Why the row as a whole can't be changed: time in it is locked, or every day of the week is."""
        locks = [cell.lock for cell in self.cells if cell.lock]
        held = next((cell.lock for cell in self.cells if cell.minutes and cell.lock), "")
        return held or (locks[0] if len(locks) == len(self.cells) else "")


@dataclass(slots=True)
class Part:
    """The part of a timesheet that this week shows; the sheet is None until its first entry."""

    period: Period
    sheet: Timesheet | None
    lock: str
    minutes: int = 0

    @property
    def status(self) -> str:
        return self.sheet.status if self.sheet else Timesheet.Status.DRAFT

    @property
    def can_submit(self) -> bool:
        return self.sheet is not None and self.sheet.is_editable

    @property
    def can_recall(self) -> bool:
        return self.status == Timesheet.Status.SUBMITTED


@dataclass(slots=True)
class Week:
    hand: Hand
    period: Period
    today: date
    days: list[Day]
    parts: list[Part]
    rows: list[Row] = field(default_factory=list)
    columns: list[tuple[str, str]] = field(default_factory=list)
    offered: Offered = field(init=False)
    closed_through: date | None = None

    @property
    def minutes(self) -> int:
        return sum(day.minutes for day in self.days)

    @property
    def expected(self) -> int:
        return self.hand.staff.week_minutes

    @property
    def head_span(self) -> int:
        """How many columns stand before the days."""
        return 1 + len(self.columns)

    @property
    def span(self) -> int:
        return self.head_span + len(self.days) + 1

    @property
    def previous(self) -> date:
        return self.period.starts_on - timedelta(7)

    @property
    def next(self) -> date:
        return self.period.starts_on + timedelta(7)

    @property
    def is_current(self) -> bool:
        return self.today in self.period

    @property
    def is_open(self) -> bool:
        """Something in this week can be changed by this person."""
        return any(not day.lock for day in self.days)

    @property
    def one_part(self) -> bool:
        return len(self.parts) == 1

    @property
    def words(self) -> str:
        return span(self.period.starts_on, self.period.ends_on)

    def cell(self, key: LineKey, day: date) -> Cell | None:
        return next((c for row in self.rows if row.line.key == key for c in row.cells if c.day == day), None)


def week_grid(*, hand: Hand, day: date) -> Week:
    """The grid of the week around `day`, for one person's hand: 5 queries whatever it holds, one more for the classes
    and payroll items to choose from."""
    firm = hand.by.firm
    period = week_of(day, firm.week_start)
    today = today_in(firm.time_zone)
    sheets = sheets_around(hand.staff, period.starts_on, period.ends_on)
    parts = _parts(hand, period, sheets, today)
    week = Week(hand, period, today, _days(hand, period, parts, today), parts)
    week.rows = _rows(week, sheets)
    _offer(week)
    _add_up(week)
    _close(week)
    return week


def _offer(week: Week) -> None:
    """Adds the columns of classes and payroll items, where they are used."""
    known = week.offered = offered(week.hand.by.firm)
    week.columns = columns(known, (row.line for row in week.rows))
    names = [name for name, _ in week.columns]
    for row in week.rows:
        row.choices = choices(names, known, week.hand.staff, row.line, row.why_fixed)


def _close(week: Week) -> None:
    """Marks the days whose books are closed: time may be written there, but won't reach the books as it is."""
    last = closed_through(week.hand.by.firm)
    if last is None or last < week.period.starts_on:
        return
    week.closed_through = last
    for day in week.days:
        day.is_closed = day.date <= last


def _parts(hand: Hand, week: Period, sheets: list[Timesheet], today: date) -> list[Part]:
    found: dict[Period, Part] = {}
    for day in week.days:
        period = period_for(hand.by.firm, day, sheets)
        if period not in found:
            sheet = sheet_of(sheets, day)
            lock = why_sheet_locked(hand=hand, sheet=sheet, period=period, today=today)
            found[period] = Part(period, sheet, lock)
    return list(found.values())


def _days(hand: Hand, week: Period, parts: list[Part], today: date) -> list[Day]:
    working_day = hand.staff.week_minutes // 5
    days = []
    for day in week.days:
        weekend = day.weekday() >= 5
        lock = next(part.lock for part in parts if day in part.period)
        days.append(Day(day, day == today, weekend, lock, expected=0 if weekend or day >= today else working_day))
    return days


def _rows(week: Week, sheets: list[Timesheet]) -> list[Row]:
    ids = [sheet.pk for sheet in sheets if Period(sheet.starts_on, sheet.ends_on).overlaps(week.period)]
    entries = list(TimeEntry.objects.of_week(ids, week.period.starts_on, week.period.ends_on))
    kept = TimesheetRow.objects.filter(timesheet_id__in=ids).select_related(*LINE_JOINS)
    lines = {LineKey.of(row): Line.of(row) for row in (*entries, *kept)}
    teams = _teams(week.hand, lines.values())
    by_cell = {(LineKey.of(entry), entry.work_date): entry for entry in entries}
    ordered = sorted(lines.values(), key=lambda line: line.order)
    return [_row(week, line, by_cell, line.project.pk in teams) for line in ordered]


def _teams(hand: Hand, lines: Iterable[Line]) -> set[int]:
    """Which closed-team projects of these the person belongs to."""
    closed = [line.project.pk for line in lines if not line.project.open_to_all]
    if not closed:
        return set()
    memberships = Project.team.through.objects.filter(staff_id=hand.staff.pk, project_id__in=closed)
    return set(memberships.values_list("project_id", flat=True))


def _row(week: Week, line: Line, entries: dict[tuple[LineKey, date], TimeEntry], on_team: bool) -> Row:
    closed = why_no_more_time(hand=week.hand, line=line, on_team=on_team)
    key = line.key
    cells = [_cell(key, day, entries.get((key, day.date)), closed) for day in week.days]
    return Row(line, cells, closed)


def _cell(key: LineKey, day: Day, entry: TimeEntry | None, closed: str) -> Cell:
    if entry is None:
        return Cell(key, day, lock=day.lock, ceiling=closed)
    held = why_entry_locked(entry)
    return Cell(
        key,
        day,
        minutes=entry.minutes,
        note=entry.note,
        version=entry.version,
        lock=held or day.lock,
        ceiling=closed,
        is_posted=bool(held),
    )


def _add_up(week: Week) -> None:
    for column, day in enumerate(week.days):
        day.minutes = sum(row.cells[column].minutes for row in week.rows)
    for part in week.parts:
        part.minutes = sum(day.minutes for day in week.days if day.date in part.period)
