"""What waits for a person, for the dashboard: approvals, a rejected sheet, last period's time."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse

from bigtime.core.pending import Pending
from bigtime.core.periods import Period, today_in
from bigtime.firm.models import Membership

from .models import Timesheet
from .queue import due_period, waiting_count
from .rights import viewer_staff
from .sheets import period_words


def lines(request: HttpRequest) -> list[Pending]:
    membership: Membership | None = getattr(request, "membership", None)
    if membership is None:
        return []
    return [*_approvals(request), *_own(request)]


def _approvals(request: HttpRequest) -> list[Pending]:
    count = waiting_count(request)
    words = "timesheet waits" if count == 1 else "timesheets wait"
    url = reverse("timesheets:approvals")
    return [Pending(f"{count} {words} for your approval", count, url, "check-check")] if count else []


def recent_sheets(request: Any) -> list[Timesheet]:
    """The person's own sheets that were sent back, or touch the period whose time is due or a later one, oldest first.

    Read once for a request.
    """
    if not hasattr(request, "recent_timesheets"):
        staff, since = viewer_staff(request), _due(request).starts_on
        sheets = Timesheet.objects.filter(staff=staff).order_by("starts_on") if staff else Timesheet.objects.none()
        request.recent_timesheets = list(sheets.filter(Q(status=Timesheet.Status.REJECTED) | Q(ends_on__gte=since)))
    found: list[Timesheet] = request.recent_timesheets
    return found


def _due(request: Any) -> Period:
    return due_period(request.firm, today_in(request.firm.time_zone))


def _own(request: Any) -> list[Pending]:
    staff = viewer_staff(request)
    if staff is None or not staff.is_active:
        return []
    due, sheets = _due(request), recent_sheets(request)
    rejected = [sheet for sheet in sheets if sheet.status == Timesheet.Status.REJECTED][:5]
    told = [_line(f"{period_words(s)} was sent back to you", s.starts_on, "undo-2", "Correct") for s in rejected]
    if all(sheet.status == Timesheet.Status.DRAFT for sheet in sheets if sheet.touches(due)):
        told.append(_line(f"Your time in {due} isn't submitted", due.starts_on, "calendar-clock", "Open"))
    return told


def _line(text: str, day: object, icon: str, label: str) -> Pending:
    return Pending(text, 1, reverse("timesheets:week_of", args=[day]), icon, label)
