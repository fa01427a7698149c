"""Why a cell can't be changed, in words. The grid shows these reasons; the services refuse with the same."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone

from bigtime.core.periods import Period, is_locked, short

from .lines import Line
from .models import TimeEntry, Timesheet
from .rights import Hand


def why_sheet_locked(*, hand: Hand, sheet: Timesheet | None, period: Period, today: date) -> str:
    """Why this person can't change this sheet now; empty when they can. `sheet` is None before its first entry."""
    status = sheet.status if sheet else Timesheet.Status.DRAFT
    if sheet and status == Timesheet.Status.APPROVED:
        decided = f" by {sheet.decided_by.get_short_name()}" if sheet.decided_by else ""
        when = f" on {short(timezone.localtime(sheet.decided_at).date())}" if sheet.decided_at else ""
        return f"Approved{decided}{when}. " + (
            "Reopen it to change it." if hand.approves else "A manager can reopen it."
        )
    if status == Timesheet.Status.SUBMITTED and not hand.corrects:
        return "Submitted and waiting for approval. Recall it to change it."
    return why_period_locked(hand=hand, period=period, today=today)


def why_period_locked(*, hand: Hand, period: Period, today: date) -> str:
    grace = hand.by.firm.grace_days
    if hand.opens_locked or not is_locked(period.ends_on, grace, today):
        return ""
    since = short(period.ends_on + timedelta((grace or 0) + 1))
    return f"{period} has been locked since {since}. Ask an administrator or accountant to change it."


def why_entry_locked(entry: TimeEntry | None) -> str:
    """The reason of whatever holds the entry as it is, such as a posting to QuickBooks."""
    if entry is None or not entry.lock:
        return ""
    return entry.lock_note or f"{entry.get_lock_display()}: it can't be changed here."


def why_no_more_time(*, hand: Hand, line: Line, on_team: bool) -> str:
    """Why time can't be added here. Time that is already there may still be lowered or cleared."""
    if not hand.staff.is_active:
        return f"{hand.staff.name} is inactive and takes no more time."
    return line.why_closed(on_team=on_team)
