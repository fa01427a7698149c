"""My Company → Integrations."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from bigtime.firm.access import ADMINISTRATORS, FirmRequest, firm_view
from integrations.tiles import tiles_of


@firm_view(*ADMINISTRATORS)
def integration_list(request: FirmRequest) -> HttpResponse:
    """The applications that can be connected, each with its state and last activity."""
    return render(request, "integrations/list.html", {"tiles": tiles_of(request.firm)})
