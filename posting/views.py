"""Post Timesheets: what is ready, what it becomes, and the press of the button."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from bigtime.core import pickers
from bigtime.core.actions import back_to, number
from bigtime.core.actions import chosen as chosen_ids
from bigtime.core.templatetags.ui import coming_back
from bigtime.firm.access import BOOKKEEPERS, FirmRequest, firm_view
from bigtime.timesheets.models import TimeEntry, Timesheet
from integrations.models import Operation
from integrations.sync import readiness
from integrations.sync.errors import Rejected

from . import rows, services
from .books import away, books, books_or_404, is_of_other_books, with_books
from .filters import DATES, SPANS, STATES, Dates, Filters

PAGE = 50


@firm_view(*BOOKKEEPERS)
def timesheets(request: FirmRequest) -> HttpResponse:
    """P1: a row per person and period."""
    connection = books(request)
    if connection is None:
        return render(request, "posting/not_connected.html", away(request))
    filters = Filters.read(request.GET)
    totals = rows.totals(connection, filters)
    found = Paginator(filters.timesheets(request.firm), PAGE)
    found.count = totals["sheets"]  # so that it isn't counted once more
    page = found.get_page(request.GET.get("page"))
    built = rows.build(connection, list(page.object_list), filters)
    context = {
        "connection": connection,
        "filters": filters,
        "page": page,
        "groups": rows.grouped(built),
        "any_ready": any(row.can_post for row in built),
        "totals": totals,
        "matching": totals["sheets"],
        "key": uuid.uuid4(),
        "become": readiness.called(connection, "time_entry")[1],
        "spans": SPANS,
        "dates": Dates(request.GET) if filters.span == DATES else Dates(),
        "states": STATES,
        "people": _picker(request, "staff", filters.staff, "Everyone"),
        "clients": _picker(request, "client", filters.client, "All clients"),
    }
    template = (
        "posting/_timesheet_rows.html" if request.htmx and not request.htmx.boosted else "posting/timesheets.html"
    )
    return render(request, template, context)


def _picker(request: FirmRequest, kind: str, chosen: int | None, empty_label: str) -> pickers.Box:
    picker = pickers.known(kind)
    sought = request.GET.get(f"{pickers.FIND}{kind}", "")
    return pickers.box(picker, kind, picker.rows(request.firm), [chosen or ""], empty_label=empty_label, sought=sought)


@firm_view(*BOOKKEEPERS, methods=("POST",))
@with_books
def post(request: FirmRequest) -> HttpResponse:
    """**Post Selected Time**: one batch for one key, whatever is clicked how often."""
    connection = books_or_404(request)
    filters = Filters.read(QueryDict(request.POST.get("filters", "")))
    back = f"{reverse('posting:timesheets')}?{filters.query}"
    chosen = filters.timesheets(request.firm)
    ticked = sorted(chosen_ids(request, "timesheet")) if request.POST.get("all") != "1" else None
    if ticked is not None:
        chosen = chosen.filter(pk__in=ticked)
    try:
        # The page can come back out of the browser's history: another selection on it is another posting.
        key = uuid.uuid5(uuid.UUID(request.POST.get("key", "")), f"{filters.query} {ticked}")
    except ValueError:
        messages.error(
            request, "The page was incomplete, nothing was sent. Select again and press the button once more."
        )
        return redirect(back)
    if is_of_other_books(request, connection):
        messages.error(
            request, f"This page was opened for other books than {connection}. Nothing was sent: look again."
        )
        return redirect(back)
    shown = _whole(request.POST.get("count")) if ticked is None else None
    try:
        outcome = services.post_time(
            connection=connection, timesheets=chosen, filters=filters, key=key, by=request.user, shown=shown
        )
    except services.Changed as changed:
        messages.warning(request, str(changed))
        return redirect(back)
    except Rejected as refused:  # disabled at this moment
        messages.error(request, f"{refused} Nothing was sent.")
        return redirect(back)
    if outcome.batch is None:
        messages.warning(request, _nothing(outcome.left_out, ticked))
        return redirect(back)
    if outcome.left_out:
        messages.warning(request, f"{outcome.left_out} entries aren’t ready and stay where they are.")
    return redirect(coming_back(reverse("posting:batch", args=[outcome.batch.pk]), back))


def _whole(text: str | None) -> int:
    """How many a form says it showed; -1, which no number equals, when it doesn't say."""
    found = number(text)
    return -1 if found is None else found


def _nothing(left_out: int, ticked: list[int] | None) -> str:
    if left_out:
        return f"Nothing was sent: none of the {left_out} entries is ready. Each row says what it needs."
    if ticked:
        return "Nothing was sent: what was selected has no approved, unposted time any more."
    return "Nothing was sent: select at least one row with approved, unposted time."


@firm_view(*BOOKKEEPERS)
@with_books
def preview(request: FirmRequest, pk: int) -> HttpResponse:
    """P6: the exact documents that QuickBooks will get for one person's period."""
    connection = books_or_404(request)
    sheet = get_object_or_404(Timesheet.objects.for_firm(request.firm).select_related("staff"), pk=pk)
    entries = list(
        TimeEntry.objects.filter(timesheet=sheet)
        .select_related("project__client", "task", "labor_code", "tracking_class")
        .order_by("work_date", "pk")
    )
    open_ids = [entry.pk for entry in entries if not entry.lock]
    verdicts = readiness.check(connection, "time_entry", open_ids)
    held = _operations_of([entry.pk for entry in entries if entry.lock])
    context = {
        "connection": connection,
        "sheet": sheet,
        "total": sum(entry.minutes for entry in entries),
        "documents": [(entry, verdicts.get(entry.pk), held.get(entry.pk)) for entry in entries],
        "becomes": readiness.called(connection, "time_entry")[0],
        "postable": sheet.status in rows.postable_statuses(connection),
        "back": back_to(request, reverse("posting:timesheets")),
    }
    template = "posting/_preview_dialog.html" if request.htmx else "posting/preview.html"
    return render(request, template, context)


def _operations_of(held: list[int]) -> dict[int, Operation]:
    """What holds these entries, by the entry's id, to whatever books it goes; one statement."""
    found = Operation.objects.live().filter(local_model=rows.TIME_ENTRY, local_id__in=held)
    return {each.local_id: each for each in found.only("local_id", "state", "error_text")}
