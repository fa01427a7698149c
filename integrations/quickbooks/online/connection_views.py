"""A connection's own page, and its end."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from bigtime.firm.access import ADMINISTRATORS, FirmRequest, firm_view
from integrations.connected import forget
from integrations.models import Operation
from integrations.sync import guard

from . import services
from .lifetimes import lifetimes_of
from .views import NOT_CONFIRMED


@firm_view(*ADMINISTRATORS)
def manage(request: FirmRequest) -> HttpResponse:
    """The connection's own page; without one, the way to it."""
    connection = services.current(request.firm)
    if connection is None:
        return redirect("quickbooks_online:enable")
    state = guard.state(connection)
    context = {
        "connection": connection,
        "lifetimes": lifetimes_of(connection),
        "elsewhere": state == guard.ELSEWHERE,
        "guarded": guard.SENTENCES.get(state, ""),
    }
    return render(request, "quickbooks_online/manage.html", context)


@firm_view(*ADMINISTRATORS, methods=("POST",))
def take_over(request: FirmRequest) -> HttpResponse:
    """A copy of another installation becomes the one that posts; a person says so here."""
    connection = services.current(request.firm)
    if connection and guard.state(connection) == guard.ELSEWHERE:
        guard.adopt(connection=connection, by=request.user)
        messages.success(request, "This installation posts from now on. What the other one posted is looked up first.")
    return redirect("quickbooks_online:manage")


@firm_view(*ADMINISTRATORS, methods=("GET", "HEAD", "POST"))
def disable(request: FirmRequest) -> HttpResponse:
    """Says what stays and what goes, then does it."""
    connection = services.current(request.firm)
    if connection is None:
        messages.info(request, "QuickBooks Online isn't connected.")
        return redirect("integrations:list")
    if request.method != "POST":
        queued = Operation.objects.filter(connection=connection).open().count()
        return render(request, "quickbooks_online/disable.html", {"connection": connection, "queued": queued})
    confirmed = services.disable(connection=connection)
    forget(request.firm)
    if confirmed:
        messages.success(request, f"Disabled. The authorization for {connection} was ended at Intuit and erased here.")
    else:
        messages.warning(request, f"Disabled. {NOT_CONFIRMED}")
    return redirect("integrations:list")
