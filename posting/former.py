"""What a company that is no longer connected still holds: shown, and decided by hand by whoever can look into it."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from bigtime.core.actions import back_to, chosen
from bigtime.firm.access import BOOKKEEPERS, FirmRequest, firm_view
from integrations.models import Operation
from integrations.sync import former as engine
from integrations.sync.errors import Rejected

from .books import books

NOTHING = "Tick at least one entry."


@firm_view(*BOOKKEEPERS)
def former(request: FirmRequest) -> HttpResponse:
    """By company: what has an unknown outcome there, and what still waits for it."""
    open_ones = engine.held(request.firm).select_related("connection").order_by("connection_id", "pk")
    counts = engine.held(request.firm).order_by("connection_id").values("connection__company_name")
    context = {
        "connection": books(request),
        "companies": counts.annotate(number=Count("pk")),
        "page": Paginator(open_ones, 50).get_page(request.GET.get("page")),
        "undecided": engine.undecided(request.firm).count(),
        "waiting": engine.waiting(request.firm).count(),
        "decidable": engine.DECIDABLE,
    }
    return render(request, "posting/former.html", context)


@firm_view(*BOOKKEEPERS, methods=("POST",))
def former_act(request: FirmRequest) -> HttpResponse:
    """It is in QuickBooks, it isn't, or it needn't wait any longer."""
    ticked = chosen(request, "operation")
    action = request.POST.get("action")
    if action not in ("absent", "present", "release"):
        raise Http404("There is no such action.")
    try:
        if not ticked:
            raise Rejected(NOTHING)
        messages.success(request, _done(request, action, ticked))
    except Rejected as refused:
        messages.error(request, f"{refused} Nothing was changed.")
    return redirect(back_to(request, reverse("posting:former")))


def _done(request: FirmRequest, action: str, ticked: list[int]) -> str:
    firm, by = request.firm, request.user
    if action == "present":
        operation = get_object_or_404(Operation.objects.for_firm(firm), pk=ticked[0])
        number = request.POST.get("number", "").strip()
        engine.declare_present(firm=firm, operation=operation, number=number, by=by)
        return f"{operation.label} counts as posted there under {number}."
    if action == "release":
        count = engine.release_waiting(firm=firm, operations=ticked, by=by)
    else:
        count = engine.declare_absent(firm=firm, operations=ticked, reason=request.POST.get("reason", ""), by=by)
    if not count:
        raise Rejected(engine.NOT_NOW)
    return f"{count} released: the time is approved and not posted."
