"""The books that a page of posting is about."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django_htmx.http import HttpResponseClientRefresh

from bigtime.firm.access import FirmRequest, FirmView
from integrations.banners import reconnect_address
from integrations.connected import active_connection
from integrations.models import Connection, Operation


def books(request: Any) -> Connection | None:
    """The firm's connected books, read once for a request."""
    return active_connection(request.firm)


def away(request: Any) -> dict[str, Any]:
    """For `posting/_away.html`: without books, those that something was sent to last, and where they are connected.

    Nothing of a firm that has books, or never sent anything.
    """
    if books(request):
        return {}
    sent = Operation.objects.filter(connection=OuterRef("pk"))
    last = Connection.objects.for_firm(request.firm).filter(Exists(sent)).order_by("-updated_at", "-pk").first()
    return {"away": last, "connect_url": reconnect_address(last)} if last else {}


def with_books(view: FirmView) -> FirmView:
    """The view is called only with books. Without, its page says why it can't be shown, and a button that was pressed
    on a page left open does nothing and says so."""

    @wraps(view)
    def checked(request: FirmRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if books(request):
            return view(request, *args, **kwargs)
        if request.method == "POST":
            messages.error(request, "QuickBooks isn’t connected. Nothing was sent or changed.")
            return redirect("posting:timesheets")
        if request.htmx:
            return HttpResponseClientRefresh()
        return render(request, "posting/not_connected.html", away(request))

    return checked


def books_or_404(request: FirmRequest) -> Connection:
    connection = books(request)
    if connection is None:
        raise Http404("No books are connected.")
    return connection


def is_of_other_books(request: FirmRequest, connection: Connection) -> bool:
    """A page left open while the firm changed to another company, or the person to another firm."""
    return request.POST.get("books") != str(connection.pk)
