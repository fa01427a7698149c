"""Is this firm connected, and to what? Asked by the shell on every page, so the answer is kept for the request."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest

from bigtime.core.prepared import Prepared
from bigtime.firm.models import Firm

from .models import Connection

_KEPT = "_active_connection"
CURRENT = Prepared(lambda firm: Connection.objects.for_firm(firm).enabled().order_by("pk")[:1], firm=int)


def active_connection(firm: Firm | None) -> Connection | None:
    """The books this firm works with now, paused or not; None when none are connected.

    Kept on the firm object, which lives as long as one request.
    """
    if firm is None:
        return None
    if _KEPT not in firm.__dict__:
        firm.__dict__[_KEPT] = next(CURRENT.objects(firm=firm.pk), None)
    found: Connection | None = firm.__dict__[_KEPT]
    return found


def books_of(firm: Firm) -> Connection | None:
    """The books this firm works with now; where none are connected, those it had last. None when it never had any."""
    found: Connection | None = (
        active_connection(firm) or Connection.objects.for_firm(firm).order_by("-updated_at", "-pk").first()
    )
    return found


def books_closed_through(firm: Firm) -> date | None:
    """For `bigtime.timesheets.closing`: the closing date of the firm's books, as last read."""
    connection = active_connection(firm)
    return connection.closed_through if connection else None


def forget(firm: Firm) -> None:
    """After connecting or disabling within a request."""
    firm.__dict__.pop(_KEPT, None)


def is_connected(request: HttpRequest) -> bool:
    """For `NavItem.visible`: the QuickBooks section is shown only to firms with books."""
    return active_connection(getattr(request, "firm", None)) is not None
