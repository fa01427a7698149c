"""The dashboard's own tiles. Tiles of upper apps join them by registering with `bigtime.core.tiles`."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest

from bigtime.core import facts
from bigtime.core.pending import pending_for
from bigtime.core.periods import short
from bigtime.core.templatetags.charts import Bar
from bigtime.core.tiles import Tile
from bigtime.timesheets.waiting import recent_sheets

from .figures import WAITING, WAITING_MINUTES, Day, by_week, days, month, viewer


def pending(request: HttpRequest) -> dict[str, Any]:
    return {"lines": pending_for(request)}


def hours_today(request: HttpRequest) -> dict[str, Any] | None:
    who = viewer(request)
    if who.staff is None:
        return None
    today = days(request).get(who.today, Day())
    return {"today_minutes": today.own, "expected_minutes": who.firm.expected_day_minutes}


def my_week(request: HttpRequest) -> dict[str, Any] | None:
    who = viewer(request)
    if who.staff is None:
        return {"no_staff": True}
    known = days(request)
    minutes = {day: known.get(day, Day()).own for day in who.week.days}
    rows = [{"day": day, "name": short(day), "minutes": own, "today": day == who.today} for day, own in minutes.items()]
    return {
        "days": rows,
        "week": who.week,
        "week_total": sum(minutes.values()),
        "week_expected": who.staff.week_minutes,
        "day_expected": who.firm.expected_day_minutes,
        "sheet": next((sheet for sheet in recent_sheets(request) if sheet.touches(who.week)), None),
    }


def hours_by_week(request: HttpRequest) -> dict[str, Any]:
    who = viewer(request)
    bars = [
        Bar(f"W{start.isocalendar().week}", f"Week of {short(start)}", (_hours(billable), _hours(other)))
        for start, billable, other in by_week(who, days(request))
    ]
    return {"bars": bars, "series": ("Billable", "Non-billable"), "any_time": any(b.total for b in bars), "who": who}


def month_figures(request: HttpRequest) -> dict[str, Any]:
    who = viewer(request)
    return {
        "month": month(who, days(request)),
        "waiting_count": facts.of(request, WAITING.key) or 0,
        "waiting_minutes": facts.of(request, WAITING_MINUTES.key) or 0,
        "who": who,
    }


def _hours(minutes: int) -> Decimal:
    return (Decimal(minutes) / 60).quantize(Decimal("0.01"))


TILES = (
    Tile("pending", "dashboard/_pending.html", pending, "side", 20),
    Tile("hours_today", "dashboard/_hours_today.html", hours_today, "side", 30),
    Tile("month", "dashboard/_month.html", month_figures, "main", 10),
    Tile("hours_by_week", "dashboard/_hours_by_week.html", hours_by_week, "main", 20),
    Tile("my_week", "dashboard/_my_week.html", my_week, "main", 30),
)
