"""Finds the firm a signed-in person works in: the one chosen in this session, else the first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from bigtime.core.audit import acting

from .models import Membership

SESSION_KEY = "firm"


class FirmMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        membership = current_membership(request)
        scoped: Any = request
        scoped.membership = membership
        scoped.firm = membership.firm if membership else None
        person = request.user.pk if request.user.is_authenticated else None
        with (
            timezone.override(membership.firm.time_zone if membership else None),
            acting(user=person, source=f"{request.method} {request.path}"),
        ):
            return self.get_response(request)


def active_memberships(user: Any) -> list[Membership]:
    """The person's memberships with their firms: read with the person by `MemberBackend`, else here."""
    if not hasattr(user, "active_memberships"):
        found = Membership.objects.filter(user=user, is_active=True).select_related("firm")
        user.active_memberships = list(found)
    known: list[Membership] = user.active_memberships
    return known


def current_membership(request: HttpRequest) -> Membership | None:
    """The active membership of the session's firm, else the first active one; None when signed out or without any."""
    if not request.user.is_authenticated:
        return None
    memberships = active_memberships(request.user)
    chosen = request.session.get(SESSION_KEY)
    ordered = sorted(memberships, key=lambda m: (m.firm_id != chosen, m.pk))
    return ordered[0] if ordered else None
