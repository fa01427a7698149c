"""One file for each thing that QuickBooks and BigTime both know, both editions side by side; each file is found."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from integrations.sync.mapper import Entity


def of_edition(edition: str) -> tuple[Entity, ...]:
    """The entities that "online" or "desktop" has a word for, in the order in which they are brought over."""
    for module in iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
    own = [each for each in Entity.__subclasses__() if each.__module__.startswith(f"{__name__}.")]
    return tuple(each() for each in sorted(own, key=lambda each: (each.order, each.key)) if getattr(each, edition))
