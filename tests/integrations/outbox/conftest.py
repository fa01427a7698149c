from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from integrations.models import Connection
from integrations.sync import guard
from simulators.online.remote import Simulator
from tests.postable import Postable


@pytest.fixture(autouse=True)
def _outbox(settings: Any, tmp_path: Path) -> None:
    """Intuit's minute, the quiet period and the lease much shorter; an installation of its own for each test."""
    settings.MINUTE_SECONDS = 0.6
    settings.QUIET_SECONDS = 15.0
    settings.LEASE_SECONDS = 9.0
    settings.INSTANCE_FILE = tmp_path / "instance"
    guard._looked.clear()
    guard._newest.clear()


@pytest.fixture
def postable(
    simulator: Simulator, make_connection: Callable[..., Connection], transactional_db: None, _outbox: None
) -> Postable:
    simulator.config(limits=False, requestid="honoured", call_latency=0.0, item_latency=0.0)
    return Postable(simulator, make_connection())
