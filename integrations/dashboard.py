"""The sync tile, top left of the dashboard."""

from __future__ import annotations

from typing import Any

from bigtime.core.tiles import Tile, register

from . import progress, registry
from .connected import active_connection
from .sync import runs

BOOKKEEPERS = frozenset({"administrator", "accountant"})


def sync_tile(request: Any) -> dict[str, Any] | None:
    """What the tile shows; None for an accountant of a firm without books, who can't connect any."""
    connection = active_connection(request.firm)
    if connection is None:
        return {"connection": None} if request.membership.role == "administrator" else None
    return {
        "connection": connection,
        "system": registry.get(connection.system),
        "run": runs.current_run(connection),
        "counts": progress.linked_counts(connection),
        "attention": progress.waiting(connection),
        "membership": request.membership,
    }


def install() -> None:
    register(Tile("sync", "integrations/_sync_tile.html", sync_tile, "side", 10, BOOKKEEPERS))
