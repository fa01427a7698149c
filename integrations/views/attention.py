"""What sync asks a person: each open question with the ways to answer it."""

from __future__ import annotations

from typing import Any

import django_filters
from django.contrib import messages
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from bigtime.core.actions import back_to, chosen
from bigtime.core.columns import Column
from bigtime.core.filters import ListFilter
from bigtime.core.lists import ListPage
from bigtime.core.slots import Badge
from bigtime.firm.access import BOOKKEEPERS, FirmRequest, firm_view
from integrations import progress
from integrations.models import SyncIssue
from integrations.sync.issues import dismiss

from .deciding import NO_ACTION, carry_out, connection_or_404, count_of, decide

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
    search_label = "Record, words"
    empty = {
        "icon": "circle-check", "title": "Nothing needs attention",
        "text": "Every record that came from QuickBooks found its place.",
    }  # fmt: skip

    @property
    def bulk_url(self) -> str:  # type: ignore[override]
        return reverse("integrations:attention_act")

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
def attention(request: FirmRequest) -> HttpResponseBase:
    connection = connection_or_404(request)
    return IssueList(request).respond("integrations/attention.html", title="Needs attention", connection=connection)


@firm_view(*BOOKKEEPERS, methods=("POST",))
def attention_act(request: FirmRequest) -> HttpResponse:
    """Create, block or dismiss what is ticked."""
    connection = connection_or_404(request)
    back = back_to(request, reverse("integrations:attention"))
    ticked = SyncIssue.objects.filter(connection=connection, pk__in=chosen(request), resolved_at=None)
    issues = list(ticked.select_related("remote"))
    action = request.POST.get("do", "")
    if not issues or action not in ("create", "exclude", "dismiss"):
        messages.error(request, NO_ACTION)
        return redirect(back)
    if action == "dismiss":
        done = dismiss(connection=connection, issues=[issue.pk for issue in issues])
        messages.success(request, f"{count_of(done, 'question')} closed. It is asked again when it is found again.")
        return redirect(back)
    records = list({issue.remote_id: issue.remote for issue in issues if issue.remote}.values())
    done = decide(request, connection, records, action)
    if done:
        carry_out(request, connection)
        words = "will be created" if action == "create" else "blocked: neither linked nor created, now or later"
        messages.success(request, f"{count_of(done)} {words}.")
    if done < len(issues):
        words = f"{count_of(len(issues) - done)} can't be {'created' if action == 'create' else 'blocked'} so: "
        messages.info(request, f"{words}open {'it' if len(issues) - done == 1 else 'each'} and say what it is.")
    return redirect(back)
