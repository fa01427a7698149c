"""The Post Timesheets page's filters, kept in its address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, QuerySet
from django.http import QueryDict
from django.utils import timezone

from bigtime.timesheets.models import TimeEntry, Timesheet

SPANS = {"this_month": "This month", "last_month": "Last month", "quarter": "Last 3 months", "all": "All time"}
STATES = {"unposted": "Not posted", "posted": "Posted", "all": "Any state"}


@dataclass(frozen=True, slots=True)
class Filters:
    """What the page shows: periods that touch the span, of one person or everyone, for one client or all."""

    span: str = "this_month"
    state: str = "unposted"
    staff: int | None = None
    client: int | None = None

    @classmethod
    def read(cls, query: QueryDict) -> Filters:
        """Unknown or broken values fall back to the default: an address is never an error."""
        span, state = query.get("span", ""), query.get("state", "")
        return cls(
            span if span in SPANS else "this_month",
            state if state in STATES else "unposted",
            _number(query.get("staff")),
            _number(query.get("client")),
        )

    @property
    def query(self) -> str:
        values = {"span": self.span, "state": self.state, "staff": self.staff, "client": self.client}
        return urlencode({name: value for name, value in values.items() if value})

    def entries(self) -> QuerySet[TimeEntry]:
        """The entries that count, within whatever timesheets are asked about."""
        entries = TimeEntry.objects.all()
        return entries.filter(project__client_id=self.client) if self.client else entries

    def timesheets(self, firm: Any) -> QuerySet[Timesheet]:
        """The firm's timesheets that match; those without time are left out."""
        found = Timesheet.objects.for_firm(firm).select_related("staff")
        first, last = self._dates()
        if first:
            found = found.filter(ends_on__gte=first)
        if last:
            found = found.filter(starts_on__lte=last)
        if self.staff:
            found = found.filter(staff_id=self.staff)
        own = self.entries().filter(timesheet=OuterRef("pk"))
        if self.state == "unposted":
            own = own.exclude(lock=TimeEntry.Lock.POSTED)
        if self.state == "posted":
            own = own.filter(lock=TimeEntry.Lock.POSTED)
        return found.filter(Exists(own)).order_by("staff__name", "staff_id", "-starts_on")

    def _dates(self) -> tuple[date | None, date | None]:
        first = timezone.localdate().replace(day=1)
        match self.span:
            case "this_month":
                return first, None
            case "last_month":
                return (first - timedelta(days=1)).replace(day=1), first - timedelta(days=1)
            case "quarter":
                return (first - timedelta(days=62)).replace(day=1), None
        return None, None


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 18 else None
