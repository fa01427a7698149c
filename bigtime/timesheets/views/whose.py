"""Whose time an address is about: one's own, or `?staff=` somebody one supervises."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from bigtime.core.actions import number
from bigtime.firm.access import FirmRequest
from bigtime.staff.models import Staff
from bigtime.timesheets.refusals import NotAllowed
from bigtime.timesheets.rights import Hand, hand_on, supervised, viewer_staff


@dataclass(frozen=True, slots=True)
class Place:
    """Addresses that stay with the same person."""

    hand: Hand

    def to(self, name: str, *args: object, **query: object) -> str:
        asked = ({} if self.hand.is_owner else {"staff": self.hand.staff.pk}) | {k: v for k, v in query.items() if v}
        address = reverse(f"timesheets:{name}", args=args)
        return f"{address}?{urlencode(asked)}" if asked else address

    def week(self, day: date) -> str:
        return self.to("week_of", day)


def hand_of(request: FirmRequest) -> Hand | None:
    """The hand on the person the address names, else on one's own time; None for somebody without a staff record.

    Raises Http404 for whom this person may not see: whether they exist isn't said.
    """
    asked = request.GET.get("staff", "")
    if not asked:
        own = viewer_staff(request)
        return hand_on(by=request.membership, staff=own) if own else None
    staff = None
    pk = number(asked)
    if pk is not None:
        staff = Staff.objects.for_firm(request.firm).filter(pk=pk).first()
    try:
        if staff is None:
            raise NotAllowed("There is no such person.")
        return hand_on(by=request.membership, staff=staff)
    except NotAllowed as refusal:
        raise Http404 from refusal


def people(hand: Hand) -> list[Staff]:
    """Whom the page offers to switch to: active staff this person supervises."""
    return list(supervised(hand.by).active().only("pk", "name").order_by("name"))


def without_staff(request: FirmRequest) -> HttpResponse:
    return render(request, "timesheets/without_staff.html")
