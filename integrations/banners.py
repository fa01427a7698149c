"""What every page says when the books need somebody: a paused connection, a grant about to end."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.urls import reverse

from bigtime.core.context import Banner
from bigtime.firm.models import Role

from . import registry
from .connected import active_connection
from .models import Connection

Warn = Callable[[Connection], list[Banner]]
_warners: dict[str, Warn] = {}


def warn_with(system: str, warn: Warn) -> None:
    """What a system's own tables know of a connection's end; shown to administrators."""
    _warners[system] = warn


def banners(request: HttpRequest) -> list[Banner]:
    """For `bigtime.core.context.register_banners`. People who only enter time aren't bothered."""
    membership = getattr(request, "membership", None)
    if membership is None or membership.role == Role.STAFF:
        return []
    connection = active_connection(membership.firm)
    if connection is None:
        return []
    administrator = membership.role == Role.ADMINISTRATOR
    if connection.status == Connection.Status.PAUSED:
        return [_paused(connection, administrator)]
    warn = _warners.get(connection.system)
    return warn(connection) if warn and administrator else []


def _paused(connection: Connection, administrator: bool) -> Banner:
    text = f"{connection}: {connection.pause_reason or 'The connection needs attention.'}"
    if not administrator:
        return Banner("err", f"{text} Ask an administrator. What is queued is kept.")
    return Banner("err", f"{text} What is queued is kept.", reconnect_address(connection), "Reconnect")


def reconnect_address(connection: Connection) -> str:
    """A system that is no longer installed can't be reconnected; the list of those that are is the best there is."""
    try:
        namespace = registry.get(connection.system).manage_url.partition(":")[0]
    except KeyError:
        return reverse("integrations:list")
    return reverse(f"{namespace}:enable")
