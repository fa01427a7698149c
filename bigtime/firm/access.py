"""Who may open which address: one decorator on every view of a firm, read by the URL tests too."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods
from django_htmx.middleware import HtmxDetails

from .models import Firm, Membership, Role, User

ADMINISTRATORS = (Role.ADMINISTRATOR,)
BOOKKEEPERS = (Role.ADMINISTRATOR, Role.ACCOUNTANT)
MANAGERS = (Role.ADMINISTRATOR, Role.ACCOUNTANT, Role.MANAGER)
EVERYONE = (Role.ADMINISTRATOR, Role.ACCOUNTANT, Role.MANAGER, Role.STAFF)


class FirmRequest(HttpRequest):
    """A request inside a firm: what `firm_view` guarantees to the view."""

    user: User
    firm: Firm
    membership: Membership
    htmx: HtmxDetails


NOWHERE = "Your account isn’t a member of a firm here. Ask an administrator to add you."
FirmView = Callable[..., HttpResponseBase]


def firm_view(*roles: Role, methods: tuple[str, ...] = ("GET", "HEAD")) -> Callable[[FirmView], FirmView]:
    """The view answers only a signed-in, active member of the current firm in one of `roles` (none given: every role).

    Others get 403 with a sentence; other methods 405. `view.roles` and `view.methods` say what was declared.
    """
    allowed = roles or EVERYONE

    def decorate(view: FirmView) -> FirmView:
        @wraps(view)
        def checked(request: FirmRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            membership = getattr(request, "membership", None)
            if membership is None:
                return forbidden(request, NOWHERE)
            if membership.role not in allowed:
                return forbidden(request, _sentence(allowed))
            return view(request, *args, **kwargs)

        guarded = require_http_methods(list(methods))(login_required(checked))
        guarded.roles = allowed  # type: ignore[attr-defined]
        guarded.methods = methods  # type: ignore[attr-defined]
        return guarded

    return decorate


def forbidden(request: HttpRequest, reason: str) -> HttpResponse:
    return render(request, "403.html", {"reason": reason}, status=403)


def _sentence(roles: tuple[Role, ...]) -> str:
    names = [f"{Role(role).label.lower()}s" for role in roles]
    who = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return f"This page is for {who} only."
