"""Which accounting systems are installed. Each registers itself from its `AppConfig.ready()`; none is imported here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable


class Driver(Protocol):
    """Moves what the engine asks for over one system's wire."""

    def sync(self, run: Any) -> None:
        """Pull until the run is done, cancelled or paused. May be called again to resume."""

    def drain(self, connection: Any, seconds: float) -> None:
        """Send and resolve outgoing work for about `seconds`; returns early when there is none."""


@runtime_checkable
class Reader(Protocol):
    """A driver that can look up one record while a person waits. A system that calls us can't."""

    def read(self, connection: Any, entity: str, remote_id: str) -> dict[str, Any] | None:
        """As the books hold it now, None when they don't. Raises an AccountingError when they can't be asked."""


@dataclass(frozen=True, slots=True)
class System:
    """One accounting system: its words, its entities by key, how it writes them, and who drives it."""

    key: str
    label: str
    sentence: str
    mark: str  # two letters in the tile's mark
    css: str  # the mark's class
    entities: dict[str, Any]  # entity key -> Entity
    dialect: Any
    driver: Driver
    manage_url: str  # URL name of its page under Integrations
    # Who has to call before anything can be read or sent; "" where we do the calling.
    waits_for: str = ""
    # Options (see `options.Options`, and the firm's own) that it doesn't have, and what is different about others: the
    # option's name → the sentence that the settings show.
    absent: Mapping[str, str] = field(default_factory=dict)
    differs: Mapping[str, str] = field(default_factory=dict)
    # Where a refusal is mended here, by its code: what the button says, and the URL name of the page.
    mends: Mapping[str, tuple[str, str]] = field(default_factory=dict)


_systems: dict[str, System] = {}
_waiting: list[Callable[[System], None]] = []


def register(system: System) -> None:
    _systems[system.key] = system
    for each in _waiting:
        each(system)


def when_registered(act: Callable[[System], None]) -> None:
    """`act` hears of each system: systems register after the apps that they stand on are ready."""
    _waiting.append(act)


def get(key: str) -> System:
    """Raises KeyError for a system that is not installed."""
    return _systems[key]


def installed() -> list[System]:
    return list(_systems.values())
