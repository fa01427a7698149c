"""Sync: the panel behind the dashboard's tile, a run while it goes and afterwards."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache

from bigtime.firm.access import ADMINISTRATORS, BOOKKEEPERS, FirmRequest, firm_view
from integrations import progress, tasks
from integrations.connected import active_connection
from integrations.models import Connection, SyncRun
from integrations.sync import runs
from integrations.sync.errors import AccountingError


def connection_or_404(request: FirmRequest) -> Connection:
    connection = active_connection(request.firm)
    if connection is None:
        raise Http404("No books are connected.")
    return connection


@firm_view(*BOOKKEEPERS)
@never_cache
def panel(request: FirmRequest) -> HttpResponse:
    """Update now, what runs, what the last run did, history."""
    connection = active_connection(request.firm)
    if connection is None:
        return render(request, "integrations/not_connected.html")
    run = runs.current_run(connection) or SyncRun.objects.filter(connection=connection).first()
    context = _context(connection, run) | {"counts": progress.linked_counts(connection)}
    if request.htmx and request.GET.get("part") == "run":
        moving = run is not None and run.is_open
        return render(request, "integrations/_run.html", context, status=200 if moving else 286)
    return render(request, "integrations/sync.html", context)


def _context(connection: Connection, run: SyncRun | None) -> dict[str, object]:
    shown = progress.lists(run, progress.labels(connection)) if run else []
    return {
        "connection": connection,
        "run": run,
        "lists": shown,
        "share": progress.share(shown),
        "attention": progress.waiting(connection),
    }


@firm_view(*BOOKKEEPERS, methods=("POST",))
def start(request: FirmRequest) -> HttpResponse:
    """**Update now.** A second press joins the run."""
    connection = connection_or_404(request)
    try:
        run = runs.start(connection=connection, by=request.user)
    except AccountingError as refused:
        messages.error(request, refused.message)
        return redirect("integrations:sync")
    if run.is_open:
        tasks.hint(tasks.sync, run.pk)
    return redirect("integrations:preview" if run.state == SyncRun.State.PREVIEW else "integrations:sync")


def _run(request: FirmRequest, pk: int) -> SyncRun:
    found = SyncRun.objects.select_related("connection", "started_by")
    return get_object_or_404(found, pk=pk, connection__firm=request.firm)


@firm_view(*BOOKKEEPERS, methods=("POST",))
def cancel(request: FirmRequest, pk: int) -> HttpResponse:
    run = runs.cancel(run=_run(request, pk))
    words = "Cancelled. Press Resume to go on where it stopped." if not run.is_open else "It stops after this page."
    messages.info(request, words)
    return redirect("integrations:sync")


@firm_view(*BOOKKEEPERS, methods=("POST",))
def resume(request: FirmRequest, pk: int) -> HttpResponse:
    try:
        run = runs.resume(run=_run(request, pk))
    except AccountingError as refused:
        messages.error(request, refused.message)
    else:
        tasks.hint(tasks.sync, run.pk)
    return redirect("integrations:sync")


@firm_view(*ADMINISTRATORS, methods=("POST",))
def import_(request: FirmRequest, pk: int) -> HttpResponse:
    """**Import**: what was previewed is written."""
    try:
        run = runs.import_preview(run=_run(request, pk), by=request.user)
    except AccountingError as refused:
        messages.error(request, refused.message)
    else:
        tasks.hint(tasks.sync, run.pk)
    return redirect("integrations:sync")


@firm_view(*BOOKKEEPERS)
def run(request: FirmRequest, pk: int) -> HttpResponse:
    """One run: its lists, and every record it changed with old value and new."""
    found = _run(request, pk)
    changes = found.changes.select_related("remote")
    entity, action = request.GET.get("entity", ""), request.GET.get("action", "")
    if entity:
        changes = changes.filter(entity=entity)
    if action:
        changes = changes.filter(action=action)
    context = _context(found.connection, found) | {
        "page": Paginator(changes, 50).get_page(request.GET.get("page")),
        "names": progress.labels(found.connection),
        "entity": entity,
        "action": action,
    }
    return render(request, "integrations/run.html", context)


@firm_view(*BOOKKEEPERS)
def history(request: FirmRequest) -> HttpResponse:
    """Every run, newest first."""
    found = SyncRun.objects.filter(connection__firm=request.firm).select_related("connection", "started_by")
    page = Paginator(found.prefetch_related("steps"), 50).get_page(request.GET.get("page"))
    return render(request, "integrations/history.html", {"page": page})
