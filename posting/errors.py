"""The error centre: by cause; retry, skip with a reason, or say which number it has in QuickBooks."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from bigtime.core.actions import chosen, number
from bigtime.firm.access import BOOKKEEPERS, FirmRequest, firm_view
from integrations.models import Connection, Operation
from integrations.sync import former, presence, runs
from integrations.sync.errors import AccountingError

from . import retrying, services, strayed
from .books import away, books, books_or_404, is_of_other_books, with_books
from .causes import cause, causes

SHOWN_DOUBT = 20
SHOWN_REASONS = 3


@firm_view(*BOOKKEEPERS)
def errors(request: FirmRequest) -> HttpResponse:
    held = former.held(request.firm).count()
    left = away(request)
    connection = books(request) or left.get("away")
    if left and held:
        return redirect("posting:former")
    if connection is None:
        return render(request, "posting/not_connected.html")
    doubt = Operation.objects.filter(connection=connection, state=Operation.State.IN_DOUBT).order_by("pk")
    count = doubt.count()
    context = {
        "connection": connection,
        "held": held,
        "page": Paginator(causes(connection), 50).get_page(request.GET.get("page")),
        "missing": strayed.missing(connection).count(),
        "unsure": presence.unsure(connection).count(),
        "differing": strayed.changed(connection).count(),
        "doubt": doubt[:SHOWN_DOUBT],
        "doubt_count": count,
        "doubt_more": max(count - SHOWN_DOUBT, 0),
        "reading": runs.current_run(connection),
        **left,
    }
    return render(request, "posting/errors.html", context)


@firm_view(*BOOKKEEPERS)
@with_books
def error(request: FirmRequest, key: str) -> HttpResponse:
    """The records that one cause stops."""
    connection = books_or_404(request)
    found = cause(connection, key)
    if found is None:
        messages.info(request, "Nothing is stopped by that cause any more.")
        return redirect("posting:errors")
    page = Paginator(found.operations(connection).order_by("pk"), 50).get_page(request.GET.get("page"))
    context = {"connection": connection, "cause": found, "page": page, "skipping": "skip" in request.GET}
    return render(request, "posting/error.html", context)


@firm_view(*BOOKKEEPERS, methods=("POST",))
@with_books
def act(request: FirmRequest, key: str) -> HttpResponse:
    """Retry or skip all that a cause stops, or only the ticked ones."""
    connection = books_or_404(request)
    if is_of_other_books(request, connection):
        words = f"This page was opened for other books than {connection}. Nothing was changed: look again."
        messages.error(request, words)
        return redirect("posting:errors")
    found = cause(connection, key)
    if found is None:
        messages.info(request, "Someone has already mended that.")
        return redirect("posting:errors")
    operations = _meant(request, found.operations(connection))
    if operations is None:
        return redirect("posting:error", key)
    match request.POST.get("action"):
        case "retry":
            retried = retrying.retry(connection=connection, operations=operations, by=request.user)
            _say(request, retried)
            if not retried.queued:
                return redirect("posting:error", key)
        case "look":
            _look(request, connection)
        case "skip":
            reason = request.POST.get("reason", "").strip()
            if not reason:
                messages.error(request, "Say why they are skipped: the ledger keeps the reason. Nothing was changed.")
                return redirect(f"{reverse('posting:error', args=[key])}?skip=1")
            count = services.skip(operations=operations, reason=reason, by=request.user)
            messages.success(request, f"{count} skipped; the time stays approved and unposted.")
        case _:
            raise Http404("There is no such action.")
    return redirect("posting:errors")


@firm_view(*BOOKKEEPERS, methods=("POST",))
@with_books
def attach(request: FirmRequest, pk: int) -> HttpResponse:
    """**Already in QuickBooks: attach its number.**"""
    connection = books_or_404(request)
    operation = get_object_or_404(Operation, pk=pk, connection=connection)
    if not Operation.objects.failed_now(connection).filter(pk=pk).exists():
        messages.info(request, "Someone has already mended that.")
        return redirect("posting:operation", pk)
    number = request.POST.get("number", "").strip()
    try:
        services.attach(connection=connection, operation=operation, number=number, by=request.user)
    except AccountingError as refused:
        messages.error(request, f"{refused} Nothing was changed.")
        typed = urlencode({"number": number[:100]})
        return redirect(f"{reverse('posting:operation', args=[pk])}?{typed}#attach")
    messages.success(request, f"Attached to {number}: {operation.label} counts as posted.")
    return redirect("posting:errors")


def _meant(request: FirmRequest, operations: QuerySet[Operation]) -> QuerySet[Operation] | None:
    """Those ticked, else all: None, and it is said, when they aren't as many as were shown.

    All are read here and now, so that exactly those counted are changed.
    """
    if "operation" in request.POST:
        return operations.filter(pk__in=chosen(request, "operation"))
    if request.POST.get("action") == "look" or number(request.POST.get("count")) == len(operations):
        return operations
    words = "What this cause stops has changed since the page was opened. Nothing was changed: look again."
    messages.warning(request, words)
    return None


def _say(request: FirmRequest, retried: retrying.Retried) -> None:
    if retried.queued:
        text = f"{retried.queued} will be sent again. What is still stopped comes back here."
        messages.success(request, text)
    for why, count in list(retried.stopped.items())[:SHOWN_REASONS]:
        stays = "1 stays" if count == 1 else f"{count} stay"
        messages.warning(request, f"{stays} here and would only fail again. {why}.")


def _look(request: FirmRequest, connection: Connection) -> None:
    try:
        retrying.look(connection=connection, by=request.user)
    except AccountingError as error:
        messages.error(request, f"{error} Nothing was changed.")
