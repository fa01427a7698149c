"""What a supervisor looks at: sheets that wait, sheets that were decided, people whose time is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, Sum
from django.http import HttpRequest

from bigtime.core import facts
from bigtime.core.periods import Period
from bigtime.firm.access import MANAGERS
from bigtime.firm.models import Firm, Membership, Role
from bigtime.staff.models import Staff

from .models import TimeEntry, Timesheet, TimesheetQuerySet
from .rights import supervised
from .sheets import period_for


def sheets_for(by: Membership) -> TimesheetQuerySet:
    """The sheets of everybody this person supervises."""
    sheets: TimesheetQuerySet = Timesheet.objects.for_firm(by.firm)
    return sheets.filter(staff__in=supervised(by)) if by.role == Role.MANAGER else sheets


def to_approve(by: Membership) -> TimesheetQuerySet:
    """What waits for this person: submitted sheets of whom they supervise; their own only for an administrator."""
    if by.role not in MANAGERS:
        return Timesheet.objects.none()
    waiting = sheets_for(by).waiting()
    return waiting if by.role == Role.ADMINISTRATOR else waiting.exclude(staff__user_id=by.user_id)


WAITING = facts.Fact("timesheets.waiting", lambda request: facts.counted(to_approve(request.membership)))


def waiting_count(request: HttpRequest) -> int:
    """How many sheets wait for this request's person."""
    return facts.of(request, WAITING.key) or 0


def named(sheets: TimesheetQuerySet, query: str) -> TimesheetQuerySet:
    """Sheets of people whose name has every word of `query`."""
    for word in query.replace("\x00", "").split()[:8]:
        sheets = sheets.filter(staff__name__icontains=word)
    return sheets


@dataclass(frozen=True, slots=True)
class Missing:
    """A person who hasn't handed in the period: what they have entered so far, and what is expected of them."""

    staff: Staff
    sheet: Timesheet | None
    minutes: int
    expected: int

    @property
    def status(self) -> str:
        return self.sheet.status if self.sheet else Timesheet.Status.DRAFT


def missing_in(by: Membership, period: Period, query: str = "") -> list[Missing]:
    """Active staff without a submitted or approved sheet in `period`; 3 queries for any number of people."""
    people = supervised(by).active().order_by("name")
    for word in query.replace("\x00", "").split()[:8]:
        people = people.filter(name__icontains=word)
    # `expected` scales a week's minutes to the period's working days.
    working_days = sum(day.weekday() < 5 for day in period.days)
    sheets = {s.staff_id: s for s in sheets_for(by).covering(period.starts_on, period.ends_on)}
    done = {pk for pk, sheet in sheets.items() if not sheet.is_editable}
    entered = _entered(by, period)
    return [
        Missing(person, sheets.get(person.pk), entered.get(person.pk, 0), person.week_minutes * working_days // 5)
        for person in people
        if person.pk not in done
    ]


def _entered(by: Membership, period: Period) -> dict[int, int]:
    found = TimeEntry.objects.for_firm(by.firm).filter(work_date__range=(period.starts_on, period.ends_on))
    return dict(found.values_list("staff_id").annotate(total=Sum("minutes")).filter(~Q(total=None)).order_by())


def due_period(firm: Firm, today: date) -> Period:
    """The period whose time is due: the last one that has ended before `today`."""
    return period_for(firm, period_for(firm, today).starts_on - timedelta(1))
