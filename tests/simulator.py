"""A QuickBooks Online simulator as a process of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from simulators.online.remote import Simulator
from simulators.remote import started


@contextmanager
def running(data: Path, *options: str) -> Iterator[Simulator]:
    """A simulator on a free port for the length of the block."""
    with started("simulators.online", data, data / "simulator.log", "/_sim/config", *options) as url:
        yield Simulator(url)
