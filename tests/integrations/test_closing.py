from __future__ import annotations

from datetime import date

from bigtime.firm.models import Firm
from bigtime.timesheets.closing import closed_through
from tests.factories import ConnectionFactory


def test_the_books_closing_date_reaches_the_timesheet(firm: Firm) -> None:
    ConnectionFactory.create(firm=firm, closed_through=date(2026, 10, 31))
    assert closed_through(firm) == date(2026, 10, 31)


def test_without_books_no_day_is_closed(firm: Firm) -> None:
    ConnectionFactory.create(firm=firm, closed_through=date(2026, 10, 31), status="disabled")
    assert closed_through(firm) is None
