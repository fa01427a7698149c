"""A firm's books in the simulator, and a sync of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from integrations.models import Connection, SyncRun
from integrations.quickbooks.online import puller
from integrations.quickbooks.online.dialect import OnlineDialect
from integrations.quickbooks.online.system import ENTITIES as ALL
from integrations.sync import mirror, runs
from simulators.online.remote import Simulator

ENTITIES = {entity.key: entity for entity in ALL}


class Books:
    """One company's books, edited over there, and brought over here."""

    def __init__(self, connection: Connection, simulator: Simulator) -> None:
        self.connection = connection
        self.simulator = simulator
        self.realm = connection.company_id

    def add(self, entity: str, **fields: Any) -> str:
        return str(self.simulator.create(self.realm, entity, **fields)["Id"])

    def customer(self, name: str, parent: str = "", **fields: Any) -> str:
        job = {"ParentRef": {"value": parent}, "Job": True} if parent else {}
        return self.add("Customer", DisplayName=name, **job, **fields)

    def edit(self, entity: str, remote_id: str, **fields: Any) -> dict[str, Any]:
        """Changes fields of a record over there; the record as it is then."""
        held = next(row for row in self.rows(entity) if row["Id"] == remote_id)
        body = {"Id": remote_id, "SyncToken": held["SyncToken"], "sparse": True, **fields}
        answer: dict[str, Any] = self.simulator.call("POST", f"/{self.realm}/objects/{entity}", body)
        return answer

    def vanish(self, entity: str, remote_id: str) -> None:
        """As a merge shows in change data capture: the record that went is told as deleted, by its id alone."""
        spec = ENTITIES[entity]
        raw = {"domain": "QBO", "status": "Deleted", "Id": remote_id}
        raw |= {"MetaData": {"LastUpdatedTime": timezone.now().isoformat()}}
        with transaction.atomic():
            mirror.store(self.connection, spec, mirror.read_page(spec, OnlineDialect(), [raw]), first=False)

    def rows(self, entity: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.simulator.call("GET", f"/{self.realm}/dump/{entity}")["items"]
        return found

    def sync(self) -> SyncRun:
        """A whole pass; a preview is imported."""
        run = self.worked(runs.start(connection=self.connection))
        if run.state == SyncRun.State.PREVIEW:
            run = self.worked(runs.import_preview(run=run))
        return self.finished(run)

    def worked(self, run: SyncRun) -> SyncRun:
        """As tasks do: again, as long as only time was over."""
        puller.sync(run)
        run.refresh_from_db()
        return self.worked(run) if run.is_open and run.heartbeat_at is None and run.not_before is None else run

    def apply(self) -> SyncRun:
        """What waits in the mirror is brought over, without a call to the books."""
        run = runs.apply_now(connection=self.connection)
        puller.sync(run)
        return self.finished(run)

    def finished(self, run: SyncRun) -> SyncRun:
        run.refresh_from_db()
        assert run.state == SyncRun.State.DONE, (run.state, run.error, run.error_code)
        self.connection.refresh_from_db()
        return run


@pytest.fixture
def books(make_connection: Callable[..., Connection], simulator: Simulator) -> Books:
    """Never imported yet."""
    return Books(make_connection(imported=False), simulator)
