from __future__ import annotations

from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from bigtime.core import facts
from bigtime.core.tiles import tiles_for
from bigtime.firm.access import FirmRequest, firm_view


@firm_view()
def home(request: FirmRequest) -> HttpResponse:
    """Everybody's first page: the tiles that have something to show to this person."""
    facts.gather(request, "dashboard")
    tiles = tiles_for(request, request.membership.role)
    now = timezone.localtime()
    context = {
        "side": [pair for pair in tiles if pair[0].column == "side"],
        "main": [pair for pair in tiles if pair[0].column != "side"],
        "greeting": greeting(now),
        "now": now,
        "week": now.isocalendar().week,
    }
    return render(request, "dashboard/home.html", context)


def greeting(now: datetime) -> str:
    """Words for the hour of the firm's own clock."""
    if 4 <= now.hour < 12:
        return "Good morning"
    return "Good afternoon" if 12 <= now.hour < 18 else "Good evening"
