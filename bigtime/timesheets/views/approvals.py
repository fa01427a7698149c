"""The queue of a supervisor: what waits, whose time is missing, what was decided."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from bigtime.core.actions import number
from bigtime.core.periods import Period, period_of, today_in
from bigtime.firm.access import MANAGERS, FirmRequest, firm_view
from bigtime.timesheets import services
from bigtime.timesheets.models import Timesheet, TimesheetQuerySet
from bigtime.timesheets.queue import due_period, missing_in, named, sheets_for, to_approve, waiting_count
from bigtime.timesheets.refusals import Refused
from bigtime.timesheets.sent import read_day

PAGE = 50
TABS = ("waiting", "missing", "decided")
QUERY_LENGTH = 100
# What a row says of its sheet, besides figures.
SHOWN = (
    "starts_on", "ends_on", "status", "version", "submitted_at", "decided_at",
    "staff__name", "decided_by__name", "decided_by__email",
)  # fmt: skip


@firm_view(*MANAGERS)
def queue(request: FirmRequest) -> HttpResponse:
    tab = request.GET.get("tab", "waiting")
    tab = tab if tab in TABS else "waiting"
    query = request.GET.get("q", "")[:QUERY_LENGTH]
    build = {"waiting": _waiting, "missing": _missing, "decided": _decided}[tab]
    context = {"tab": tab, "query": query, "waiting_count": waiting_count(request), **build(request, query)}
    return render(request, "timesheets/approvals.html", context)


def _waiting(request: FirmRequest, query: str) -> dict[str, Any]:
    sheets = named(to_approve(request.membership), query)
    if request.GET.get("notes") == "1":
        sheets = sheets.noted()
    return {"page": _page(request, sheets.order_by("submitted_at", "pk")), "notes": request.GET.get("notes", "")}


def _decided(request: FirmRequest, query: str) -> dict[str, Any]:
    sheets = named(sheets_for(request.membership), query)
    status = request.GET.get("status", "")
    wanted = [status] if status in ("approved", "rejected") else ["approved", "rejected"]
    ordered = sheets.filter(status__in=wanted).order_by("-starts_on", "staff__name", "pk")
    return {"page": _page(request, ordered), "status": status}


def _page(request: FirmRequest, sheets: TimesheetQuerySet) -> Page[Timesheet]:
    """One page, its figures added up for the sheets on it only: years of time don't slow it down."""
    page: Page[Any] = Paginator(sheets.values_list("pk", flat=True), PAGE).get_page(request.GET.get("page"))
    shown = list(page)
    figures = Timesheet.objects.filter(pk__in=shown).select_related("staff", "decided_by").only(*SHOWN).with_figures()
    page.object_list = sorted(figures, key=lambda sheet: shown.index(sheet.pk))
    return page


def _missing(request: FirmRequest, query: str) -> dict[str, Any]:
    period = _asked_period(request)
    firm = request.firm
    return {
        "period": period,
        "missing": missing_in(request.membership, period, query),
        "earlier": period_of(period.starts_on - timedelta(1), firm.period_kind, firm.week_start).starts_on,
        "later": period.ends_on + timedelta(1),
        "has_later": period.ends_on < today_in(firm.time_zone),
    }


def _asked_period(request: FirmRequest) -> Period:
    firm = request.firm
    try:
        return period_of(read_day(request.GET.get("period", "")), firm.period_kind, firm.week_start)
    except Refused:
        return due_period(firm, today_in(firm.time_zone))


@firm_view(*MANAGERS, methods=("POST",))
def approve(request: FirmRequest) -> HttpResponse:
    """Approves the ticked sheets (`sheet` = id:version); what can't be is named, the rest goes through."""
    decided = services.approve_many(by=request.membership, sheets=_ticked(request.POST.getlist("sheet")))
    count = len(decided.approved)
    if count:
        messages.success(request, f"{count} timesheet{' is' if count == 1 else 's are'} approved.")
    for sentence in decided.refused:
        messages.warning(request, sentence)
    if not count and not decided.refused:
        messages.warning(request, "Tick the timesheets to approve first.")
    return redirect(_back(request))


def _ticked(values: list[str]) -> list[tuple[int, int]]:
    pairs = (value.partition(":") for value in values[: PAGE * 4])
    sent = ((number(pk), number(seen)) for pk, _, seen in pairs)
    return [(pk, seen) for pk, seen in sent if pk is not None and seen is not None]


def _back(request: FirmRequest) -> str:
    asked = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(asked, allowed_hosts=None):
        return asked
    return reverse("timesheets:approvals")
