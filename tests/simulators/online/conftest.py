"""A company of its own for each test, and settings that are put back afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from simulators.online.remote import Simulator
from tests.simulators.online.caller import Caller


@pytest.fixture
def configure(simulator_process: Simulator) -> Iterator[Callable[..., Any]]:
    """`configure(limits=True)` changes settings for the length of a test."""
    before = simulator_process.call("GET", "/config")
    before.pop("execution_limit")
    yield simulator_process.config
    simulator_process.config(**before)


@pytest.fixture
def api(simulator_process: Simulator, configure: Callable[..., Any]) -> Caller:
    """A caller of a new company, with limits off."""
    configure(limits=False)
    return Caller(simulator_process, simulator_process.create_realm("Test Books"))
