"""Adding a row: a page of its own, a dialog where there is script, and the search behind both."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from bigtime.core.actions import number
from bigtime.core.periods import span, week_of
from bigtime.firm.access import FirmRequest, firm_view
from bigtime.timesheets import services
from bigtime.timesheets.choices import find_projects, labor_codes
from bigtime.timesheets.lines import LineKey
from bigtime.timesheets.models import LINE
from bigtime.timesheets.offered import offered
from bigtime.timesheets.refusals import Refused
from bigtime.timesheets.rights import Hand

from .whose import Place, hand_of, without_staff

QUERY_LENGTH = 200


@firm_view(methods=("GET", "HEAD", "POST"))
def add_row(request: FirmRequest, day: date) -> HttpResponse:
    hand = hand_of(request)
    if hand is None:
        return without_staff(request)
    if request.method == "POST":
        return _add(request, hand, day)
    return _page(request, hand, day)


def _page(request: FirmRequest, hand: Hand, day: date, status: int = 200, error: str = "") -> HttpResponse:
    query = request.GET.get("q", "")[:QUERY_LENGTH]
    chosen = _number(request.GET.get("project", ""))
    found = find_projects(staff=hand.staff, query=query, project_id=chosen)
    known = offered(request.firm)
    picked = found.choices[0] if chosen and found.choices else None
    place = Place(hand)
    back_to_day = request.GET.get("to") == "day"
    context = {
        "hand": hand,
        "found": found,
        "chosen": picked,
        "offered": known,
        "default_class": picked.default_class(known) if picked else "",
        "payroll_default": known.payroll_default(hand.staff),
        "labor_codes": labor_codes(hand.staff),
        "query": query,
        "error": error,
        "week_words": _week_words(request, day),
        "back": place.to("day", day) if back_to_day else place.week(day),
        "here": place.to("add_row", day, to="day" if back_to_day else ""),
        "to": "day" if back_to_day else "",
    }
    return render(request, "timesheets/add_row.html", context, status=status)


def _week_words(request: FirmRequest, day: date) -> str:
    week = week_of(day, request.firm.week_start)
    return span(week.starts_on, week.ends_on)


def _add(request: FirmRequest, hand: Hand, day: date) -> HttpResponse:
    project, *codes = (_number(request.POST.get(name, "")) for name in LINE)
    try:
        if project is None:
            raise Refused("Choose a project first.")
        key = services.add_row(
            by=hand.by,
            staff=hand.staff,
            key=LineKey(project, *codes),
            week=week_of(day, request.firm.week_start),
            default_class=request.POST.get("tracking_class") != "none",
        )
    except Refused as refusal:
        return _page(request, hand, day, status=422, error=refusal.sentence)
    messages.success(request, "The row was added.")
    place = Place(hand)
    if request.POST.get("to") == "day":
        return redirect(place.to("day", day, focus=key))
    return redirect(place.to("week_of", day, focus=key))


def _number(text: str) -> int | None:
    return number(text) or None


@firm_view()
def projects(request: FirmRequest) -> HttpResponse:
    """`?q=` finds projects for the combobox: `{"projects", "more"}`, with `&codes=1` also the `{"codes"}`.

    `class` of a project or task tells in words which class a row gets by itself.
    """
    hand = hand_of(request)
    if hand is None:
        return JsonResponse({"projects": [], "more": False})
    found = find_projects(staff=hand.staff, query=request.GET.get("q", "")[:QUERY_LENGTH])
    known = offered(request.firm)
    answer: dict[str, Any] = {"projects": [choice.as_json(known) for choice in found.choices], "more": found.more}
    if request.GET.get("codes") == "1":
        answer["codes"] = [{"id": code.pk, "name": code.name} for code in labor_codes(hand.staff)]
    return JsonResponse(answer)
