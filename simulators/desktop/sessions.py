"""Connections and sessions of the request processor, as one host process holds them."""

from __future__ import annotations

from dataclasses import dataclass, field

from simulators.desktop.queries import Iterators


@dataclass
class Session:
    """Between BeginSession and EndSession; ``hidden`` when QuickBooks was started for it without a window."""

    ticket: str
    file: str
    hidden: bool = False
    iterators: Iterators = field(default_factory=Iterators)


@dataclass
class Connection:
    """Between OpenConnection2 and CloseConnection. ``opened`` is the file open in QuickBooks on the host's computer."""

    app_id: str
    app_name: str
    opened: str = ""
    session: Session | None = None
    computer: str = ""
