"""Until when the books are closed: whoever keeps in step with the books registers what it knows; the grid shows it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from bigtime.firm.models import Firm

Source = Callable[[Firm], date | None]
_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    """Adds a source, from `AppConfig.ready()`: the last closed day of a firm's books, None where none is known."""
    _sources[f"{source.__module__}.{source.__qualname__}"] = source


def closed_through(firm: Firm) -> date | None:
    """The latest day that any of the firm's books is closed through."""
    known = [day for source in _sources.values() if (day := source(firm))]
    return max(known, default=None)
