"""The Online edition drives the engine by calling Intuit from a worker."""

from __future__ import annotations

from integrations.models import Connection, SyncRun

from . import poster, puller


class OnlineDriver:
    """See `integrations.registry.Driver`."""

    def sync(self, run: SyncRun) -> None:
        puller.sync(run)

    def drain(self, connection: Connection, seconds: float) -> None:
        poster.drain(connection, seconds=seconds)
