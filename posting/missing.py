"""Posted, and not found in the books together with much else: shown, until it is found or somebody says it is gone."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render

from bigtime.core.actions import chosen, number
from bigtime.firm.access import BOOKKEEPERS, FirmRequest, firm_view
from integrations.sync import presence
from integrations.sync.errors import Rejected

from .books import books_or_404, is_of_other_books, with_books


@firm_view(*BOOKKEEPERS)
@with_books
def missing(request: FirmRequest) -> HttpResponse:
    connection = books_or_404(request)
    found = presence.unsure(connection).order_by("pk")
    page = Paginator(found, 50).get_page(request.GET.get("page"))
    return render(request, "posting/missing.html", {"connection": connection, "page": page})


@firm_view(*BOOKKEEPERS, methods=("POST",))
@with_books
def missing_act(request: FirmRequest) -> HttpResponse:
    """They are gone: the ticked ones, or all."""
    connection = books_or_404(request)
    every = list(presence.unsure(connection).values_list("pk", flat=True))
    is_all = request.POST.get("action") == "all"
    meant = every if is_all else chosen(request, "operation")
    try:
        if is_of_other_books(request, connection):
            raise Rejected(f"This page was opened for other books than {connection}.")
        if is_all and number(request.POST.get("count")) != len(every):
            raise Rejected("There are more or fewer of them than when the page was opened. Look again.")
        if not meant:
            raise Rejected("Tick at least one entry.")
        reason = request.POST.get("reason", "")
        count = presence.declare_gone(connection=connection, operations=meant, reason=reason, by=request.user)
    except Rejected as refused:
        messages.error(request, f"{refused} Nothing was changed.")
        return redirect("posting:missing")
    messages.success(request, f"{count} can be posted again: their time is approved and counts as not posted.")
    return redirect("posting:missing" if presence.unsure(connection).exists() else "posting:errors")
