"""One day at a time, made for phones: big fields for time and note, the same cells as the week."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from bigtime.core.periods import today_in, week_of
from bigtime.firm.access import FirmRequest, firm_view
from bigtime.timesheets.cell import Cell, Day
from bigtime.timesheets.grid import Row, Week, week_grid
from bigtime.timesheets.refusals import Refused
from bigtime.timesheets.rights import Hand

from .saving import Outcome, save_sent
from .whose import Place, hand_of, without_staff


@firm_view(methods=("GET", "HEAD", "POST"))
def day(request: FirmRequest, day: date | None = None) -> HttpResponse:
    hand = hand_of(request)
    if hand is None:
        return without_staff(request)
    shown = day or today_in(request.firm.time_zone)
    if request.method == "POST":
        return _sent(request, hand, shown)
    return _page(request, week_grid(hand=hand, day=shown), shown)


def _sent(request: FirmRequest, hand: Hand, shown: date) -> HttpResponse:
    try:
        outcome = save_sent(hand, week_of(shown, request.firm.week_start), request.POST.dict())
    except Refused as refusal:
        messages.error(request, refusal.sentence)
        return redirect(Place(hand).to("day", shown))
    for sentence in outcome.refused:
        messages.error(request, sentence)
    if outcome.problems:
        grid = week_grid(hand=hand, day=shown)
        outcome.show_in(grid)
        return _page(request, grid, shown, outcome, status=409 if outcome.has_conflict else 422)
    for level, sentence in [] if outcome.refused and not outcome.saved else outcome.words():
        messages.add_message(request, level, sentence)
    return redirect(Place(hand).to("day", shown))


def _page(
    request: FirmRequest, grid: Week, shown: date, outcome: Outcome | None = None, status: int = 200
) -> HttpResponse:
    place = Place(grid.hand)
    column = (shown - grid.period.starts_on).days
    entries: list[tuple[Row, Cell]] = [(row, row.cells[column]) for row in grid.rows]
    # What holds time comes first; the rest of the week's rows follow, ready to take some.
    entries.sort(key=lambda pair: not (pair[1].minutes or pair[1].typed))
    strip: list[tuple[Day, str]] = [(day, place.to("day", day.date)) for day in grid.days]
    context = {
        "week": grid,
        "hand": grid.hand,
        "day": grid.days[column],
        "entries": entries,
        "strip": strip,
        "outcome": outcome,
        "focus": request.GET.get("focus", ""),
        "urls": {
            "here": place.to("day", shown),
            "week": place.week(shown),
            "previous": place.to("day", grid.previous),
            "next": place.to("day", grid.next),
            "add": place.to("add_row", shown, to="day"),
            "cell": place.to("cell"),
            "row": place.to("row"),
            "paste": place.to("paste"),
        },
    }
    return render(request, "timesheets/day.html", context, status=status)
