"""What the link pages share: whose books, which record, what a form asks for, and carrying a decision out."""

from __future__ import annotations

from collections.abc import Sequence
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from bigtime.core.actions import number
from bigtime.core.bulk import counted
from bigtime.core.lists import Bound
from bigtime.firm.access import FirmRequest, FirmView
from integrations import tasks
from integrations.connected import active_connection
from integrations.models import Connection, Link, RemoteRecord, SyncIssue
from integrations.sync import linkable, matching, runs
from integrations.sync.errors import Rejected

NO_ACTION = "Tick at least one record and choose what becomes of it. Nothing was changed."
APART = "Blocked, they stay in QuickBooks alone, now and later. Those that are linked are unlinked."
BLOCKED = "blocked: neither linked nor created, now or later"
# So many records are judged anew in a few seconds, while the person waits.
AT_ONCE = 10_000
# What no decision can create: a name that is taken, or a question which of ours it is.
UNCREATABLE = ("ambiguous", "other_email", "name_taken")


def with_books(view: FirmView) -> FirmView:
    """The view is called only with books. Without, Sync is shown: it names those there were and leads to connecting."""

    @wraps(view)
    def checked(request: FirmRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if active_connection(request.firm):
            return view(request, *args, **kwargs)
        if request.method == "POST":
            messages.error(request, "QuickBooks isn’t connected. Nothing was changed.")
        if request.htmx:
            return HttpResponseClientRedirect(reverse("integrations:sync"))
        return redirect("integrations:sync")

    return checked


def connection_or_404(request: FirmRequest) -> Connection:
    connection = active_connection(request.firm)
    if connection is None:
        raise Http404("No books are connected.")
    return connection


def record_or_404(request: FirmRequest, pk: int) -> RemoteRecord:
    """With `above`, the names of what it stands under."""
    mine = RemoteRecord.objects.filter(connection__firm=request.firm).select_related("connection")
    found = mine.annotate(above=linkable.above())
    return get_object_or_404(found, pk=pk)


def local_of(text: str) -> tuple[str, int] | None:
    """ "clients.client:12" as a form sends it; None for anything else."""
    model, _, sent = text.partition(":")
    pk = number(sent)
    return (model, pk) if model and pk is not None else None


def count_of(number: int, what: str = "record") -> str:
    return counted(number, what)


def of_books(connection: Connection) -> Bound:
    """A form of a list of these books is of no use once the firm works with others."""
    return Bound("books", str(connection.pk), "other books")


def decide(request: FirmRequest, connection: Connection, records: Sequence[RemoteRecord], decision: str) -> int:
    """The same decision ("create", "exclude", "undo") about records of any lists; how many. A refusal is told."""
    by_entity: dict[str, list[int]] = {}
    for record in records:
        by_entity.setdefault(record.entity, []).append(record.pk)
    done = 0
    for entity, pks in by_entity.items():
        wanted = _fitting(pks, decision) if linkable.spec_of(connection, entity) else []
        if not wanted:
            continue
        try:
            done += matching.decide(
                connection=connection, entity=entity, remotes=wanted, decision=decision, by=request.user
            )
        except Rejected as refused:
            messages.error(request, f"{refused.message} Nothing was changed.")
    return done


def _fitting(pks: Sequence[int], decision: str) -> list[int]:
    """Nothing that is linked is created again or opened; whoever wants that unlinks first."""
    if decision == "exclude":
        return list(pks)
    states = dict(Link.objects.filter(remote__in=pks).values_list("remote_id", "state"))
    if decision == "undo":
        return [pk for pk in pks if states.get(pk) == Link.State.BLOCKED]
    # Where half of a record is linked, the other half may be the question.
    halves = matching.asked(pks)
    return creatable([pk for pk in pks if pk in halves or states.get(pk) != Link.State.LINKED])


def creatable(pks: Sequence[int]) -> list[int]:
    """Those that nothing here stands in the way of; for the others a person must say which it is."""
    asked = SyncIssue.objects.filter(remote__in=pks, code__in=UNCREATABLE, resolved_at=None)
    stuck = set(asked.values_list("remote_id", flat=True))
    return [pk for pk in pks if pk not in stuck]


def carry_out(request: FirmRequest, connection: Connection) -> None:
    """Decisions take effect at once, from the mirror. Before the first import they only change the preview."""
    if connection.imported_at is None or connection.status != Connection.Status.ACTIVE:
        return
    run: Any = runs.apply_now(connection=connection, by=request.user)
    tasks.hint(tasks.sync, run.pk)
