"""The Post Timesheets page's filters, kept in its address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
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
        # The people are named to be of the firm, too: then PostgreSQL reads them in order, as far as one page goes.
        found = self._within(firm).filter(Exists(self._own()), staff__firm=firm)
        return found.select_related("staff").order_by("staff__name", "staff_id", "-starts_on")

    def added_up(self, firm: Any) -> QuerySet[Timesheet]:
        """The same timesheets in no order, each with its minutes, how many of them are `posted_minutes` and
        `free_minutes`, held by nothing, and how many entries are `free`: of the entries that count.
        """
        of_client = {"entries__project__client_id": self.client} if self.client else {}
        # Every entry has minutes: said so that sheets without any are left out while joining, not afterwards.
        found = self._within(firm).filter(entries__minutes__gt=0, **of_client)
        # Few are looked for; what is posted has nearly all, and is told by its sum.
        if self.state in ("unposted", "missing"):
            found = found.filter(Exists(self._own()))
        posted, free = Q(entries__lock=TimeEntry.Lock.POSTED), Q(entries__lock=TimeEntry.Lock.NONE)
        found = found.order_by().annotate(
            minutes=Sum("entries__minutes", default=0),
            posted_minutes=Sum("entries__minutes", filter=posted, default=0),
            free_minutes=Sum("entries__minutes", filter=free, default=0),
            # Not of their ids: the index by timesheet has all the rest.
            free=Count("entries__timesheet", filter=free),
        )
        return found.filter(posted_minutes__gt=0) if self.state == "posted" else found

    def _within(self, firm: Any) -> QuerySet[Timesheet]:
        """The firm's timesheets that touch the span, of the person."""
        found: QuerySet[Timesheet] = Timesheet.objects.for_firm(firm)
        if not self.makes_sense:
            return found.none()
        first, last = self._dates()
        wanted = {"ends_on__gte": first, "starts_on__lte": last, "staff": self.staff}
        return found.filter(**{name: value for name, value in wanted.items() if value})

    def _own(self) -> QuerySet[TimeEntry]:
        """Of one timesheet, the entries for whose sake it is shown."""
        own = self.entries().filter(timesheet=OuterRef("pk"))
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
