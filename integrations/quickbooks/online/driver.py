"""The Online edition drives the engine by calling Intuit from a worker."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from django.utils import timezone

from integrations.models import Connection, SyncRun
from integrations.sync import presence
from integrations.sync.errors import AccountingError
from integrations.sync.readiness import outgoing

from . import poster, puller
from .books import OnlineBooks
from .client import Client

log = logging.getLogger(__name__)
# Without a click: these reads are metered, and nothing is wrong until somebody deletes something there.
LOOK_EVERY = timedelta(hours=12)


class OnlineDriver:
    """See `integrations.registry.Driver`."""

    def sync(self, run: SyncRun) -> None:
        puller.sync(run, before_end=_look_of)

    def drain(self, connection: Connection, seconds: float) -> None:
        poster.drain(connection, seconds=seconds)

    def read(self, connection: Connection, entity: str, remote_id: str) -> dict[str, Any] | None:
        client = Client(connection)
        try:
            return client.read(outgoing(connection, entity).online, remote_id)
        finally:
            client.close()


def _look_of(run: SyncRun) -> None:
    """Part of the run, so that its result tells what was found."""
    if _is_time_to_look(run):
        presence.tell(run.pk, look(run.connection))


def look(connection: Connection) -> presence.Seen:
    """Finds what was posted and is gone or changed in the books. A failure only means that it is done another time."""
    client = Client(connection, reserve_for_posts=True)
    try:
        return presence.look(connection, OnlineBooks(client))
    except AccountingError as error:
        log.info("posted work could not be compared with the books: %s", error.message)
        return presence.Seen()
    finally:
        client.close()


def _is_time_to_look(run: SyncRun) -> bool:
    """After every run that a person asked for, else twice a day."""
    if run.started_by_id:
        return True
    since = timezone.now() - LOOK_EVERY
    former = SyncRun.objects.filter(connection=run.connection, state=SyncRun.State.DONE, finished_at__gte=since)
    return not former.exclude(pk=run.pk).exists()
