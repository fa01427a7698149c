"""Changing the time and note of cells."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Sum

from bigtime.core.durations import DAY_MINUTES, clock, round_up
from bigtime.core.periods import Period, short, today_in
from bigtime.firm.models import Membership
from bigtime.staff.models import Staff
from bigtime.timesheets.lines import Line, LineKey, is_on_team, load_line
from bigtime.timesheets.locks import why_entry_locked, why_no_more_time, why_sheet_locked
from bigtime.timesheets.models import TimeEntry, Timesheet, TimesheetEvent, TimesheetRow
from bigtime.timesheets.refusals import Conflict, Refused
from bigtime.timesheets.rights import Hand, hand_on
from bigtime.timesheets.sheets import lock_sheet

NOTE_LENGTH = 2000
PASTE_CELLS = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a cell should hold. `seen`: the version the person saw, None for an empty cell. `note`: None keeps it."""

    key: LineKey
    day: date
    minutes: int
    seen: int | None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """What a cell holds now. `asked` differs from `minutes` where the firm's rounding raised it."""

    key: LineKey
    day: date
    minutes: int
    note: str
    version: int | None
    asked: int

    @property
    def rounding(self) -> str:
        if self.minutes == self.asked:
            return ""
        return f"{clock(self.asked)} rounded up to {clock(self.minutes)}"


def set_cell(
    *, by: Membership, staff: Staff, key: LineKey, day: date, minutes: int, seen: int | None, note: str | None = None
) -> Saved:
    """Makes one cell hold `minutes` (0 clears it) and, unless None, `note`.

    Saving again what is already stored succeeds whatever `seen` is, so a request whose answer was lost can be repeated.
    Raises Conflict when the cell holds something else than what was seen, NotAllowed and Refused with a sentence.
    """
    return save(by=by, staff=staff, wanted=Wanted(key, day, minutes, seen, note))


def save(*, by: Membership, staff: Staff, wanted: Wanted) -> Saved:
    """`set_cell` for a cell that was read from a page."""
    return set_all(by=by, staff=staff, cells=[wanted])[0]


def set_note(*, by: Membership, staff: Staff, key: LineKey, day: date, note: str, seen: int | None) -> Saved:
    """Makes the note of a cell that holds time. Raises as `set_cell` does."""
    entry = TimeEntry.objects.for_firm(by.firm).filter(staff=staff, work_date=day, **key.columns).first()
    if entry is None:
        raise Refused("Enter the time first, then its note.")
    return set_cell(by=by, staff=staff, key=key, day=day, minutes=entry.minutes, seen=seen, note=note)


def paste(*, by: Membership, staff: Staff, cells: list[Wanted]) -> list[Saved]:
    """Sets many cells or none: one refusal, and nothing has changed."""
    if len(cells) > PASTE_CELLS:
        raise Refused(f"That is {len(cells)} cells; at most {PASTE_CELLS} can be pasted at once. Nothing was changed.")
    return set_all(by=by, staff=staff, cells=cells)


@transaction.atomic
def set_all(*, by: Membership, staff: Staff, cells: list[Wanted]) -> list[Saved]:
    hand = hand_on(by=by, staff=staff)
    sheets: dict[date, Timesheet] = {}
    # Days in order, so that two requests over the same sheets lock them in the same order.
    for day in sorted({cell.day for cell in cells}):
        sheets[day] = open_sheet(hand=hand, day=day)
    lines = {key: load_line(firm=by.firm, key=key) for key in {cell.key for cell in cells}}
    return [_set_one(hand=hand, sheet=sheets[cell.day], line=lines[cell.key], wanted=cell) for cell in cells]


def open_sheet(*, hand: Hand, day: date) -> Timesheet:
    """The locked sheet of `day`, which this hand may change now. Raises Refused with the reason when it may not."""
    sheet = lock_sheet(staff=hand.staff, day=day)
    today = today_in(hand.by.firm.time_zone)
    period = Period(sheet.starts_on, sheet.ends_on)
    if reason := why_sheet_locked(hand=hand, sheet=sheet, period=period, today=today):
        raise Refused(reason)
    return sheet


def _set_one(*, hand: Hand, sheet: Timesheet, line: Line, wanted: Wanted) -> Saved:
    entry = sheet.entries.select_for_update(of=("self",)).filter(work_date=wanted.day, **line.key.columns).first()
    note = _clean_note(wanted.note if wanted.note is not None else (entry.note if entry else ""))
    before = entry.minutes if entry else 0
    # What is already stored isn't rounded again: a rounding rule made later changes nothing by itself.
    minutes = before if wanted.minutes == before else round_up(wanted.minutes, hand.by.firm.rounding_minutes)
    if (before, entry.note if entry else "") == (minutes, note if minutes else ""):
        return Saved(line.key, wanted.day, before, note, entry.version if entry else None, before)
    _check(hand=hand, sheet=sheet, line=line, entry=entry, wanted=wanted, minutes=minutes)
    saved = _store(hand=hand, sheet=sheet, line=line, entry=entry, day=wanted.day, minutes=minutes, note=note)
    _write_down(hand=hand, sheet=sheet, line=line, day=wanted.day, before=before, after=minutes)
    return Saved(line.key, wanted.day, minutes, note if saved else "", saved.version if saved else None, wanted.minutes)


def _clean_note(note: str) -> str:
    # A zero byte can't be stored, and says nothing; nor can half of a character that a paste has cut in two.
    cleaned = note.replace("\x00", "").encode("utf-8", "ignore").decode().strip()
    if len(cleaned) > NOTE_LENGTH:
        raise Refused(f"The note has {len(cleaned):,} characters; at most {NOTE_LENGTH:,} fit.")
    return cleaned


def _check(*, hand: Hand, sheet: Timesheet, line: Line, entry: TimeEntry | None, wanted: Wanted, minutes: int) -> None:
    if reason := why_entry_locked(entry):
        raise Refused(reason)
    if (entry.version if entry else None) != wanted.seen:
        raise _conflict(entry)
    if not 0 <= minutes <= DAY_MINUTES:
        raise Refused("A day has 24 hours, and time can't be negative.")
    if minutes <= (entry.minutes if entry else 0):
        return
    on_team = line.project.open_to_all or is_on_team(staff=hand.staff, project=line.project)
    if reason := why_no_more_time(hand=hand, line=line, on_team=on_team):
        raise Refused(reason)
    others = sheet.entries.filter(work_date=wanted.day).exclude(pk=entry.pk if entry else None)
    total = (others.aggregate(total=Sum("minutes"))["total"] or 0) + minutes
    if total > DAY_MINUTES:
        raise Refused(f"{short(wanted.day)} would have {clock(total)} in all; a day has 24 hours.")


def _conflict(entry: TimeEntry | None) -> Conflict:
    if entry is None:
        return Conflict(minutes=0, note="", version=None, by="somebody else")
    by = entry.changed_by.get_short_name() if entry.changed_by else "somebody else"
    return Conflict(minutes=entry.minutes, note=entry.note, version=entry.version, by=by)


def _store(
    *, hand: Hand, sheet: Timesheet, line: Line, entry: TimeEntry | None, day: date, minutes: int, note: str
) -> TimeEntry | None:
    sheet.version += 1
    sheet.save(update_fields=["version", "updated_at"])
    if not minutes:
        keep_row(sheet=sheet, key=line.key)
        if entry:
            entry.delete()
        return None
    if entry is None:
        entry = TimeEntry(
            firm_id=sheet.firm_id, timesheet=sheet, staff_id=sheet.staff_id, work_date=day, **line.key.columns
        )
        entry.is_billable = line.is_billable
    entry.minutes, entry.note, entry.version, entry.changed_by = minutes, note, sheet.version, hand.by.user
    entry.save()
    return entry


def keep_row(*, sheet: Timesheet, key: LineKey) -> None:
    """The row stays in the grid though it holds no time."""
    TimesheetRow.objects.get_or_create(timesheet=sheet, **key.columns, defaults={"firm_id": sheet.firm_id})


def _write_down(*, hand: Hand, sheet: Timesheet, line: Line, day: date, before: int, after: int) -> None:
    if hand.is_owner:
        return
    change = "note changed" if before == after else f"{clock(before) or '0:00'} → {clock(after) or '0:00'}"
    TimesheetEvent.objects.create(
        firm_id=sheet.firm_id,
        timesheet=sheet,
        action=TimesheetEvent.Action.CORRECTED,
        by=hand.by.user,
        note=f"{short(day)} · {line.words}: {change}",
    )


def save_each(*, by: Membership, staff: Staff, cells: Iterable[Wanted]) -> list[tuple[Wanted, Saved | Refused]]:
    """Sets each cell by itself, as single saves would, so that one refusal loses none of the others."""
    results: list[tuple[Wanted, Saved | Refused]] = []
    for cell in cells:
        try:
            results.append((cell, set_all(by=by, staff=staff, cells=[cell])[0]))
        except Refused as refusal:
            results.append((cell, refusal))
    return results
