"""The class and payroll item of a row: by default, and as a person chooses."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from bigtime.core.periods import Period, short
from bigtime.firm.models import Firm, Membership
from bigtime.staff.models import Staff
from bigtime.timesheets.lines import Line, LineKey, load_line
from bigtime.timesheets.locks import why_entry_locked
from bigtime.timesheets.models import TimeEntry, Timesheet, TimesheetEvent
from bigtime.timesheets.offered import Offered, offered
from bigtime.timesheets.refusals import Refused
from bigtime.timesheets.rights import Hand, hand_on

from .cells import open_sheet
from .week_rows import entries_of, kept_rows, open_day


def with_default(firm: Firm, staff: Staff, line: Line) -> LineKey:
    """The line's key, with the class that task, project or person give it."""
    if line.tracking_class or not firm.uses_classes:
        return line.key
    default = offered(firm).class_default(staff, line.project, line.task)
    return replace(line.key, tracking_class=default.tracking_class)


def check_codes(firm: Firm, key: LineKey) -> None:
    """Raises Refused for a class where the firm uses none, and for none where it requires one."""
    if key.tracking_class and not firm.uses_classes:
        raise Refused("Time carries no class here: classes are switched off in the settings.")
    if not key.tracking_class and firm.class_use == Firm.ClassUse.REQUIRED:
        raise Refused("Choose a class: every row needs one, and neither task, project nor person gives it.")


@transaction.atomic
def change_row(*, by: Membership, staff: Staff, key: LineKey, to: LineKey, week: Period) -> LineKey:
    """Gives a row of the week another class or payroll item; its time there goes along. Returns the row's new key.

    Raises Refused, with nothing changed, when a day of it can't be changed, or another row of the week has that key.
    """
    if to == key:
        return key
    hand = hand_on(by=by, staff=staff)
    line = load_line(firm=by.firm, key=to)
    _check_new(by.firm, line, key)
    _open(hand, key, week)
    if entries_of(staff, week).filter(**to.columns).exists() or kept_rows(staff, week).filter(**to.columns).exists():
        raise Refused(f"There is a row for {line.words} in this week already.")
    _move(hand, key, line, week)
    return to


def _check_new(firm: Firm, line: Line, before: LineKey) -> None:
    known = offered(firm)
    if line.key.tracking_class != before.tracking_class:
        check_codes(firm, line.key)
        _check_offered(line.tracking_class, known.classes)
    if line.key.payroll_item != before.payroll_item:
        _check_payroll(known)
        _check_offered(line.payroll_item, known.payroll_items)


def _check_payroll(known: Offered) -> None:
    if not known.chooses_payroll:
        raise Refused("Payroll items aren't chosen on the row here: each person has their own.")


def _check_offered(chosen: Any, names: dict[int, str]) -> None:
    if chosen and chosen.pk not in names:
        raise Refused(f"{chosen} can't be chosen any more: it is inactive.")


def _open(hand: Hand, key: LineKey, week: Period) -> None:
    """Locks the sheets of the row's days. Raises Refused when one of its days, or its time there, can't be changed."""
    entries = entries_of(hand.staff, week).filter(**key.columns)
    for day in sorted({entry.work_date for entry in entries} | {open_day(hand, week)}):
        open_sheet(hand=hand, day=day)
    for entry in entries.select_for_update(of=("self",)):
        if reason := why_entry_locked(entry):
            raise Refused(f"{short(entry.work_date)}: {reason} The row was left as it is.")


def _move(hand: Hand, key: LineKey, line: Line, week: Period) -> None:
    codes = {"tracking_class": line.tracking_class, "payroll_item": line.payroll_item}
    kept = kept_rows(hand.staff, week).filter(**key.columns)
    entries = entries_of(hand.staff, week).filter(**key.columns)
    sheets = sorted({row.timesheet_id for row in (*entries, *kept)})
    # Entries keep their versions: what a cell holds isn't changed by the name of its row.
    TimeEntry.objects.filter(pk__in=[each.pk for each in entries]).update(
        **codes, changed_by=hand.by.user, updated_at=timezone.now()
    )
    kept.update(**codes)
    Timesheet.objects.filter(pk__in=sheets).update(version=F("version") + 1, updated_at=timezone.now())
    _write_down(hand, line, sheets)


def _write_down(hand: Hand, line: Line, sheets: list[int]) -> None:
    if hand.is_owner:
        return
    TimesheetEvent.objects.bulk_create(
        TimesheetEvent(
            firm_id=hand.by.firm_id, timesheet_id=pk, action=TimesheetEvent.Action.CORRECTED, by=hand.by.user,
            note=f"A row is {line.words} now",
        )
        for pk in sheets
    )  # fmt: skip
