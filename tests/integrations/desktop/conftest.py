"""A firm on QuickBooks Desktop: a company file in the simulator, a granted channel, a Web Connector that carries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache

from bigtime.firm.models import Firm
from integrations import registry
from integrations.models import Connection, SyncRun
from integrations.quickbooks.desktop import services
from integrations.quickbooks.desktop.models import Agent, Channel
from integrations.sync import guard, runs
from simulators.desktop.remote import CompanyFile, Desktop
from tests.company_file import APP, WebConnector, running
from tests.factories import UserFactory


@pytest.fixture(scope="session")
def desktop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desktop]:
    with running(tmp_path_factory.mktemp("desktop"), "--seed", "empty") as found:
        yield found


@pytest.fixture(autouse=True)
def _quiet(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.INSTANCE_FILE = tmp_path / "instance"
    settings.REDIS_URL = ""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "desktop"}}
    cache.clear()
    guard._looked.clear()
    guard._newest.clear()
    yield
    cache.clear()


@dataclass
class Office:
    """Everything of one firm: its books over there, its connection here, the program in between."""

    firm: Firm
    file: CompanyFile
    channel: Channel = field(init=False)
    agent: Agent = field(init=False)
    secret: str = field(init=False)
    connector: WebConnector = field(init=False)

    def __post_init__(self) -> None:
        by = UserFactory.create()
        self.channel = services.enable(firm=self.firm, by=by)
        services.grant(channel=self.channel, by=by)
        self.agent, self.secret = services.register(channel=self.channel, by=by, computer="Front desk")
        self.connector = WebConnector(self.file, self.agent.username, self.secret)

    @property
    def connection(self) -> Connection:
        return Connection.objects.select_related("firm").get(pk=self.channel.connection_id)

    def another(self, computer: str) -> WebConnector:
        agent, secret = services.register(channel=self.channel, by=None, computer=computer)
        return WebConnector(self.file, agent.username, secret)

    def work(self) -> SyncRun:
        """As a worker does after the agent has read everything."""
        run = SyncRun.objects.filter(connection=self.connection).latest("pk")
        registry.get(run.connection.system).driver.sync(run)
        run.refresh_from_db()
        return run

    def sync(self) -> SyncRun:
        """A whole pass; a preview is imported."""
        runs.start(connection=self.connection)
        assert self.connector.visit() == 100, self.connector.last_error
        run = self.work()
        if run.state == SyncRun.State.PREVIEW:
            runs.import_preview(run=run)
            run = self.work()
        assert run.state == SyncRun.State.DONE, (run.state, run.error)
        return run


@pytest.fixture
def office(desktop: Desktop, firm: Firm, transactional_db: None) -> Office:
    """Connected, never synced."""
    return Office(firm, desktop.create("Harbor Design", APP))
