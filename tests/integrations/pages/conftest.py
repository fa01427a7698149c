"""A firm's books as the mirror holds them, without any wire; and with one, where a sync must really run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from bigtime.firm.models import Firm
from integrations.models import Connection, RemoteRecord, SyncRun
from integrations.quickbooks.online import puller
from integrations.sync import runs
from simulators.online.remote import Simulator
from tests.factories.books import ConnectionFactory, RemoteRecordFactory
from tests.integrations.sync.conftest import Books

SYNC = "/company/integrations/sync/"


def text(answer: Any) -> str:
    return str(answer.content.decode())


def said(answer: Any) -> list[str]:
    """What the page after a redirect tells the person."""
    return [str(message) for message in answer.context["messages"]]


@pytest.fixture
def connection(firm: Firm) -> Connection:
    """Imported before; nobody is at the other end."""
    now = timezone.now()
    return ConnectionFactory.create(firm=firm, company_name="Blue Heron", imported_at=now, last_sync_at=now)


@pytest.fixture
def remote(connection: Connection) -> Callable[..., RemoteRecord]:
    """`remote("customer", "Acme")` is a mirror row of the connection."""

    def make(entity: str, name: str, **values: Any) -> RemoteRecord:
        data = values.pop("data", {"DisplayName": name, "Id": "1", "Active": True})
        return RemoteRecordFactory.create(connection=connection, entity=entity, name=name, data=data, **values)

    return make


@pytest.fixture
def admin(signed_in: Callable[..., Client]) -> Client:
    return signed_in("administrator")


@pytest.fixture
def books(make_connection: Callable[..., Connection], simulator: Simulator) -> Books:
    """A company in the simulator, never imported yet."""
    return Books(make_connection(imported=False, company_name="Blue Heron"), simulator)


def previewed(books: Books) -> SyncRun:
    run = runs.start(connection=books.connection)
    puller.sync(run)
    run.refresh_from_db()
    assert run.state == SyncRun.State.PREVIEW, run.error
    return run


def worked_off(connection: Connection) -> SyncRun | None:
    """What a worker would do with the connection's open run."""
    run = SyncRun.objects.filter(connection=connection, state__in=SyncRun.OPEN).first()
    if run is not None:
        puller.sync(run)
        run.refresh_from_db()
    return run
