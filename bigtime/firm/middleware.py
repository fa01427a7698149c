"""Finds the firm a signed-in person works in: the one chosen in this session, else the first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

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
        with timezone.override(membership.firm.time_zone if membership else None):
            return self.get_response(request)


def current_membership(request: HttpRequest) -> Membership | None:
    """The active membership of the session's firm, else the first active one; None when signed out or without any."""
    if not request.user.is_authenticated:
        return None
    memberships = list(Membership.objects.filter(user=request.user, is_active=True).select_related("firm"))
    person: Any = request.user
    person.active_memberships = memberships  # for the account menu, which every page has
    chosen = request.session.get(SESSION_KEY)
    ordered = sorted(memberships, key=lambda m: (m.firm_id != chosen, m.pk))
    return ordered[0] if ordered else None
