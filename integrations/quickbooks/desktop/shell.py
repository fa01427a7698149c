"""What this edition adds to tiles and banners."""

from __future__ import annotations

from bigtime.core.audit_words import name_place
from integrations.banners import warn_with
from integrations.tiles import describe_with

from .overview import lines
from .system import SYSTEM
from .warnings import warnings


def install() -> None:
    describe_with(SYSTEM, lines)
    warn_with(SYSTEM, warnings)
    name_place("/quickbooks/desktop/", "Sync Agent or Web Connector")
