"""What the dashboard's tiles add up: each figure is one statement, whatever the firm's size."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.http import HttpRequest

from bigtime.core.periods import Period, today_in, week_of
from bigtime.firm.access import MANAGERS
from bigtime.staff.models import Staff
from bigtime.timesheets.models import TimeEntry, Timesheet

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


def viewer(request: HttpRequest) -> Viewer:
    """The request's viewer; the staff record is read once for all tiles."""
    scoped: Any = request
    if not hasattr(scoped, "dashboard_viewer"):
        firm = scoped.firm
        staff = Staff.objects.for_firm(firm).filter(user=scoped.user).first()
        sees_all = scoped.membership.role in MANAGERS
        scoped.dashboard_viewer = Viewer(firm, today_in(firm.time_zone), staff, sees_all)
    found: Viewer = scoped.dashboard_viewer
    return found


def by_week(who: Viewer) -> list[tuple[date, int, int]]:
    """For each of the last twelve weeks: its first day, billable and other minutes."""
    first = who.week.starts_on - timedelta(weeks=WEEKS - 1)
    rows = who.entries.filter(work_date__range=(first, who.week.ends_on))
    sums = rows.order_by().values("work_date", "is_billable").annotate(total=Sum("minutes"))
    weeks = [[0, 0] for _ in range(WEEKS)]
    for row in sums:
        weeks[(row["work_date"] - first).days // 7][0 if row["is_billable"] else 1] += row["total"]
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


def month(who: Viewer) -> Month:
    start = who.today.replace(day=1)
    last = (start - timedelta(days=1)).replace(day=1)
    now, then = Q(work_date__gte=start), Q(work_date__lt=start)
    sums = who.entries.filter(work_date__range=(last, who.today)).aggregate(
        total=Sum("minutes", filter=now, default=0),
        billable=Sum("minutes", filter=now & Q(is_billable=True), default=0),
        before=Sum("minutes", filter=then, default=0),
        billable_before=Sum("minutes", filter=then & Q(is_billable=True), default=0),
    )
    return Month(**sums, last_month=last)


def waiting(who: Viewer) -> tuple[int, int]:
    """Timesheets handed in and not decided, and their minutes."""
    sheets = Timesheet.objects.for_firm(who.firm).waiting()
    if not who.sees_all:
        sheets = sheets.filter(staff=who.staff) if who.staff else sheets.none()
    minutes = TimeEntry.objects.filter(timesheet__in=sheets).aggregate(total=Sum("minutes", default=0))["total"]
    return sheets.count(), minutes


def own_days(who: Viewer) -> dict[date, int]:
    """The viewer's own minutes on each day of this week that has any."""
    if who.staff is None:
        return {}
    rows = TimeEntry.objects.filter(staff=who.staff, work_date__range=(who.week.starts_on, who.week.ends_on))
    return dict(rows.order_by().values_list("work_date").annotate(Sum("minutes")))


def share(part: int, whole: int) -> Decimal | None:
    """Percent with one place; None of nothing."""
    return (Decimal(part) * 100 / whole).quantize(Decimal("0.1"), ROUND_HALF_UP) if whole else None
