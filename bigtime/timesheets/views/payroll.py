"""Payroll filters: which payroll item each person's time gets by itself."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from bigtime.codes.models import PayrollItem
from bigtime.firm.access import BOOKKEEPERS, FirmRequest, firm_view
from bigtime.staff.models import Staff
from bigtime.timesheets import services
from bigtime.timesheets.refusals import Refused
from bigtime.timesheets.sent import read_id


@firm_view(*BOOKKEEPERS, methods=("GET", "HEAD", "POST"))
def payroll_filters(request: FirmRequest) -> HttpResponse:
    if request.method == "POST":
        return _save(request)
    items = list(PayrollItem.objects.for_firm(request.firm).order_by("name"))
    people = Staff.objects.for_firm(request.firm).active().order_by("name")
    context = {"people": list(people), "known": items}
    return render(request, "timesheets/payroll_filters.html", context)


def _save(request: FirmRequest) -> HttpResponse:
    try:
        changed = services.set_payroll_items(firm=request.firm, chosen=dict(_touched(request)))
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    else:
        people = "1 person" if changed == 1 else f"{changed} people"
        messages.success(request, f"Saved for {people}." if changed else "Nothing had changed.")
    return redirect("timesheets:payroll_filters")


def _touched(request: FirmRequest) -> Iterator[tuple[int, int | None]]:
    """`p:ID` is what was chosen, `w:ID` what the page had shown: only what differs is saved."""
    for name, value in request.POST.items():
        if not name.startswith("p:"):
            continue
        person, wanted = read_id(name.removeprefix("p:")), read_id(value)
        if person is not None and wanted != read_id(request.POST.get(f"w:{person}", "")):
            yield person, wanted
