"""Dashboard tiles: each app registers its tile from `AppConfig.ready()`; the dashboard imports none of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile: `context(request)` gives its template's context, or None when there is nothing for this person."""

    key: str
    template: str
    context: Callable[[HttpRequest], dict[str, Any] | None]
    column: str = "side"  # "side" (narrow, left) or "main"
    order: int = 100
    roles: frozenset[str] = field(default_factory=frozenset)


_tiles: dict[str, Tile] = {}


def register(*tiles: Tile) -> None:
    for tile in tiles:
        _tiles[tile.key] = tile


def tiles_for(request: HttpRequest, role: str) -> list[tuple[Tile, dict[str, Any]]]:
    shown = sorted((t for t in _tiles.values() if not t.roles or role in t.roles), key=lambda t: t.order)
    pairs = ((tile, tile.context(request)) for tile in shown)
    return [(tile, context) for tile, context in pairs if context is not None]
