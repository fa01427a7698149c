"""What this edition adds to tiles and banners."""

from __future__ import annotations

from integrations.banners import warn_with
from integrations.tiles import describe_with

from .lifetimes import lines, warnings
from .services import SYSTEM


def install() -> None:
    describe_with(SYSTEM, lines)
    warn_with(SYSTEM, warnings)
