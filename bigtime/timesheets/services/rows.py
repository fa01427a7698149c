"""Adding, removing and copying rows of the grid."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from django.db import transaction

from bigtime.core.durations import clock
from bigtime.core.periods import Period, short
from bigtime.firm.models import Membership
from bigtime.staff.models import Staff
from bigtime.timesheets.lines import Line, LineKey, is_on_team, load_line
from bigtime.timesheets.locks import why_entry_locked, why_no_more_time
from bigtime.timesheets.models import TimeEntry
from bigtime.timesheets.refusals import Refused
from bigtime.timesheets.rights import Hand, hand_on

from .cells import Wanted, keep_row, open_sheet, set_all
from .row_codes import check_codes, with_default
from .week_rows import entries_of, kept_rows, open_day


@dataclass(frozen=True, slots=True)
class Copied:
    """How many rows and minutes came over, and the lines that couldn't, each with its reason."""

    rows: int
    minutes: int
    skipped: list[str]


@transaction.atomic
def add_row(*, by: Membership, staff: Staff, key: LineKey, week: Period, default_class: bool = True) -> LineKey:
    """Puts a line into the week, without time; adding it again changes nothing. The task's own labor code wins.

    Where the key names no class the line gets the default one, unless `default_class` is off. Returns the line as it
    was added. Raises Refused when the line takes no time, lacks a class, or no day of the week is open.
    """
    hand = hand_on(by=by, staff=staff)
    line = load_line(firm=by.firm, key=key)
    added = with_default(by.firm, staff, line) if default_class else key
    if line.task and line.task.labor_code_id:
        added = replace(added, labor_code=line.task.labor_code_id)
    check_codes(by.firm, added)
    if added != key:
        line = load_line(firm=by.firm, key=added)
    if reason := _why_not(hand, line):
        raise Refused(reason)
    keep_row(sheet=open_sheet(hand=hand, day=open_day(hand, week)), key=added)
    return added


def _why_not(hand: Hand, line: Line) -> str:
    on_team = line.project.open_to_all or is_on_team(staff=hand.staff, project=line.project)
    return why_no_more_time(hand=hand, line=line, on_team=on_team)


@transaction.atomic
def remove_row(*, by: Membership, staff: Staff, key: LineKey, week: Period) -> int:
    """Takes a line out of the week with its time there; returns the minutes that went.

    Raises Refused, and keeps everything, when one of its entries can't be changed.
    """
    hand = hand_on(by=by, staff=staff)
    entries = entries_of(staff, week).filter(**key.columns)
    minutes = 0
    for day in sorted({e.work_date for e in entries} | {open_day(hand, week)}):
        open_sheet(hand=hand, day=day)
    line = load_line(firm=by.firm, key=key)
    for entry in entries.select_for_update(of=("self",)):
        minutes += _take_away(hand, entry, line)
    kept_rows(staff, week).filter(**key.columns).delete()
    return minutes


def _take_away(hand: Hand, entry: TimeEntry, line: Line) -> int:
    if reason := why_entry_locked(entry):
        raise Refused(f"{short(entry.work_date)}: {reason} The row was kept.")
    wanted = Wanted(LineKey.of(entry), entry.work_date, 0, entry.version)
    minutes = entry.minutes
    set_all(by=hand.by, staff=hand.staff, cells=[wanted])
    return minutes


@transaction.atomic
def copy_last_week(*, by: Membership, staff: Staff, week: Period, with_hours: bool) -> Copied:
    """Brings last week's lines into `week`; with hours, into cells that are still empty, on the same weekdays.

    Lines that take no more time and days that are locked are left out and named. Raises Refused when there is nothing
    to copy, or when a day would pass 24 hours; then nothing has changed.
    """
    hand = hand_on(by=by, staff=staff)
    before = Period(week.starts_on - timedelta(7), week.ends_on - timedelta(7))
    lines, skipped = _lines_of(hand, before)
    if not lines and not skipped:
        raise Refused(f"There is nothing in {before} to copy.")
    day = open_day(hand, week)
    for key in lines:
        keep_row(sheet=open_sheet(hand=hand, day=day), key=key)
    minutes = _copy_hours(hand, before, week, set(lines), skipped) if with_hours else 0
    return Copied(len(lines), minutes, skipped)


def _lines_of(hand: Hand, week: Period) -> tuple[list[LineKey], list[str]]:
    found = {LineKey.of(r): Line.of(r) for r in (*entries_of(hand.staff, week), *kept_rows(hand.staff, week))}
    kept, skipped = [], []
    for key, line in found.items():
        if reason := _why_not(hand, line):
            skipped.append(f"{line.words}: {reason}")
        else:
            kept.append(key)
    return kept, skipped


def _copy_hours(hand: Hand, before: Period, week: Period, keys: set[LineKey], skipped: list[str]) -> int:
    taken = {(LineKey.of(e), e.work_date) for e in entries_of(hand.staff, week)}
    wanted = [
        Wanted(LineKey.of(e), e.work_date + timedelta(7), e.minutes, None)
        for e in entries_of(hand.staff, before)
        if LineKey.of(e) in keys and (LineKey.of(e), e.work_date + timedelta(7)) not in taken
    ]
    open_days = set()
    for day in sorted({w.day for w in wanted}):
        try:
            open_sheet(hand=hand, day=day)
            open_days.add(day)
        except Refused as refusal:
            skipped.append(f"{short(day)}: {refusal.sentence}")
    set_all(by=hand.by, staff=hand.staff, cells=[w for w in wanted if w.day in open_days])
    return sum(w.minutes for w in wanted if w.day in open_days)


def copied_words(copied: Copied) -> str:
    """`5 rows and 38:00 copied from last week.`"""
    rows = f"{copied.rows} row{'' if copied.rows == 1 else 's'}"
    hours = f" and {clock(copied.minutes)}" if copied.minutes else ""
    return f"{rows}{hours} copied from last week."
