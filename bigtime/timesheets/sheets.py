"""The timesheet a day belongs to: found, or made for the firm's period."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from bigtime.core.periods import Period, period_of, span
from bigtime.firm.models import Firm
from bigtime.staff.models import Staff

from .models import Timesheet


def period_for(firm: Firm, day: date, existing: Iterable[Timesheet] = ()) -> Period:
    """The period of `day`: that of the sheet that covers it, else the firm's, cut where sheets already stand.

    Sheets of an earlier period setting keep their days, so a day never belongs to two sheets.
    """
    whole = period_of(day, firm.period_kind, firm.week_start)
    first, last = whole.starts_on, whole.ends_on
    for sheet in existing:
        if sheet.starts_on <= day <= sheet.ends_on:
            return Period(sheet.starts_on, sheet.ends_on)
        if first <= sheet.ends_on < day:
            first = sheet.ends_on + timedelta(1)
        elif day < sheet.starts_on <= last:
            last = sheet.starts_on - timedelta(1)
    return Period(first, last)


def sheets_around(staff: Staff, first: date, last: date) -> list[Timesheet]:
    """The sheets that touch the periods of these days: what `period_for` needs to know."""
    firm = staff.firm
    low = period_of(first, firm.period_kind, firm.week_start).starts_on
    high = period_of(last, firm.period_kind, firm.week_start).ends_on
    found = Timesheet.objects.filter(staff=staff).covering(min(low, first), max(high, last))
    return list(found.select_related("decided_by").order_by("starts_on"))


def sheet_of(sheets: Iterable[Timesheet], day: date) -> Timesheet | None:
    return next((s for s in sheets if s.starts_on <= day <= s.ends_on), None)


def lock_sheet(*, staff: Staff, day: date) -> Timesheet:
    """The sheet of `day`, made if missing and locked until the transaction ends.

    Everything that changes a sheet takes this lock first, so a day's total can't be overrun by two requests.
    """
    found = _locked(staff, day)
    if found is not None:
        return found
    # Making a sheet is rare; the lock on the person keeps two requests from making two that overlap.
    Staff.objects.select_for_update(no_key=True).get(pk=staff.pk)
    return _locked(staff, day) or _make(staff, day)


def _locked(staff: Staff, day: date) -> Timesheet | None:
    covering = Timesheet.objects.filter(staff=staff).covering(day, day)
    found: Timesheet | None = covering.select_for_update(of=("self",)).first()
    return found


def _make(staff: Staff, day: date) -> Timesheet:
    period = period_for(staff.firm, day, sheets_around(staff, day, day))
    sheet: Timesheet = Timesheet.objects.create(
        firm_id=staff.firm_id, staff=staff, starts_on=period.starts_on, ends_on=period.ends_on
    )
    return Timesheet.objects.select_for_update(of=("self",)).get(pk=sheet.pk)  # type: ignore[no-any-return]


def period_words(sheet: Timesheet) -> str:
    return span(sheet.starts_on, sheet.ends_on)
