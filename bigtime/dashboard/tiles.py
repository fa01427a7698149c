"""The dashboard's own tiles. Tiles of upper apps join them by registering with `bigtime.core.tiles`."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest

from bigtime.core.pending import pending_for
from bigtime.core.periods import short
from bigtime.core.templatetags.charts import Bar
from bigtime.core.tiles import Tile
from bigtime.timesheets.models import Timesheet

from .figures import by_week, month, own_days, viewer, waiting


def pending(request: HttpRequest) -> dict[str, Any]:
    return {"lines": pending_for(request)}


def hours_today(request: HttpRequest) -> dict[str, Any] | None:
    who = viewer(request)
    if who.staff is None:
        return None
    expected = who.firm.expected_day_minutes
    return {"today_minutes": own_days_once(request).get(who.today, 0), "expected_minutes": expected}


def my_week(request: HttpRequest) -> dict[str, Any] | None:
    who = viewer(request)
    if who.staff is None:
        return {"no_staff": True}
    minutes = own_days_once(request)
    days = [{"day": day, "name": short(day), "minutes": minutes.get(day, 0), "today": day == who.today}
            for day in who.week.days]  # fmt: skip
    overlapping = {"starts_on__lte": who.week.ends_on, "ends_on__gte": who.week.starts_on}
    return {
        "days": days,
        "week": who.week,
        "week_total": sum(minutes.values()),
        "week_expected": who.staff.week_minutes,
        "day_expected": who.firm.expected_day_minutes,
        "sheet": Timesheet.objects.filter(staff=who.staff, **overlapping).order_by("starts_on").first(),
    }


def hours_by_week(request: HttpRequest) -> dict[str, Any]:
    who = viewer(request)
    bars = [
        Bar(f"W{start.isocalendar().week}", f"Week of {short(start)}", (_hours(billable), _hours(other)))
        for start, billable, other in by_week(who)
    ]
    return {"bars": bars, "series": ("Billable", "Non-billable"), "any_time": any(b.total for b in bars), "who": who}


def month_figures(request: HttpRequest) -> dict[str, Any]:
    who = viewer(request)
    count, minutes = waiting(who)
    return {"month": month(who), "waiting_count": count, "waiting_minutes": minutes, "who": who}


def own_days_once(request: HttpRequest) -> dict[Any, int]:
    scoped: Any = request
    if not hasattr(scoped, "dashboard_days"):
        scoped.dashboard_days = own_days(viewer(request))
    found: dict[Any, int] = scoped.dashboard_days
    return found


def _hours(minutes: int) -> Decimal:
    return (Decimal(minutes) / 60).quantize(Decimal("0.01"))


TILES = (
    Tile("pending", "dashboard/_pending.html", pending, "side", 20),
    Tile("hours_today", "dashboard/_hours_today.html", hours_today, "side", 30),
    Tile("month", "dashboard/_month.html", month_figures, "main", 10),
    Tile("hours_by_week", "dashboard/_hours_by_week.html", hours_by_week, "main", 20),
    Tile("my_week", "dashboard/_my_week.html", my_week, "main", 30),
)
