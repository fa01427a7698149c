from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from bigtime.clients.models import Project
from bigtime.firm.models import Firm
from bigtime.timesheets import closing
from bigtime.timesheets.grid import week_grid
from bigtime.timesheets.rights import hand_on

pytestmark = pytest.mark.django_db


def through_tuesday(firm: Firm) -> date | None:
    return date(2026, 11, 17) if firm.name == "Northwind Consulting" else None


@pytest.mark.parametrize(("day", "closed"), [(date(2026, 11, 9), 7), (date(2026, 11, 16), 2), (date(2026, 11, 23), 0)])
def test_days_of_closed_books_are_marked(
    person: Callable[..., Any], project: Project, monkeypatch: pytest.MonkeyPatch, day: date, closed: int
) -> None:
    monkeypatch.setattr(closing, "_sources", {})
    closing.register(through_tuesday)
    dmitri = person()
    week = week_grid(hand=hand_on(by=dmitri.membership, staff=dmitri.staff), day=day)
    assert [one.is_closed for one in week.days] == [True] * closed + [False] * (7 - closed)
    assert (week.closed_through is None) == (closed == 0)


def test_without_books_nothing_is_closed(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closing, "_sources", {})
    assert closing.closed_through(firm) is None
