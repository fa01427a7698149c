"""Pages of the accounting system behind a connection, by name: they lie above and are reached by address only."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse

from . import registry
from .models import Connection


def page_of(connection: Connection, name: str) -> str:
    """The address of "manage", "enable", "disable" or "preflight" of the connection's system; "" where it has none."""
    try:
        namespace = registry.get(connection.system).manage_url.partition(":")[0]
        return reverse(f"{namespace}:{name}")
    except (KeyError, NoReverseMatch):
        return ""
