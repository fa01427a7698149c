"""What sync asks a person: each open question with the ways to answer it."""

from __future__ import annotations

from functools import partial
from typing import Any

import django_filters
from django.contrib import messages
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse

from bigtime.core.bulk import Action, act_on_rows
from bigtime.core.columns import Column
from bigtime.core.filters import ListFilter
from bigtime.core.lists import Bound, ListPage
from bigtime.core.slots import Badge
from bigtime.firm.access import BOOKKEEPERS, FirmRequest, firm_view
from integrations import progress
from integrations.models import RemoteRecord, SyncIssue
from integrations.sync.issues import dismiss

from .deciding import APART, AT_ONCE, BLOCKED, carry_out, connection_or_404, count_of, decide, of_books, with_books

CREATED = "What nothing here stands in the way of is created; the others stay."
AGAIN = "Each is asked again when it is found again."
DONE = {"create": "will be created", "exclude": BLOCKED}
Kind = SyncIssue.Kind
COLOURS = {Kind.DECISION: "decision", Kind.REJECTED: "failed", Kind.INTERNAL: "failed", Kind.WARNING: "waiting"}


def _kind(issue: SyncIssue) -> Badge:
    return Badge(COLOURS[Kind(issue.kind)], issue.get_kind_display())


class IssueFilter(ListFilter):
    search = ("message", "remote__name")
    kind = django_filters.ChoiceFilter(choices=Kind.choices, label="Kind")

    class Meta:
        model = SyncIssue
        fields: list[str] = []


class IssueList(ListPage):
    """Open questions, those that need an answer first."""

    name = "needs-attention"
    filters = IssueFilter
    order = "kind"
    bulk = "integrations/_attention_bulk.html"
    bulk_all = True
    most_at_once = AT_ONCE
    search_label = "Record, words"
    empty = {
        "icon": "circle-check", "title": "Nothing needs attention",
        "text": "Every record that came from QuickBooks found its place.",
    }  # fmt: skip

    @property
    def bulk_url(self) -> str:  # type: ignore[override]
        return reverse("integrations:attention_act")

    @property
    def bound(self) -> tuple[Bound, ...]:
        return (*super().bound, of_books(connection_or_404(self.request)))

    def shown_columns(self) -> tuple[Column, ...]:
        names = progress.labels(connection_or_404(self.request))
        back = f"?next={reverse('integrations:attention')}"
        return (
            Column("record", "Record", sort="remote__name", main=True,
                   value=lambda i: i.remote.name or i.remote.remote_id if i.remote else "The sync itself",
                   url=lambda i: reverse("integrations:record", args=[i.remote_id]) + back if i.remote_id else ""),
            Column("entity", "List", value=lambda i: names.get(i.entity, i.entity), sort="entity"),
            Column("message", "What it is about", value="message"),
            Column("kind", "Kind", value=_kind, sort="weight", kind="badge"),
            Column("created_at", "Since", sort="created_at", kind="instant"),
        )  # fmt: skip

    def rows(self) -> QuerySet[Any]:
        mine = SyncIssue.objects.filter(connection=connection_or_404(self.request), resolved_at=None)
        order = [
            When(kind=kind, then=Value(at)) for at, kind in enumerate((Kind.DECISION, Kind.REJECTED, Kind.INTERNAL))
        ]
        weight = Case(*order, default=Value(9), output_field=IntegerField())
        return mine.select_related("remote").defer("remote__data", "detail").annotate(weight=weight)

    def is_off(self, row: SyncIssue) -> bool:
        return row.kind == Kind.WARNING


@firm_view(*BOOKKEEPERS)
@with_books
def attention(request: FirmRequest) -> HttpResponseBase:
    connection = connection_or_404(request)
    return IssueList(request).respond("integrations/attention.html", title="Needs attention", connection=connection)


@firm_view(*BOOKKEEPERS, methods=("POST",))
@with_books
def attention_act(request: FirmRequest) -> HttpResponse:
    """Create, block or dismiss what is ticked, or all that matches."""
    actions = {
        "create": Action("Create what {} are about", partial(_decide, request, "create"), CREATED),
        "exclude": Action("Block what {} are about", partial(_decide, request, "exclude"), APART),
        "dismiss": Action("Dismiss {}", partial(_dismiss, request), AGAIN),
    }
    of, back = partial(IssueList, request), reverse("integrations:attention")
    return act_on_rows(request, of, back, "question", actions, button="do")


def _dismiss(request: FirmRequest, rows: QuerySet[Any]) -> str:
    done = dismiss(connection=connection_or_404(request), issues=rows)
    return f"{count_of(done, 'question')} closed. It is asked again when it is found again."


def _decide(request: FirmRequest, action: str, rows: QuerySet[Any]) -> str:
    """Several questions may be about one record, and some are about none."""
    connection = connection_or_404(request)
    questions = SyncIssue.objects.filter(pk__in=rows).order_by()
    asked: list[int | None] = list(questions.values_list("remote_id", flat=True))
    about = {pk for pk in asked if pk is not None}
    records = list(RemoteRecord.objects.filter(pk__in=about).only("entity"))
    done = decide(request, connection, records, action)
    if done:
        carry_out(request, connection)
        messages.success(request, f"{count_of(done)} {DONE[action]}.")
    rest = len(about) - done + sum(pk is None for pk in asked)
    if rest:
        words = f"{count_of(rest)} can't be {'created' if action == 'create' else 'blocked'} so: "
        messages.info(request, f"{words}open {'it' if rest == 1 else 'each'} and say what it is.")
    return ""
