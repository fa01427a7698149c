"""A timesheet's way: submitted, recalled, approved, rejected, reopened."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from bigtime.core.periods import Period, short, today_in
from bigtime.firm.models import Firm, Membership
from bigtime.staff.models import Staff
from bigtime.timesheets.locks import why_period_locked
from bigtime.timesheets.models import Timesheet, TimesheetEvent
from bigtime.timesheets.refusals import NotAllowed, Refused, Stale
from bigtime.timesheets.rights import Hand, hand_on
from bigtime.timesheets.sheets import lock_sheet, period_words

Action = TimesheetEvent.Action
Status = Timesheet.Status
NAMED_DAYS = 3  # how many of the entries that lack something a refusal lists


@transaction.atomic
def submit(*, by: Membership, staff: Staff, day: date) -> Timesheet:
    """Hands the sheet of `day` in for approval. A supervisor may do it for somebody else.

    Raises Refused when it is empty, already handed in, or lacks notes or classes the firm requires.
    """
    hand_on(by=by, staff=staff)
    sheet = lock_sheet(staff=staff, day=day)
    if not sheet.is_editable:
        raise Refused(f"{period_words(sheet)} is already {sheet.get_status_display().lower()}.")
    if not sheet.entries.exists():
        raise Refused(f"There is no time in {period_words(sheet)} to submit.")
    if by.firm.require_notes:
        _refuse(sheet.entries.filter(note=""), "a note")
    if by.firm.class_use == Firm.ClassUse.REQUIRED:
        _refuse(sheet.entries.filter(tracking_class=None), "a class")
    sheet.submitted_at, sheet.note, sheet.decided_at, sheet.decided_by = timezone.now(), "", None, None
    return _move(sheet, Status.SUBMITTED, Action.SUBMITTED, by)


def _refuse(entries: Any, what: str) -> None:
    """Raises Refused where some lack what every time entry needs, naming the first."""
    bare = list(entries.select_related("project").order_by("work_date", "pk"))
    if not bare:
        return
    named = ", ".join(f"{short(e.work_date)} {e.project.name}" for e in bare[:NAMED_DAYS])
    more = f" and {len(bare) - NAMED_DAYS} more" if len(bare) > NAMED_DAYS else ""
    raise Refused(f"Every time entry needs {what} before it is submitted. Missing: {named}{more}.")


@transaction.atomic
def recall(*, by: Membership, staff: Staff, day: date) -> Timesheet:
    """Takes a submitted sheet back to draft. Raises Refused once it was decided, or the period is locked."""
    hand = hand_on(by=by, staff=staff)
    sheet = lock_sheet(staff=staff, day=day)
    if sheet.status != Status.SUBMITTED:
        raise Refused(_decided_words(sheet, "It can't be recalled."))
    period = Period(sheet.starts_on, sheet.ends_on)
    if reason := why_period_locked(hand=hand, period=period, today=today_in(by.firm.time_zone)):
        raise Refused(reason)
    sheet.submitted_at = None
    return _move(sheet, Status.DRAFT, Action.RECALLED, by)


@transaction.atomic
def approve(*, by: Membership, sheet_id: int, seen: int) -> Timesheet:
    """Approves a submitted sheet as it was seen.

    Raises NotAllowed when it isn't this person's to approve, Stale when it was decided or changed since it was seen.
    """
    sheet, _ = _to_decide(by=by, sheet_id=sheet_id, seen=seen)
    sheet.decided_at, sheet.decided_by, sheet.note = timezone.now(), by.user, ""
    return _move(sheet, Status.APPROVED, Action.APPROVED, by)


@transaction.atomic
def reject(*, by: Membership, sheet_id: int, seen: int, note: str) -> Timesheet:
    """Sends a submitted sheet back with a note, which is required. Raises as `approve` does."""
    reason = note.replace("\x00", "").strip()
    if not reason:
        raise Refused("Say in the note what has to change; the person sees it on the timesheet.")
    if len(reason) > 2000:
        raise Refused("The note has more than 2,000 characters.")
    sheet, _ = _to_decide(by=by, sheet_id=sheet_id, seen=seen)
    sheet.decided_at, sheet.decided_by, sheet.note = timezone.now(), by.user, reason
    return _move(sheet, Status.REJECTED, Action.REJECTED, by, reason)


@transaction.atomic
def reopen(*, by: Membership, sheet_id: int, note: str = "") -> Timesheet:
    """Takes an approval back: the sheet waits for approval again, to be corrected or sent back.

    Time already posted stays locked by itself. Raises NotAllowed and Stale as `approve` does.
    """
    sheet, _ = _locked(by=by, sheet_id=sheet_id)
    if sheet.status != Status.APPROVED:
        raise Stale(f"{_name(sheet)} isn't approved any more; it is {sheet.get_status_display().lower()}.")
    sheet.decided_at = sheet.decided_by = None
    return _move(sheet, Status.SUBMITTED, Action.REOPENED, by, note.replace("\x00", "").strip()[:2000])


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of a bulk approval: the sheets approved, and a sentence for each that wasn't."""

    approved: list[Timesheet]
    refused: list[str]


def approve_many(*, by: Membership, sheets: Iterable[tuple[int, int]]) -> Decided:
    """Approves each (id, version seen) by itself: one refusal holds up none of the others."""
    decided = Decided([], [])
    for sheet_id, seen in sheets:
        try:
            decided.approved.append(approve(by=by, sheet_id=sheet_id, seen=seen))
        except Refused as refusal:
            decided.refused.append(refusal.sentence)
    return decided


def _locked(*, by: Membership, sheet_id: int) -> tuple[Timesheet, Hand]:
    found = Timesheet.objects.for_firm(by.firm).select_related("staff", "decided_by").select_for_update(of=("self",))
    sheet = found.filter(pk=sheet_id).first()
    if sheet is None:
        raise NotAllowed("That timesheet isn't there any more.")
    hand = hand_on(by=by, staff=sheet.staff)
    if not hand.approves:
        raise NotAllowed(why_not_approving(hand))
    return sheet, hand


def why_not_approving(hand: Hand) -> str:
    if hand.is_owner:
        return "Nobody approves their own time but an administrator. Ask another manager to approve it."
    return f"{hand.staff.name} doesn't report to you, so this timesheet isn't yours to approve."


def _to_decide(*, by: Membership, sheet_id: int, seen: int) -> tuple[Timesheet, Hand]:
    sheet, hand = _locked(by=by, sheet_id=sheet_id)
    if sheet.status != Status.SUBMITTED:
        raise Stale(f"{_name(sheet)}: {_decided_words(sheet, 'Nothing was changed.')}")
    if sheet.version != seen:
        raise Stale(f"{_name(sheet)} was changed since you opened this page. Look at it again before you decide.")
    return sheet, hand


def _name(sheet: Timesheet) -> str:
    return f"{sheet.staff.name}, {period_words(sheet)}"


def _decided_words(sheet: Timesheet, then: str) -> str:
    who = f" by {sheet.decided_by.get_short_name()}" if sheet.decided_by else ""
    if sheet.is_editable and sheet.status == Status.DRAFT:
        return f"It isn't submitted (any more). {then}"
    return f"It was already {sheet.get_status_display().lower()}{who}. {then}"


def _move(sheet: Timesheet, status: Timesheet.Status, action: Action, by: Membership, note: str = "") -> Timesheet:
    sheet.status = status
    sheet.version += 1
    sheet.save()
    TimesheetEvent.objects.create(firm_id=sheet.firm_id, timesheet=sheet, action=action, by=by.user, note=note)
    return sheet
