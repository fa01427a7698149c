"""Every run, and each record it changed: old value and new."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import django_filters
from django.db.models import QuerySet, Sum
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from bigtime.core.columns import Column
from bigtime.core.filters import ListFilter
from bigtime.core.lists import ListPage
from bigtime.core.slots import Badge
from bigtime.firm.access import BOOKKEEPERS, FirmRequest, firm_view
from integrations import progress
from integrations.models import SyncChange, SyncRun
from integrations.panels import local_url
from integrations.sync import linkable

from .link_list import under
from .sync import run_context, run_or_404


class RunFilter(ListFilter):
    search = ("started_by__name", "connection__company_name", "error")
    state = django_filters.ChoiceFilter(choices=SyncRun.State.choices, label="State")

    class Meta:
        model = SyncRun
        fields: list[str] = []


def _moment(at: datetime) -> str:
    return date_format(timezone.localtime(at), "M j, Y, H:i")


def _duration(run: SyncRun) -> str:
    if run.started_at is None or run.finished_at is None:
        return ""
    seconds = round((run.finished_at - run.started_at).total_seconds())
    minutes, seconds = divmod(seconds, 60)
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


class RunList(ListPage):
    name = "sync-history"
    filters = RunFilter
    order = "-created_at"
    search_label = "Person, company"
    columns = (
        Column("started", "Started", value=lambda r: _moment(r.created_at), main=True,
               export=lambda r: r.created_at, url=lambda r: reverse("integrations:run", args=[r.pk])),
        Column("created_at", "Ago", sort="created_at", kind="instant"),
        Column("state", "State", value=lambda r: Badge(r.state, r.get_state_display()), sort="state", kind="badge"),
        Column("by", "By", value=lambda r: r.started_by.name if r.started_by else "by itself"),
        Column("books", "Books", value=lambda r: str(r.connection)),
        Column("created", "Created", kind="number", sort="created"),
        Column("updated", "Updated", kind="number", sort="updated"),
        Column("attention", "Attention", kind="number", sort="attention"),
        Column("posted", "Posted entries", value=lambda r: ", ".join(each.words for each in progress.of_posted(r))),
        Column("took", "Took", value=_duration),
        Column("calls", "Calls", kind="number", sort="calls"),
    )  # fmt: skip
    empty = {"icon": "history", "title": "No sync yet", "text": "Each sync is kept here with what it changed."}

    def rows(self) -> QuerySet[Any]:
        mine = SyncRun.objects.filter(connection__firm=self.request.firm).select_related("connection", "started_by")
        sums = {name: Sum(f"steps__{name}") for name in ("created", "updated", "attention")}
        return mine.annotate(**sums)

    def is_off(self, row: SyncRun) -> bool:
        return row.state == SyncRun.State.CANCELLED


@firm_view(*BOOKKEEPERS)
def history(request: FirmRequest) -> HttpResponseBase:
    """Every run, newest first."""
    return RunList(request).respond("integrations/history.html", title="Sync history")


class ChangeFilter(ListFilter):
    search = ("name",)
    action = django_filters.ChoiceFilter(choices=SyncChange.Action.choices, label="What")
    entity = django_filters.ChoiceFilter(label="List")

    class Meta:
        model = SyncChange
        fields: list[str] = []

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        names = progress.labels(self.request.sync_run.connection)
        self.filters["entity"].extra["choices"] = list(names.items())


def _word(column: str) -> str:
    """A column's name as a person says it."""
    return column.removesuffix("_id").removeprefix("is_").replace("_", " ").replace("email", "e-mail").capitalize()


def _plain(change: SyncChange) -> str:
    told = ((_word(name), _said(old), _said(new)) for name, (old, new) in change.fields.items())
    return "; ".join(f"{name}: {old} → {new}" for name, old, new in told)


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "(empty)" if value in (None, "") else str(value)


def shown(change: SyncChange) -> SafeString:
    told = ((_word(name), _said(old)[:120], _said(new)[:120]) for name, (old, new) in change.fields.items())
    line = '<div class="small"><span class="muted">{}</span> <span class="diff"><del>{}</del><ins>{}</ins></span></div>'
    return format_html_join("", line, told)


class ChangeList(ListPage):
    """The records one run changed."""

    name = "sync-changes"
    filters = ChangeFilter
    order = "name"
    search_label = "Record"
    columns = (
        Column("name", "Record", sort=linkable.path("remote__"), main=True,
               url=lambda c: local_url(c.local_model, c.local_id)),
        Column("entity", "List", sort="entity"),
        Column("action", "What", value=lambda c: Badge(c.action, c.get_action_display()), sort="action", kind="badge"),
        Column("fields", "Old and new", value=shown, export=_plain),
        Column("remote", "In QuickBooks", value=lambda c: under(c.above, c.remote.name), export=lambda c: c.remote.name,
               url=lambda c: reverse("integrations:record", args=[c.remote_id])),
    )  # fmt: skip
    empty = {"icon": "history", "title": "Nothing changed", "text": "No record here was changed by this sync."}

    def rows(self) -> QuerySet[Any]:
        mine = SyncChange.objects.filter(run=self.request.sync_run).select_related("remote").defer("remote__data")
        return mine.annotate(above=linkable.above("remote__"))

    def shown_columns(self) -> tuple[Column, ...]:
        names = progress.labels(self.request.sync_run.connection)
        listed = Column("entity", "List", value=lambda c: names.get(c.entity, c.entity), sort="entity")
        return tuple(listed if column.key == "entity" else column for column in self.columns)


@firm_view(*BOOKKEEPERS)
def run(request: FirmRequest, pk: int) -> HttpResponseBase:
    """One run: its lists, and every record it changed."""
    found = run_or_404(request, pk)
    request.sync_run = found  # type: ignore[attr-defined]
    issues = found.issues.filter(resolved_at=None).select_related("remote").defer("remote__data")[:20]
    context = run_context(found.connection, found) | {"issues": issues, "standing": True}
    return ChangeList(request).respond("integrations/run.html", title="Records it changed", **context)
