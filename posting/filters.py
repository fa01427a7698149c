"""The Post Timesheets page's filters, kept in its address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils import timezone

from bigtime.core.actions import number
from bigtime.timesheets.models import TimeEntry, Timesheet
from integrations.models import Operation

SPANS = {"this_month": "This month", "last_month": "Last month", "quarter": "Last 3 months", "all": "All time"}
# From and To, typed: a span like the others, but offered only by their own two fields.
DATES = "dates"
STATES = {"unposted": "Not posted", "missing": "Missing in QuickBooks", "posted": "Posted", "all": "Any state"}


def _day() -> forms.DateInput:
    """A field of the form that the page calls "dates", wherever it stands."""
    return forms.DateInput({"type": "date", "form": "dates"}, format="%Y-%m-%d")


class Dates(forms.Form):
    """The two ends of a span of one's own; one of them may be open."""

    start = forms.DateField(label="From", required=False, widget=_day())
    end = forms.DateField(label="To", required=False, widget=_day())

    def clean(self) -> None:
        start, end = self.cleaned_data.get("start"), self.cleaned_data.get("end")
        if start and end and start > end:
            raise forms.ValidationError("From is after To. Change one of the two.")


@dataclass(frozen=True, slots=True)
class Filters:
    """What the page shows: periods that touch the span, of one person or everyone, for one client or all.

    `start` and `end` count where the span is DATES. Where what was typed there makes no sense nothing matches.
    """

    span: str = "this_month"
    state: str = "unposted"
    staff: int | None = None
    client: int | None = None
    start: date | None = None
    end: date | None = None
    makes_sense: bool = True

    @classmethod
    def read(cls, query: QueryDict) -> Filters:
        """Unknown or broken values fall back to the default: an address is never an error."""
        span, state = query.get("span", ""), query.get("state", "")
        dates = Dates(query)
        makes_sense = span != DATES or dates.is_valid()
        start, end = (dates.cleaned_data.get(each) if span == DATES else None for each in ("start", "end"))
        is_typed = span == DATES and bool(start or end or not makes_sense)
        return cls(
            span if span in SPANS or is_typed else "this_month",
            state if state in STATES else "unposted",
            number(query.get("staff")),
            number(query.get("client")),
            start,
            end,
            makes_sense,
        )

    @property
    def query(self) -> str:
        names = ("span", "start", "end", "state", "staff", "client")
        return urlencode({name: getattr(self, name) for name in names if getattr(self, name)})

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
        if not self.makes_sense:
            return Q(pk__in=[])
        first, last = self._dates()
        wanted = {"ends_on__gte": first, "starts_on__lte": last, "staff": self.staff}
        return Q(**{of + name: value for name, value in wanted.items() if value})

    def _own(self, timesheet: str) -> QuerySet[TimeEntry]:
        """Of one timesheet, the entries for whose sake it is shown."""
        own = self.entries().filter(timesheet=OuterRef(timesheet))
        if self.state == "missing":
            gone = Operation.objects.filter(
                local_model=own.model._meta.label_lower, local_id=OuterRef("pk"), state=Operation.State.ABSENT
            )
            return own.filter(Exists(gone), lock=TimeEntry.Lock.NONE)
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
        return self.start, self.end
