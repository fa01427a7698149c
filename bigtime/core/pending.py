"""What waits for a person: each app registers a source from `AppConfig.ready()`; the dashboard imports none of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Pending:
    """One line: "3 timesheets to approve", and the page where that is done; no page where somebody else must do it."""

    text: str
    count: int
    url: str = ""
    icon: str = "circle-dashed"
    label: str = "Review"


Source = Callable[[HttpRequest], Iterable[Pending]]
_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    """Adds a source; registering it again changes nothing."""
    _sources[f"{source.__module__}.{source.__qualname__}"] = source


def pending_for(request: HttpRequest) -> list[Pending]:
    """What waits for this request's person; lines with nothing to do are left out."""
    return [line for source in _sources.values() for line in source(request) if line.count]
