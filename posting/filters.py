"""The Post Timesheets page's filters, kept in its address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, QuerySet
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
        found = Timesheet.objects.for_firm(firm).select_related("staff").filter(self._periods())
        return found.filter(Exists(self._own("pk"))).order_by("staff__name", "staff_id", "-starts_on")

    def all_entries(self, firm: Any) -> QuerySet[TimeEntry]:
        """The entries that count of all timesheets that match."""
        found = self.entries().filter(self._periods("timesheet__"), firm=firm)
        return found if self.state == "all" else found.filter(Exists(self._own("timesheet")))

    def _periods(self, of: str = "") -> Q:
        first, last = self._dates()
        wanted = {"ends_on__gte": first, "starts_on__lte": last, "staff": self.staff}
        return Q(**{of + name: value for name, value in wanted.items() if value})

    def _own(self, timesheet: str) -> QuerySet[TimeEntry]:
        """Of one timesheet, the entries for whose sake it is shown."""
        own = self.entries().filter(timesheet=OuterRef(timesheet))
        if self.state == "unposted":
            return own.exclude(lock=TimeEntry.Lock.POSTED)
        return own.filter(lock=TimeEntry.Lock.POSTED) if self.state == "posted" else own

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
