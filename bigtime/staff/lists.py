from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.urls import reverse

from bigtime.core.columns import Column
from bigtime.core.filters import ActivityFilter, ListFilter
from bigtime.core.lists import ListPage
from bigtime.firm.access import BOOKKEEPERS

from .models import Staff


class StaffFilter(ListFilter):
    search = ("name", "email", "title", "number")
    show = ActivityFilter()
    kind = django_filters.ChoiceFilter(choices=Staff.Kind.choices, label="Kind")

    class Meta:
        model = Staff
        fields: list[str] = []


class StaffList(ListPage):
    """Managers read it without the cost rates; administrators and accountants see all."""

    name = "staff"
    filters = StaffFilter
    defaults = {"show": "active"}
    order = "name"
    place = "staff_list"
    bulk_all = True
    search_label = "Name, e-mail, title, number"
    columns = (
        Column("name", "Name", sort="name", main=True, url=lambda s: reverse("staff:detail", args=[s.pk])),
        Column("title", "Title", sort="title"),
        Column("kind", "Kind", value="get_kind_display", sort="kind", shown=False),
        Column("number", "Number", sort="number", shown=False),
        Column("email", "E-mail", sort="email"),
        Column("phone", "Phone", shown=False),
        Column("manager", "Manager", value="manager.name", sort="manager__name"),
        Column("week_minutes", "Hours a week", sort="week_minutes", kind="minutes"),
        Column("bill_rate", "Billing rate", sort="bill_rate", kind="money"),
        Column("cost_rate", "Cost", sort="cost_rate", kind="money"),
        Column("user", "Signs in", value=lambda s: s.user_id is not None, kind="yes", shown=False),
        Column("status", "Status", value=lambda s: "active" if s.is_active else "archived", kind="tag"),
        Column("changed", "Changed", value="updated_at", sort="updated_at", kind="instant", shown=False),
    )
    empty = {
        "icon": "contact-round", "title": "No staff yet", "label": "New staff member",
        "text": "Add the people whose time you record, or bring QuickBooks’ employees in.",
    }  # fmt: skip

    @property
    def edits(self) -> bool:
        return self.request.membership.role in BOOKKEEPERS

    @property
    def bulk(self) -> str:  # type: ignore[override]
        return "lists/_bulk_activity.html" if self.edits else ""

    @property
    def bulk_url(self) -> str:  # type: ignore[override]
        return reverse("staff:bulk")

    def shown_columns(self) -> tuple[Column, ...]:
        return tuple(c for c in self.columns if self.edits or c.key != "cost_rate")

    def rows(self) -> QuerySet[Any]:
        return Staff.objects.for_firm(self.request.firm).select_related("manager")
