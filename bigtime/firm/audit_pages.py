"""My Company → Audit: every change to time, rates, links, settings and members, for those who keep the books."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import django_filters
from django.apps import apps
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from bigtime.core.audit import Audited
from bigtime.core.audit_words import Changed, describe
from bigtime.core.columns import Column
from bigtime.core.filters import ListFilter
from bigtime.core.lists import ListPage
from bigtime.core.models import AuditEntry
from bigtime.core.slots import Slot

from .access import BOOKKEEPERS, FirmRequest, firm_view
from .models import Firm, User

LATEST = 5
KEEPERS = frozenset(BOOKKEEPERS)


def kinds() -> list[tuple[str, str]]:
    """What is audited, by name."""
    found = [m for m in apps.get_models() if any(isinstance(t, Audited) for t in getattr(m._meta, "triggers", ()))]
    return sorted(((m._meta.label_lower, str(m._meta.verbose_name).capitalize()) for m in found), key=lambda k: k[1])


def members(firm: Firm) -> QuerySet[User]:
    """Who belongs to the firm, or did."""
    return User.objects.filter(memberships__firm=firm).order_by("name")


def _people(request: HttpRequest | None) -> QuerySet[User]:
    firm = getattr(request, "firm", None)
    return members(firm) if firm else User.objects.none()


class AuditFilter(ListFilter):
    search = ("before", "after", "by__name", "source")
    model = django_filters.ChoiceFilter(choices=kinds, label="About")
    action = django_filters.ChoiceFilter(choices=AuditEntry.Action.choices, label="What")
    by = django_filters.ModelChoiceFilter(queryset=_people, label="By")
    at = django_filters.DateFromToRangeFilter(label="When")
    object_id = django_filters.NumberFilter(label="Number")
    timesheet = django_filters.NumberFilter(label="Timesheet", method="of_timesheet")

    class Meta:
        model = AuditEntry
        fields: list[str] = []

    def of_timesheet(self, rows: QuerySet[Any], name: str, number: Decimal) -> QuerySet[Any]:
        """Every change of the time entries that are, or were, in this timesheet."""
        time = rows.filter(model="timesheets.timeentry")
        inside = Q(after__timesheet_id=int(number)) | Q(before__timesheet_id=int(number))
        return time.filter(object_id__in=time.filter(inside).values("object_id"))


def _changes(entry: Any) -> SafeString:
    return format_html_join(" ", "{}", ((_change(each),) for each in entry.changes[:12]))


def _change(each: Changed) -> SafeString:
    was = format_html("<del>{}</del> ", each.was[:200]) if each.was else ""
    now = format_html("<ins>{}</ins>", each.now[:200]) if each.now else ""
    return format_html('<span class="diff"><span class="muted small">{}</span> {}{}</span>', each.label, was, now)


def _plain(entry: Any) -> str:
    return "; ".join(f"{each.label}: {each.was or '–'} → {each.now or '–'}" for each in entry.changes)


class AuditList(ListPage):
    name = "audit"
    filters = AuditFilter
    order = "-at"
    search_label = "Old or new value, person, source"
    columns = (
        Column("about", "About", value="subject", main=True),
        Column("kind", "Kind", value="kind", sort="model"),
        Column("action", "What", value="get_action_display"),
        Column("changes", "Old and new", value=_changes, export=_plain),
        Column("by", "By", value=lambda e: e.by or "BigTime itself", sort="by__name"),
        Column("at", "When", sort="at", kind="instant"),
        Column("source", "From", value="place"),
        Column("number", "Number", value="object_id", kind="number", shown=False),
    )
    empty = {
        "icon": "history", "title": "Nothing has changed yet",
        "text": "Every change to time, rates, links, settings and members is written down here for good.",
    }  # fmt: skip

    def rows(self) -> QuerySet[Any]:
        return AuditEntry.objects.for_firm(self.request.firm).select_related("by")

    def completed(self, rows: list[Any]) -> list[Any]:
        describe(rows)
        return rows

    def is_off(self, row: Any) -> bool:
        return False


@firm_view(*BOOKKEEPERS)
def audit(request: FirmRequest) -> HttpResponseBase:
    lead = "Who changed what of time, rates, links, settings and members, and when. Nothing here can be edited."
    return AuditList(request).respond("lists/page.html", title="Audit", lead=lead)


def latest(request: HttpRequest, subject: Any) -> dict[str, Any] | None:
    """The last changes of one record, for its own page; None while there are none."""
    firm, model = getattr(request, "firm", None), subject._meta.label_lower
    found = AuditEntry.objects.for_firm(firm).filter(model=model, object_id=subject.pk)
    entries = list(found.select_related("by").order_by("-id")[:LATEST])
    describe(entries)
    all_of_it = urlencode({"model": model, "object_id": subject.pk})
    return {"entries": entries, "url": f"{reverse('firm:audit')}?{all_of_it}"} if entries else None


PANELS = [
    Slot(place, "firm/_history.html", latest, order=900, roles=KEEPERS)
    for place in ("project_detail", "staff_detail", "code_detail", "firm_settings")
]
