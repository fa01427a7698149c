"""What the dashboard's tiles add up, in two statements for all of them, whatever the firm's size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Q, QuerySet, Sum

from bigtime.core import facts
from bigtime.core.periods import Period, today_in, week_of
from bigtime.core.prepared import Prepared, Statement
from bigtime.firm.access import MANAGERS
from bigtime.staff.models import Staff
from bigtime.timesheets.models import TimeEntry, Timesheet
from bigtime.timesheets.rights import viewer_staff

WEEKS = 12


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks, and at whose time: the office and managers at the firm's, everybody else at their own."""

    firm: Any
    today: date
    staff: Staff | None
    sees_all: bool

    @property
    def entries(self) -> QuerySet[Any]:
        rows = TimeEntry.objects.for_firm(self.firm)
        return rows if self.sees_all else rows.filter(staff=self.staff) if self.staff else rows.none()

    @property
    def week(self) -> Period:
        return week_of(self.today, self.firm.week_start)


def viewer(request: Any) -> Viewer:
    """The request's viewer; read once for all tiles."""
    if not hasattr(request, "dashboard_viewer"):
        firm = request.firm
        staff = viewer_staff(request)
        sees_all = request.membership.role in MANAGERS
        request.dashboard_viewer = Viewer(firm, today_in(firm.time_zone), staff, sees_all)
    found: Viewer = request.dashboard_viewer
    return found


@dataclass(frozen=True, slots=True)
class Day:
    """Minutes of one day, of the time that the viewer looks at; `own` are the viewer's among them."""

    billable: int = 0
    other: int = 0
    own: int = 0

    @property
    def total(self) -> int:
        return self.billable + self.other


def days(request: Any) -> dict[date, Day]:
    """The days of the last twelve weeks that have time: one statement for every tile that tells hours."""
    if not hasattr(request, "dashboard_days"):
        request.dashboard_days = _days(viewer(request))
    found: dict[date, Day] = request.dashboard_days
    return found


def _days(who: Viewer) -> dict[date, Day]:
    rows = who.entries.filter(work_date__range=(first_week(who), who.week.ends_on)).order_by()
    sums = rows.values("work_date").annotate(
        billable=Sum("minutes", filter=Q(is_billable=True), default=0),
        other=Sum("minutes", filter=Q(is_billable=False), default=0),
        own=Sum("minutes", filter=Q(staff=who.staff), default=0),
    )
    return {row.pop("work_date"): Day(**row) for row in sums}


def first_week(who: Viewer) -> date:
    """The first day of the twelve weeks. Never later than the first of last month, eighty days before at most."""
    return who.week.starts_on - timedelta(weeks=WEEKS - 1)


def by_week(who: Viewer, known: dict[date, Day]) -> list[tuple[date, int, int]]:
    """For each of the last twelve weeks: its first day, billable and other minutes."""
    first = first_week(who)
    weeks = [[0, 0] for _ in range(WEEKS)]
    for day, minutes in known.items():
        week = weeks[(day - first).days // 7]
        week[0] += minutes.billable
        week[1] += minutes.other
    return [(first + timedelta(weeks=at), billable, other) for at, (billable, other) in enumerate(weeks)]


@dataclass(frozen=True, slots=True)
class Month:
    """Minutes of this month so far and of the whole month before it."""

    total: int
    billable: int
    before: int
    billable_before: int
    last_month: date

    @property
    def billability(self) -> Decimal | None:
        return share(self.billable, self.total)

    @property
    def trend(self) -> Decimal | None:
        """Percentage points against last month; None while either has no time."""
        before = share(self.billable_before, self.before)
        return None if self.billability is None or before is None else self.billability - before


def month(who: Viewer, known: dict[date, Day]) -> Month:
    start = who.today.replace(day=1)
    last = (start - timedelta(days=1)).replace(day=1)
    now = [minutes for day, minutes in known.items() if start <= day <= who.today]
    then = [minutes for day, minutes in known.items() if last <= day < start]
    return Month(
        sum(day.total for day in now),
        sum(day.billable for day in now),
        sum(day.total for day in then),
        sum(day.billable for day in then),
        last,
    )


def _undecided(firm: Any, staff: Any = None) -> QuerySet[Any, Any]:
    """Timesheets handed in and not decided, the firm's or one person's."""
    sheets = Timesheet.objects.for_firm(firm).waiting()
    return sheets if staff is None else sheets.filter(staff=staff)


def _undecided_minutes(firm: Any, staff: Any = None) -> QuerySet[Any, Any]:
    return facts.summed(TimeEntry.objects.filter(timesheet__in=_undecided(firm, staff)), "minutes")


def _of_viewer(question: Callable[..., QuerySet[Any, Any]]) -> Callable[[Any], Statement | None]:
    """The question about the time that the viewer looks at: nobody's, for whom has none and sees nobody's."""
    of_all, of_one = Prepared(question, firm=int), Prepared(question, firm=int, staff=int)

    def ask(request: Any) -> Statement | None:
        who = viewer(request)
        if who.sees_all:
            return of_all.statement(firm=who.firm.pk)
        return of_one.statement(firm=who.firm.pk, staff=who.staff.pk) if who.staff else None

    return ask


WAITING = facts.Fact(
    "dashboard.waiting", _of_viewer(lambda firm, staff=None: facts.counted(_undecided(firm, staff))), "dashboard"
)
WAITING_MINUTES = facts.Fact("dashboard.waiting_minutes", _of_viewer(_undecided_minutes), "dashboard")


def share(part: int, whole: int) -> Decimal | None:
    """Percent with one place; None of nothing."""
    return (Decimal(part) * 100 / whole).quantize(Decimal("0.1"), ROUND_HALF_UP) if whole else None
