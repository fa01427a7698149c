"""Date macros (``LastMonth``) as first and last day. Weeks begin on Sunday, fiscal years in January."""

from __future__ import annotations

from datetime import date, timedelta


def span(macro: str, today: date) -> tuple[str, str]:
    """ISO dates; empty where the range is open."""
    if macro == "All":
        return "", ""
    if macro in ("Today", "Yesterday"):
        day = today - timedelta(days=macro == "Yesterday")
        return day.isoformat(), day.isoformat()
    if macro == "NextFourWeeks":
        first, _ = _unit("Week", today, 1)
        return first.isoformat(), (first + timedelta(days=27)).isoformat()
    shift = {"This": 0, "Last": -1, "Next": 1}[macro[:4]]
    unit = macro[4:].removesuffix("ToDate").replace("Calendar", "").replace("Fiscal", "")
    first, last = _unit(unit, today, shift)
    if macro.endswith("ToDate"):
        last = min(last, _same_place(unit, today, shift))
    return first.isoformat(), last.isoformat()


def _unit(unit: str, today: date, shift: int) -> tuple[date, date]:
    """First and last day of the week, month, quarter or year so many away."""
    if unit == "Week":
        first = today - timedelta(days=(today.weekday() + 1) % 7) + timedelta(weeks=shift)
        return first, first + timedelta(days=6)
    months = {"Month": 1, "Quarter": 3, "Year": 12}[unit]
    start = (today.year * 12 + today.month - 1) // months * months + shift * months
    return _first_of(start), _first_of(start + months) - timedelta(days=1)


def _first_of(months: int) -> date:
    return date(months // 12, months % 12 + 1, 1)


def _same_place(unit: str, today: date, shift: int) -> date:
    """The day as far into the shifted unit as today is into this one."""
    first, _ = _unit(unit, today, 0)
    return _unit(unit, today, shift)[0] + (today - first)
