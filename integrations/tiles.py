"""The tiles of My Company → Integrations: one for each installed system."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.urls import reverse

from bigtime.firm.models import Firm

from . import registry
from .models import Connection
from .system_pages import page_of


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a tile: `moment`, when given, is shown as how long ago or how soon."""

    label: str
    text: str = ""
    moment: datetime | None = None


@dataclass(frozen=True, slots=True)
class SystemTile:
    """An accounting system and what it is connected to; the dashboard's tiles are `core.tiles.Tile`."""

    key: str
    label: str
    sentence: str
    mark: str
    css: str
    status: str  # a word of bigtime.core.status_words
    connection: Connection | None = None
    former: Connection | None = None  # disabled: enabling the same company restores its links
    manage_url: str = ""
    enable_url: str = ""
    disable_url: str = ""
    report_url: str = ""  # what to read before the first import
    lines: list[Line] = field(default_factory=list)


Describe = Callable[[Connection], list[Line]]
_describers: dict[str, Describe] = {}


def describe_with(system: str, describe: Describe) -> None:
    """What a system's own tables know of a connection, for its tile."""
    _describers[system] = describe


def tiles_of(firm: Firm) -> list[SystemTile]:
    """Installed systems first, in the order they registered. Two queries, and what the describers ask."""
    mine = Connection.objects.for_firm(firm).order_by("-updated_at")
    return [_tile(system, [c for c in mine if c.system == system.key]) for system in registry.installed()]


def _tile(system: registry.System, connections: list[Connection]) -> SystemTile:
    current = next((c for c in connections if c.is_enabled), None)
    # A system's pages share the namespace of its manage page: manage, enable, disable, preflight.
    namespace = system.manage_url.partition(":")[0]
    return SystemTile(
        system.key,
        system.label,
        system.sentence,
        system.mark,
        system.css,
        _status(current),
        connection=current,
        former=None if current or not connections else connections[0],
        manage_url=reverse(system.manage_url),
        enable_url=reverse(f"{namespace}:enable"),
        disable_url=reverse(f"{namespace}:disable"),
        report_url=page_of(current, "preflight") if current and not current.imported_at else "",
        lines=_lines(current) if current else [],
    )


def _status(connection: Connection | None) -> str:
    if connection is None:
        return "not_connected"
    if connection.status == Connection.Status.PAUSED:
        return "reconnect"
    # Every edition notes when its company told of itself last; enabling alone reaches none.
    return "connected" if "read_at" in connection.facts else "waiting"


def lines_of(connection: Connection) -> list[Line]:
    """What the connection's system tells of it, from its own tables."""
    describe = _describers.get(connection.system)
    return describe(connection) if describe else []


def _lines(connection: Connection) -> list[Line]:
    synced = Line("Last sync", "not yet", connection.last_sync_at)
    return [Line("Company", connection.company_name), synced, *lines_of(connection)]
