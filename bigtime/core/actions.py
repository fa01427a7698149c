"""What small forms send: numbers, chosen rows, and where to go back to."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

MOST = 5000


def number(text: str | None) -> int | None:
    """The id or count that a form or an address sends; None for what can't be one."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None


def chosen(request: HttpRequest, name: str = "pk") -> list[int]:
    """The ids ticked in a list; what isn't a number is left out."""
    return [int(pk) for pk in request.POST.getlist(name)[:MOST] if pk.isdecimal() and len(pk) < 19]


def back_to(request: HttpRequest, default: str, name: str = "next") -> str:
    """The address the form came from, or names as `name`, when it is one of ours; else `default`."""
    target = request.POST.get(name) or request.GET.get(name, "")
    ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if ours and target.startswith("/") else default
