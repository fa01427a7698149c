"""Weeks and timesheet periods: plain dates, both ends inside."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo, available_timezones

from django.utils import timezone

MIDDLE = 15  # the last day of a month's first half


@dataclass(frozen=True, slots=True, order=True)
class Period:
    starts_on: date
    ends_on: date

    def __contains__(self, day: date) -> bool:
        return self.starts_on <= day <= self.ends_on

    def __str__(self) -> str:
        return span(self.starts_on, self.ends_on)

    @property
    def days(self) -> list[date]:
        return [self.starts_on + timedelta(n) for n in range((self.ends_on - self.starts_on).days + 1)]

    def overlaps(self, other: Period) -> bool:
        return self.starts_on <= other.ends_on and other.starts_on <= self.ends_on


def week_of(day: date, week_start: int) -> Period:
    """The seven days around `day` that begin on `week_start` (0 is Monday, 6 Sunday)."""
    first = day - timedelta((day.weekday() - week_start) % 7)
    return Period(first, first + timedelta(6))


def period_of(day: date, kind: str, week_start: int) -> Period:
    """The timesheet period around `day`; `kind` is weekly, biweekly, semimonthly or monthly (`Firm.PeriodKind`)."""
    match kind:
        case "weekly":
            return week_of(day, week_start)
        case "biweekly":
            return _fortnight_of(day, week_start)
        case "semimonthly":
            return _half_month_of(day)
        case "monthly":
            return Period(day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1]))
    raise ValueError(f"There is no period kind {kind!r}.")


def _fortnight_of(day: date, week_start: int) -> Period:
    # Weeks are counted from the calendar's first day, so that every installation pairs the same two.
    week = week_of(day, week_start)
    first = week.starts_on - timedelta(7) if (week.starts_on.toordinal() // 7) % 2 else week.starts_on
    return Period(first, first + timedelta(13))


def _half_month_of(day: date) -> Period:
    if day.day <= MIDDLE:
        return Period(day.replace(day=1), day.replace(day=MIDDLE))
    return Period(day.replace(day=MIDDLE + 1), day.replace(day=monthrange(day.year, day.month)[1]))


def is_locked(ends_on: date, grace_days: int | None, today: date) -> bool:
    """Whether a period that ended on `ends_on` is locked: `grace_days` after its end; None never locks."""
    return grace_days is not None and today > ends_on + timedelta(grace_days)


def time_zones() -> list[str]:
    """The IANA names that a firm can choose from: places, none of the technical names beside them."""
    return sorted(z for z in available_timezones() if "/" in z and not z.startswith(("Etc/", "posix", "right")))


def today_in(time_zone: str) -> date:
    """The firm's own calendar date now; `time_zone` is an IANA name."""
    return timezone.now().astimezone(ZoneInfo(time_zone)).date()


def span(first: date, last: date) -> str:
    """`Nov 16 – 22, 2026`, `Nov 30 – Dec 6, 2026`, `Dec 28, 2026 – Jan 3, 2027`."""
    if first == last:
        return f"{first:%b} {first.day}, {first.year}"
    if first.year != last.year:
        return f"{first:%b} {first.day}, {first.year} – {last:%b} {last.day}, {last.year}"
    month = "" if first.month == last.month else f"{last:%b} "
    return f"{first:%b} {first.day} – {month}{last.day}, {last.year}"


def short(day: date) -> str:
    """`Mon Nov 16`."""
    return f"{day:%a} {day:%b} {day.day}"
