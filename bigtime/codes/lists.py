from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.urls import reverse

from bigtime.core.columns import Column
from bigtime.core.filters import ActivityFilter, ListFilter
from bigtime.core.lists import ListPage

from .models import Account, LaborCode, PayrollItem, TrackingClass


def _status(row: Any) -> str:
    return "active" if row.is_active else "archived"


STATUS = Column("status", "Status", value=_status, kind="tag")


class BooksList(ListPage):
    """A list as the books have it: read only."""

    defaults = {"show": "active"}
    order = "name"
    search_label = "Name"

    def rows(self) -> QuerySet[Any]:
        mine: QuerySet[Any] = self.filters._meta.model.objects.for_firm(self.request.firm)
        return mine


class LaborCodeFilter(ListFilter):
    search = ("name", "description")
    show = ActivityFilter()
    billable = django_filters.ChoiceFilter(
        field_name="is_billable", choices=(("True", "Billable"), ("False", "Non-billable")), label="Billing"
    )

    class Meta:
        model = LaborCode
        fields: list[str] = []


class LaborCodeList(ListPage):
    name = "labor-codes"
    filters = LaborCodeFilter
    defaults = {"show": "active"}
    order = "name"
    place = "code_list"
    bulk = "lists/_bulk_activity.html"
    bulk_all = True
    search_label = "Name, description"
    columns = (
        Column("name", "Labor code", sort="name", main=True, url=lambda c: reverse("codes:edit", args=[c.pk])),
        Column("description", "Description"),
        Column("rate", "Default billing rate", sort="rate", kind="money"),
        Column("is_billable", "Billable", sort="is_billable", kind="yes"),
        STATUS,
    )
    empty = {
        "icon": "tags", "title": "No labor codes yet", "label": "New labor code",
        "text": "Labor codes say what kind of work an hour was. QuickBooks’ service items become labor codes.",
    }  # fmt: skip

    @property
    def bulk_url(self) -> str:  # type: ignore[override]
        return reverse("codes:bulk")

    def rows(self) -> QuerySet[Any]:
        return LaborCode.objects.for_firm(self.request.firm)


class AccountFilter(ListFilter):
    search = ("name", "number", "type_name")
    show = ActivityFilter()
    kind = django_filters.ChoiceFilter(choices=Account.Kind.choices, label="Kind")

    class Meta:
        model = Account
        fields: list[str] = []


class AccountList(BooksList):
    """General ledger accounts."""

    name = "accounts"
    filters = AccountFilter
    order = "number"
    place = "account_list"
    search_label = "Name, number, type"
    columns = (
        Column("number", "Number", sort="number"),
        Column("name", "Account", sort="name", main=True),
        Column("kind", "Kind", value="get_kind_display", sort="kind"),
        Column("type_name", "Type in the books", sort="type_name"),
        STATUS,
    )
    empty = {
        "icon": "landmark", "title": "No accounts yet",
        "text": "The chart of accounts comes from QuickBooks with the first sync, and is kept in step.",
    }  # fmt: skip


class ClassFilter(ListFilter):
    search = ("name",)
    show = ActivityFilter()

    class Meta:
        model = TrackingClass
        fields: list[str] = []


class ClassList(BooksList):
    """Their names are paths, so this order is the tree."""

    name = "classes"
    filters = ClassFilter
    place = "class_list"
    columns = (
        Column("name", "Class", sort="name", main=True),
        STATUS,
    )
    empty = {
        "icon": "tags", "title": "No classes yet",
        "text": "Classes say which part of the business time belongs to. They come from QuickBooks with a sync, where "
        "class tracking is switched on there, and are kept in step.",
    }  # fmt: skip


class PayrollItemFilter(ListFilter):
    search = ("name",)
    show = ActivityFilter()
    kind = django_filters.ChoiceFilter(choices=PayrollItem.Kind.choices, label="Kind")

    class Meta:
        model = PayrollItem
        fields: list[str] = []


class PayrollItemList(BooksList):
    name = "payroll-items"
    filters = PayrollItemFilter
    place = "payroll_item_list"
    columns = (
        Column("name", "Payroll item", sort="name", main=True),
        Column("kind", "Kind", value="get_kind_display", sort="kind"),
        STATUS,
    )
    empty = {
        "icon": "tags", "title": "No payroll items yet",
        "text": "Payroll items say what an hour is paid as. They come from QuickBooks Desktop with a sync, where "
        "payroll is switched on there. QuickBooks Online lets no program read them.",
    }  # fmt: skip
