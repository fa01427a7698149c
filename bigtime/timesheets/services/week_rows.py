"""What one person's week holds, as the services that change its rows read it."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from bigtime.core.periods import Period
from bigtime.staff.models import Staff
from bigtime.timesheets.models import LINE_JOINS, TimeEntry, TimeEntryQuerySet, Timesheet, TimesheetRow
from bigtime.timesheets.refusals import Refused
from bigtime.timesheets.rights import Hand

from .cells import open_sheet


def open_day(hand: Hand, week: Period) -> date:
    """The first day of the week whose sheet can be changed. Raises the first day's refusal when there is none."""
    try:
        open_sheet(hand=hand, day=week.starts_on)
    except Refused:
        # A week may touch two sheets; the later one may still be open.
        last = open_sheet(hand=hand, day=week.ends_on)
        return max(week.starts_on, last.starts_on)
    return week.starts_on


def _sheets(staff: Staff, week: Period) -> list[int]:
    return list(
        Timesheet.objects.filter(staff=staff).covering(week.starts_on, week.ends_on).values_list("pk", flat=True)
    )


def entries_of(staff: Staff, week: Period) -> TimeEntryQuerySet:
    return TimeEntry.objects.of_week(_sheets(staff, week), week.starts_on, week.ends_on)


def kept_rows(staff: Staff, week: Period) -> QuerySet[TimesheetRow]:
    return TimesheetRow.objects.filter(timesheet_id__in=_sheets(staff, week)).select_related(*LINE_JOINS)
