"""The week: the page, and the whole grid sent as one form, which is how it works without script."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from bigtime.core.periods import today_in
from bigtime.firm.access import FirmRequest, firm_view
from bigtime.firm.models import Role
from bigtime.timesheets import services
from bigtime.timesheets.grid import Week, week_grid
from bigtime.timesheets.lines import LineKey
from bigtime.timesheets.refusals import Refused
from bigtime.timesheets.rights import Hand
from bigtime.timesheets.sent import read_day
from bigtime.timesheets.services.rows import copied_words
from bigtime.timesheets.sheets import period_words

from .saving import Outcome, save_sent
from .whose import Place, hand_of, people, without_staff


@firm_view(methods=("GET", "HEAD", "POST"))
def week(request: FirmRequest, day: date | None = None) -> HttpResponse:
    hand = hand_of(request)
    if hand is None:
        return without_staff(request)
    shown = day or today_in(request.firm.time_zone)
    if request.method == "POST":
        return _sent(request, hand, shown)
    if "day" in request.GET:
        return _jump(request, hand)
    return page(request, week_grid(hand=hand, day=shown))


def page(request: FirmRequest, grid: Week, outcome: Outcome | None = None, status: int = 200) -> HttpResponse:
    place = Place(grid.hand)
    focus = request.GET.get("focus", "")
    context = {
        "week": grid,
        "hand": grid.hand,
        "outcome": outcome,
        "people": people(grid.hand) if grid.hand.by.role != Role.STAFF else [],
        "focus": focus,
        "offered": grid.offered,
        "payroll_default": grid.offered.payroll_default(grid.hand.staff),
        "urls": {
            "here": place.week(grid.period.starts_on),
            "previous": place.week(grid.previous),
            "next": place.week(grid.next),
            "today": place.to("week"),
            "add": place.to("add_row", grid.period.starts_on),
            "cell": place.to("cell"),
            "row": place.to("row"),
            "paste": place.to("paste"),
            "projects": place.to("projects"),
        },
        "day_urls": [(day, place.to("day", day.date)) for day in grid.days],
    }
    return render(request, "timesheets/week.html", context, status=status)


def _sent(request: FirmRequest, hand: Hand, day: date) -> HttpResponse:
    """Saves what was typed first, whatever was pressed, so that no button loses any of it; then does the rest."""
    grid = week_grid(hand=hand, day=day)
    try:
        outcome = save_sent(hand, grid.period, request.POST.dict())
        for sentence in outcome.refused:
            messages.error(request, sentence)
        if outcome.problems:
            grid = week_grid(hand=hand, day=day)
            outcome.show_in(grid)
            return page(request, grid, outcome, status=409 if outcome.has_conflict else 422)
        done = _do(hand, grid, request.POST.get("do", "save"), outcome) if not outcome.refused else []
    except Refused as refusal:
        messages.error(request, refusal.sentence)
        return redirect(Place(hand).week(grid.period.starts_on))
    for level, sentence in done or ([] if outcome.refused and not outcome.saved else outcome.words()):
        messages.add_message(request, level, sentence)
    return redirect(Place(hand).week(grid.period.starts_on))


def _do(hand: Hand, grid: Week, asked: str, outcome: Outcome) -> list[tuple[int, str]]:
    what, _, subject = asked.partition(":")
    by, staff, period = hand.by, hand.staff, grid.period
    match what:
        case "submit":
            sheet = services.submit(by=by, staff=staff, day=read_day(subject))
            return [(messages.SUCCESS, f"{period_words(sheet)} is submitted and waits for approval.")]
        case "recall":
            sheet = services.recall(by=by, staff=staff, day=read_day(subject))
            return [(messages.SUCCESS, f"{period_words(sheet)} is a draft again.")]
        case "remove":
            key = LineKey.read(subject)
            services.remove_row(by=by, staff=staff, key=outcome.moved.get(key, key), week=period)
            return [(messages.SUCCESS, "The row was removed.")]
        case "copy":
            copied = services.copy_last_week(by=by, staff=staff, week=period, with_hours=subject == "hours")
            told = [(messages.SUCCESS, copied_words(copied))] if copied.rows else []
            return told + [(messages.WARNING, f"Not copied: {reason}") for reason in copied.skipped]
    return []


def _jump(request: FirmRequest, hand: Hand) -> HttpResponse:
    """`?day=` from the date picker leads to that week."""
    try:
        return redirect(Place(hand).week(read_day(request.GET["day"])))
    except Refused as refusal:
        messages.error(request, refusal.sentence)
        return redirect(Place(hand).to("week"))
