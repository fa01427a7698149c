"""Sync: the panel behind the dashboard's tile, and what a person does with a run."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache

from bigtime.firm.access import ADMINISTRATORS, BOOKKEEPERS, FirmRequest, firm_view
from integrations import progress, registry, tasks
from integrations.banners import reconnect_address
from integrations.connected import active_connection, books_of
from integrations.dashboard import sync_tile
from integrations.models import Connection, SyncRun
from integrations.sync import matching, runs
from integrations.sync.errors import AccountingError
from integrations.system_pages import page_of
from integrations.tiles import lines_of

from .deciding import connection_or_404, with_books

State = SyncRun.State
ENDED = {
    State.DONE: (messages.SUCCESS, "The sync is done."),
    State.PREVIEW: (messages.SUCCESS, "The books are read. Look at what would be imported."),
    State.FAILED: (messages.ERROR, "The sync stopped. What is done stays done."),
    State.CANCELLED: (messages.INFO, "The sync was cancelled. Resume goes on where it stopped."),
}


def run_context(connection: Connection, run: SyncRun | None) -> dict[str, Any]:
    previewed = matching.shown_counts(connection) if run and run.state == State.PREVIEW else {}
    shown = progress.lists(run, progress.labels_read(connection), previewed) if run else []
    percent = progress.share(shown)
    left = progress.time_left(run, percent) if run else None
    return {
        "connection": connection,
        "run": run,
        "lists": shown,
        "share": percent,
        "time_left": _words(left) if left else "",
        "totals": _totals(shown),
        "of_posted": progress.of_posted(run) if run else [],
        "waits_for": progress.waits_for(connection),
        "made_people": any(each.step.entity == "employee" and each.step.created for each in shown),
    }


def _words(left: timedelta) -> str:
    seconds = left.total_seconds()
    if seconds < 60:
        return "less than a minute left"
    minutes = round(seconds / 60)
    return f"about {minutes} minute{'' if minutes == 1 else 's'} left"


def _totals(shown: list[progress.ListProgress]) -> dict[str, int]:
    names = ("pulled", "created", "updated", "unchanged", "inactivated", "attention")
    return {name: sum(getattr(each.step, name) for each in shown) for name in names}


@firm_view(*BOOKKEEPERS)
@never_cache
def panel(request: FirmRequest) -> HttpResponse:
    """Update now, what runs, what the last run did, what is linked, what waits."""
    connection = active_connection(request.firm)
    if connection is None:
        former = books_of(request.firm)
        again = {"former": former, "connect_url": reconnect_address(former)} if former else {}
        return render(request, "integrations/not_connected.html", again)
    run = runs.current_run(connection) or _last_run(connection)
    if request.htmx and request.GET.get("part") == "run":
        return _progress(request, connection, run)
    context = run_context(connection, run) | {
        "states": progress.list_states(connection),
        "attention": progress.waiting(connection),
        "lines": lines_of(connection),
        # Whom we can't call decides when it is read, and its own lines say so.
        "is_called": "check_minutes" not in registry.get(connection.system).absent,
        "urls": {name: page_of(connection, name) for name in ("manage", "enable", "disable", "preflight")},
    }
    return render(request, "integrations/sync.html", context)


def _last_run(connection: Connection) -> SyncRun | None:
    return SyncRun.objects.filter(connection=connection).select_related("started_by").first()


def _progress(request: FirmRequest, connection: Connection, run: SyncRun | None) -> HttpResponse:
    """What the page asks every second. Once nothing moves any more it asks no longer and shows the whole page anew."""
    if run is not None and run.is_open:
        return render(request, "integrations/_run.html", run_context(connection, run))
    if run is not None:
        level, words = ENDED[State(run.state)]
        messages.add_message(request, level, words)
    return HttpResponse(status=286, headers={"HX-Refresh": "true"})


@firm_view(*BOOKKEEPERS)
@never_cache
def tile(request: FirmRequest) -> HttpResponse:
    """The dashboard's tile alone, asked for while a run goes; opened by itself it is the panel."""
    context = sync_tile(request)
    if not request.htmx or context is None:
        return redirect("integrations:sync")
    run = context.get("run")
    moving = run is not None and run.is_open
    return render(request, "integrations/_sync_tile.html", context, status=200 if moving else 286)


@firm_view(*BOOKKEEPERS, methods=("POST",))
@with_books
def start(request: FirmRequest) -> HttpResponse:
    """**Update now.** A second press joins the run."""
    connection = connection_or_404(request)
    joined = runs.current_run(connection)
    try:
        run = runs.start(connection=connection, by=request.user)
    except AccountingError as refused:
        messages.error(request, refused.message)
        return redirect("integrations:sync")
    if run.state == State.PREVIEW:
        return redirect("integrations:preview")
    if joined:
        messages.info(request, "A sync is running already; this is it.")
    tasks.hint(tasks.sync, run.pk)
    return redirect("integrations:sync")


def run_or_404(request: FirmRequest, pk: int) -> SyncRun:
    found = SyncRun.objects.select_related("connection", "started_by")
    return get_object_or_404(found, pk=pk, connection__firm=request.firm)


@firm_view(*BOOKKEEPERS, methods=("POST",))
def cancel(request: FirmRequest, pk: int) -> HttpResponse:
    run = run_or_404(request, pk)
    if not run.is_open and run.state != State.PREVIEW:
        messages.info(request, "That sync had ended already. Nothing was changed.")
        return redirect("integrations:sync")
    run = runs.cancel(run=run)
    words = "Cancelled. Resume goes on where it stopped." if not run.is_open else "It stops after this page."
    messages.info(request, words)
    return redirect("integrations:sync")


@firm_view(*BOOKKEEPERS, methods=("POST",))
def resume(request: FirmRequest, pk: int) -> HttpResponse:
    try:
        run = runs.resume(run=run_or_404(request, pk))
    except AccountingError as refused:
        messages.error(request, refused.message)
    else:
        tasks.hint(tasks.sync, run.pk)
    return redirect("integrations:sync")


@firm_view(*ADMINISTRATORS, methods=("POST",))
def import_(request: FirmRequest, pk: int) -> HttpResponse:
    """**Import**: what was previewed is written."""
    try:
        run = runs.import_preview(run=run_or_404(request, pk), by=request.user)
    except AccountingError as refused:
        messages.error(request, refused.message)
    else:
        tasks.hint(tasks.sync, run.pk)
    return redirect("integrations:sync")
