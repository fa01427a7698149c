from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from bigtime.firm.models import Firm
from integrations import registry
from integrations.models import Connection
from integrations.sync import guard
from simulators.online.remote import Simulator
from tests.factories import ConnectionFactory
from tests.postable import Postable

from .desk import Desk


@pytest.fixture(autouse=True)
def _quick(settings: Any, tmp_path: Path) -> None:
    """Intuit's minute and the quiet period much shorter; no broker; an installation of its own for each test."""
    settings.MINUTE_SECONDS = 0.6
    settings.QUIET_SECONDS = 15.0
    settings.LEASE_SECONDS = 9.0
    settings.REDIS_URL = ""
    settings.INSTANCE_FILE = tmp_path / "instance"
    guard._looked.clear()
    guard._newest.clear()


@pytest.fixture
def desk(firm: Firm) -> Desk:
    """A firm with connected books that aren't asked."""
    return Desk(ConnectionFactory.create(firm=firm, company_name="Quiet Books"))


@pytest.fixture
def postable(
    simulator: Simulator, make_connection: Callable[..., Connection], transactional_db: None, _quick: None
) -> Postable:
    simulator.config(limits=False, requestid="honoured", call_latency=0.0, item_latency=0.0)
    return Postable(simulator, make_connection())


@pytest.fixture
def drain(postable: Postable) -> Callable[[], None]:
    """Posts as a worker does."""

    def once() -> None:
        registry.get(postable.connection.system).driver.drain(postable.connection, 5)

    return once


@pytest.fixture
def aisha(signed_in: Callable[..., Client]) -> Any:
    return signed_in("accountant", name="Aisha Khan")
