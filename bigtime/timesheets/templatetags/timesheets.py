"""What the timesheet's pages say about a sheet."""

from __future__ import annotations

from django import template

from bigtime.timesheets.models import Timesheet
from bigtime.timesheets.sheets import period_words
from bigtime.timesheets.summary import percent

register = template.Library()


@register.filter
def period(sheet: Timesheet) -> str:
    """`Nov 16 – 22, 2026`."""
    return period_words(sheet)


@register.filter
def percent_of(part: int, whole: int) -> int:
    """Whole percent, halves up; 0 of nothing."""
    return percent(part, whole)
