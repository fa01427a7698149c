"""What sync adds to the dashboard and the navigation: its tile top left, and the decisions that wait."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from bigtime.core import facts
from bigtime.core.navigation import NavItem
from bigtime.core.navigation import register as register_item
from bigtime.core.pending import Pending
from bigtime.core.pending import register as register_pending
from bigtime.core.prepared import Prepared, Statement
from bigtime.core.tiles import Tile, register
from bigtime.firm.access import BOOKKEEPERS

from . import progress, registry
from .connected import active_connection, is_connected
from .sync import runs
from .system_pages import page_of
from .tiles import lines_of

ROLES = frozenset(BOOKKEEPERS)


def sync_tile(request: Any) -> dict[str, Any] | None:
    """What the tile shows; None for an accountant of a firm without books, who can't connect any."""
    connection = active_connection(request.firm)
    is_administrator = request.membership.role == "administrator"
    if connection is None:
        return {"connection": None} if is_administrator else None
    run = runs.current_run(connection)
    shown = progress.lists(run, progress.labels_read(connection)) if run and run.is_open else []
    return {
        "connection": connection,
        "system": registry.get(connection.system),
        "run": run,
        "share": progress.share(shown),
        "counts": progress.linked_counts(connection),
        "attention": facts.of(request, TO_DECIDE.key) or 0,
        "lines": lines_of(connection),
        "reconnect_url": page_of(connection, "enable") if is_administrator else "",
    }


DECISIONS = Prepared(lambda books: facts.counted(progress.undecided(books)), books=int)


def _to_decide(request: Any) -> Statement | None:
    connection = active_connection(request.firm)
    if connection is None or request.membership.role not in BOOKKEEPERS:
        return None
    return DECISIONS.statement(books=connection.pk)


TO_DECIDE = facts.Fact("integrations.to_decide", _to_decide, "dashboard")


def pending_decisions(request: Any) -> list[Pending]:
    count = facts.of(request, TO_DECIDE.key) or 0
    text = f"{count} {'record' if count == 1 else 'records'} of QuickBooks to decide"
    return [Pending(text, count, reverse("integrations:attention"), "link", "Decide")]


def install() -> None:
    facts.register(TO_DECIDE)
    register(Tile("sync", "integrations/_sync_tile.html", sync_tile, "side", 10, ROLES))
    register_pending(pending_decisions)
    register_item(NavItem("Sync", "integrations:sync", "refresh-cw", "QuickBooks", 5, ROLES, is_connected))
