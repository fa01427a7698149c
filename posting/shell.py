"""What posting adds to every page: its navigation, the number of failures, the hours that wait."""

from __future__ import annotations

from typing import Any

from django.db.models import Sum
from django.http import HttpRequest
from django.urls import reverse

from bigtime.core.navigation import NavItem, register
from bigtime.core.pending import Pending
from bigtime.core.pending import register as register_pending
from bigtime.timesheets.models import TimeEntry
from integrations.connected import active_connection
from integrations.models import Connection, Operation

BOOKKEEPERS = frozenset({"administrator", "accountant"})


def books(request: Any) -> Connection | None:
    """The firm's connected books, read once for a request."""
    return active_connection(request.firm)


def connected(request: HttpRequest) -> bool:
    return books(request) is not None


def failures(request: HttpRequest) -> int | None:
    connection = books(request)
    if connection is None:
        return None
    return Operation.objects.failed_now(connection).count() or None


def waiting_hours(request: Any) -> list[Pending]:
    """Approved hours not posted yet, for those who may post them."""
    if request.membership.role not in BOOKKEEPERS or not connected(request):
        return []
    entries = TimeEntry.objects.for_firm(request.firm).approved().filter(lock=TimeEntry.Lock.NONE)
    minutes = entries.aggregate(total=Sum("minutes"))["total"] or 0
    if not minutes:
        return []
    text = f"{minutes // 60}:{minutes % 60:02d} approved hours not posted"
    # The page opens on this month; these hours may be of any.
    return [Pending(text, minutes, f"{reverse('posting:timesheets')}?span=all", "send", "Post")]


def install() -> None:
    register(
        NavItem("Post Timesheets", "posting:timesheets", "send", "QuickBooks", 10, BOOKKEEPERS, connected),
        NavItem("Errors", "posting:errors", "triangle-alert", "QuickBooks", 60, BOOKKEEPERS, connected, failures),
        NavItem("Ledger", "posting:ledger", "book-open-check", "QuickBooks", 70, BOOKKEEPERS, connected),
    )
    register_pending(waiting_hours)
