from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from bigtime.core.periods import Period, is_locked, period_of, span, today_in, week_of

MONDAY, SATURDAY, SUNDAY = 0, 5, 6
KINDS = ["weekly", "biweekly", "semimonthly", "monthly"]


@pytest.mark.parametrize(
    ("start", "first", "last"),
    [
        (MONDAY, date(2026, 11, 16), date(2026, 11, 22)),
        (SATURDAY, date(2026, 11, 14), date(2026, 11, 20)),
        (SUNDAY, date(2026, 11, 15), date(2026, 11, 21)),
    ],
)
def test_a_week_begins_where_the_firm_says(start: int, first: date, last: date) -> None:
    assert week_of(date(2026, 11, 18), start) == Period(first, last)


@pytest.mark.parametrize(
    ("kind", "first", "last"),
    [
        ("weekly", date(2026, 11, 16), date(2026, 11, 22)),
        ("biweekly", date(2026, 11, 9), date(2026, 11, 22)),
        ("semimonthly", date(2026, 11, 16), date(2026, 11, 30)),
        ("monthly", date(2026, 11, 1), date(2026, 11, 30)),
    ],
)
def test_the_period_around_a_day(kind: str, first: date, last: date) -> None:
    assert period_of(date(2026, 11, 18), kind, MONDAY) == Period(first, last)


@pytest.mark.parametrize("start", [MONDAY, SATURDAY, SUNDAY])
@pytest.mark.parametrize("kind", KINDS)
def test_periods_cover_every_day_once(kind: str, start: int) -> None:
    day, found = date(2023, 12, 1), []
    while day < date(2025, 2, 1):
        period = period_of(day, kind, start)
        assert all(period_of(inside, kind, start) == period for inside in period.days)
        found.append(period)
        day = period.ends_on + timedelta(1)
    assert all(later.starts_on - earlier.ends_on == timedelta(1) for earlier, later in pairwise(found))


def test_an_unknown_kind_is_a_fault() -> None:
    with pytest.raises(ValueError, match="no period kind 'yearly'"):
        period_of(date(2026, 1, 1), "yearly", MONDAY)


@pytest.mark.parametrize(("today", "locked"), [(date(2027, 5, 17), False), (date(2027, 5, 18), True)])
def test_a_period_is_locked_after_its_grace_days(today: date, locked: bool) -> None:
    assert is_locked(date(2027, 5, 7), 10, today) is locked


def test_without_grace_days_nothing_is_ever_locked() -> None:
    assert is_locked(date(2001, 1, 1), None, date(2027, 1, 1)) is False


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2026, 11, 16), date(2026, 11, 22), "Nov 16 – 22, 2026"),
        (date(2026, 11, 30), date(2026, 12, 6), "Nov 30 – Dec 6, 2026"),
        (date(2026, 12, 28), date(2027, 1, 3), "Dec 28, 2026 – Jan 3, 2027"),
        (date(2026, 11, 16), date(2026, 11, 16), "Nov 16, 2026"),
    ],
)
def test_a_span_in_words(first: date, last: date, words: str) -> None:
    assert span(first, last) == words


def test_overlap_and_membership() -> None:
    week = Period(date(2026, 11, 16), date(2026, 11, 22))
    assert date(2026, 11, 22) in week
    assert date(2026, 11, 23) not in week
    assert week.overlaps(Period(date(2026, 11, 22), date(2026, 11, 25)))
    assert not week.overlaps(Period(date(2026, 11, 23), date(2026, 11, 25)))


def test_today_is_the_firms_own_date() -> None:
    ahead, behind = today_in("Pacific/Kiritimati"), today_in("Pacific/Pago_Pago")
    assert (ahead - behind).days in {1, 2}
