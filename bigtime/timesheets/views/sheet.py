"""One timesheet as its approver reads it, and the decision."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from bigtime.core.periods import Period
from bigtime.firm.access import EVERYONE, MANAGERS, FirmRequest, firm_view
from bigtime.timesheets import services
from bigtime.timesheets.models import TimeEntry, Timesheet
from bigtime.timesheets.refusals import NotAllowed, Refused
from bigtime.timesheets.rights import Hand, hand_on
from bigtime.timesheets.services.approval import why_not_approving
from bigtime.timesheets.sheets import period_words
from bigtime.timesheets.summary import summarize

from .whose import Place


@firm_view(*EVERYONE)
def sheet(request: FirmRequest, pk: int) -> HttpResponse:
    found, hand = _find(request, pk)
    return _page(request, found, hand)


def _find(request: FirmRequest, pk: int) -> tuple[Timesheet, Hand]:
    sheets = Timesheet.objects.for_firm(request.firm).select_related("staff", "decided_by")
    found = sheets.filter(pk=pk).first() if pk < 2**63 else None
    try:
        if found is None:
            raise NotAllowed("There is no such timesheet.")
        return found, hand_on(by=request.membership, staff=found.staff)
    except NotAllowed as refusal:
        raise Http404 from refusal


def _page(
    request: FirmRequest, found: Timesheet, hand: Hand, *, status: int = 200, error: str = "", note: str = ""
) -> HttpResponse:
    entries = TimeEntry.objects.of_week([found.pk], found.starts_on, found.ends_on)
    context = {
        "sheet": found,
        "hand": hand,
        "period": Period(found.starts_on, found.ends_on),
        "summary": summarize(list(entries)),
        "events": list(found.events.select_related("by")),
        "why_not": "" if hand.approves else why_not_approving(hand),
        "grid_url": Place(hand).week(found.starts_on),
        "error": error,
        "note": note,
    }
    return render(request, "timesheets/sheet.html", context, status=status)


def _seen(request: FirmRequest) -> int:
    seen = request.POST.get("seen", "")
    if not (seen.isascii() and seen.isdigit() and len(seen) < 10):
        raise Refused("The page is too old. Reload it.")
    return int(seen)


def _decide(request: FirmRequest, pk: int, act: Callable[[], Timesheet], words: str) -> HttpResponse:
    """Does it and goes back to the queue, or shows the sheet as it is now with the reason it wasn't done."""
    _find(request, pk)
    try:
        decided = act()
    except Refused as refusal:
        found, hand = _find(request, pk)
        status = 403 if isinstance(refusal, NotAllowed) else 409
        note = request.POST.get("note", "")
        return _page(request, found, hand, status=status, error=refusal.sentence, note=note)
    messages.success(request, f"{decided.staff.name}, {period_words(decided)}: {words}")
    return redirect("timesheets:approvals")


@firm_view(*MANAGERS, methods=("POST",))
def approve(request: FirmRequest, pk: int) -> HttpResponse:
    def act() -> Timesheet:
        return services.approve(by=request.membership, sheet_id=pk, seen=_seen(request))

    return _decide(request, pk, act, "approved.")


@firm_view(*MANAGERS, methods=("POST",))
def reject(request: FirmRequest, pk: int) -> HttpResponse:
    def act() -> Timesheet:
        note = request.POST.get("note", "")
        return services.reject(by=request.membership, sheet_id=pk, seen=_seen(request), note=note)

    return _decide(request, pk, act, "sent back with your note.")


@firm_view(*MANAGERS, methods=("POST",))
def reopen(request: FirmRequest, pk: int) -> HttpResponse:
    def act() -> Timesheet:
        return services.reopen(by=request.membership, sheet_id=pk, note=request.POST.get("note", ""))

    return _decide(request, pk, act, "reopened; it waits for approval again.")
