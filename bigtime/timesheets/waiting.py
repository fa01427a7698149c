"""What waits for a person, for the dashboard: approvals, a rejected sheet, last period's time."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse

from bigtime.core.pending import Pending
from bigtime.core.periods import today_in
from bigtime.firm.models import Membership

from .models import Timesheet
from .queue import due_period, waiting_count
from .rights import own_staff
from .sheets import period_words


def lines(request: HttpRequest) -> list[Pending]:
    membership: Membership | None = getattr(request, "membership", None)
    if membership is None:
        return []
    return [*_approvals(request), *_own(membership)]


def _approvals(request: HttpRequest) -> list[Pending]:
    count = waiting_count(request)
    words = "timesheet waits" if count == 1 else "timesheets wait"
    url = reverse("timesheets:approvals")
    return [Pending(f"{count} {words} for your approval", count, url, "check-check")] if count else []


def _own(membership: Membership) -> list[Pending]:
    staff = own_staff(membership)
    if staff is None or not staff.is_active:
        return []
    due = due_period(membership.firm, today_in(membership.firm.time_zone))
    sheets = list(Timesheet.objects.filter(staff=staff).covering(due.starts_on, due.ends_on))
    rejected = Timesheet.objects.filter(staff=staff, status=Timesheet.Status.REJECTED).order_by("starts_on")
    told = [_line(f"{period_words(s)} was sent back to you", s.starts_on, "undo-2", "Correct") for s in rejected[:5]]
    if all(sheet.status == Timesheet.Status.DRAFT for sheet in sheets):
        told.append(_line(f"Your time in {due} isn't submitted", due.starts_on, "calendar-clock", "Open"))
    return told


def _line(text: str, day: object, icon: str, label: str) -> Pending:
    return Pending(text, 1, reverse("timesheets:week_of", args=[day]), icon, label)
