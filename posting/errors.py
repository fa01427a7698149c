"""The error centre: by cause; retry, skip with a reason, or say which number it has in QuickBooks."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from bigtime.core.actions import chosen
from bigtime.firm.access import BOOKKEEPERS, FirmRequest, firm_view
from integrations.models import Operation
from integrations.sync.errors import AccountingError

from . import services
from .causes import cause, causes
from .shell import books
from .views import books_or_404

SHOWN_DOUBT = 20


@firm_view(*BOOKKEEPERS)
def errors(request: FirmRequest) -> HttpResponse:
    connection = books(request)
    if connection is None:
        return render(request, "posting/not_connected.html")
    doubt = Operation.objects.filter(connection=connection, state=Operation.State.IN_DOUBT).order_by("pk")
    count = doubt.count()
    context = {
        "connection": connection,
        "page": Paginator(causes(connection), 50).get_page(request.GET.get("page")),
        "missing": Operation.objects.standing(connection, ["absent"]).count(),
        "differing": Operation.objects.standing(connection, ["posted_diverged"]).count(),
        "doubt": doubt[:SHOWN_DOUBT],
        "doubt_count": count,
        "doubt_more": max(count - SHOWN_DOUBT, 0),
    }
    return render(request, "posting/errors.html", context)


@firm_view(*BOOKKEEPERS)
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
def act(request: FirmRequest, key: str) -> HttpResponse:
    """Retry or skip all that a cause stops, or only the ticked ones."""
    connection = books_or_404(request)
    found = cause(connection, key)
    if found is None:
        messages.info(request, "Someone has already mended that.")
        return redirect("posting:errors")
    operations = found.operations(connection)
    if "operation" in request.POST:
        operations = operations.filter(pk__in=chosen(request, "operation"))
    match request.POST.get("action"):
        case "retry":
            _say(request, services.retry(connection=connection, operations=operations, by=request.user))
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
        return redirect("posting:operation", pk)
    messages.success(request, f"Attached to {number}: {operation.label} counts as posted.")
    return redirect("posting:errors")


def _say(request: FirmRequest, retried: services.Retried) -> None:
    if retried.queued:
        text = f"{retried.queued} will be sent again. What is still stopped comes back here."
        messages.success(request, text)
    if retried.left_out:
        text = f"{retried.left_out} can’t be sent again as they are: mend what stops them first."
        messages.warning(request, text)
