"""What this edition adds to tiles and banners."""

from __future__ import annotations

from integrations.banners import warn_with
from integrations.tiles import describe_with

from .overview import lines
from .system import SYSTEM
from .warnings import warnings


def install() -> None:
    describe_with(SYSTEM, lines)
    warn_with(SYSTEM, warnings)
