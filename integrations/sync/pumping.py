"""What is due, read from PostgreSQL alone: the record of the work, whatever became of the hints."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass

from django.db import DatabaseError, InterfaceError
from django.db import connection as database
from django.db.models import Exists, Max, OuterRef, Q

from integrations import registry
from integrations.models import Connection, Exchange, Operation, SyncRun

from . import outbox, runs
from .clock import database_now

KEPT_EXCHANGES = 2000
LOCK = 471_402  # ours among the database's advisory locks, beside the one of `work`
NEARLY = 0.8  # of its time: the work wasn't done, the time was


@dataclass(frozen=True, slots=True)
class Work:
    """Connections with something to post or look up, and sync runs nobody carries on."""

    connections: list[Connection]
    runs: list[SyncRun]

    def __bool__(self) -> bool:
        return bool(self.connections or self.runs)


def work() -> Work:
    """Constant SQL but for the sync runs, of which a connection has one at most."""
    return Work(_connections(), _runs())


def drain(connection: Connection, *, seconds: float) -> bool:
    """Posts and looks up what is due, unless another worker is at it. Whether it is worth coming again at once.

    Two at once would do no harm, but the second would only stand in the first one's way.
    """
    newest = Operation.objects.filter(connection=connection).aggregate(newest=Max("pk"))["newest"] or 0
    began = time.monotonic()
    if not _lock("pg_try_advisory_lock", connection.pk):
        return False
    try:
        registry.get(connection.system).driver.drain(connection, seconds)
    finally:
        with suppress(DatabaseError, InterfaceError):
            _lock("pg_advisory_unlock", connection.pk)
    if time.monotonic() - began >= seconds * NEARLY:
        return outbox.has_ready(connection)
    # Whoever pushed these while we were ending found us still at it.
    return Operation.objects.filter(connection=connection, state=Operation.State.READY, pk__gt=newest).exists()


def _lock(function: str, connection_id: int) -> bool:
    """An advisory lock, which dies with the worker's database session."""
    with database.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, %s)", [LOCK, connection_id])
        return bool(cursor.fetchone()[0])


def _connections() -> list[Connection]:
    now = database_now()
    due = (
        Q(state=Operation.State.READY) & (Q(not_before__isnull=True) | Q(not_before__lte=now))
        | Q(state=Operation.State.IN_DOUBT, not_before__lte=now)
        # Blocked ones are looked at again: their cause may be gone.
        | Q(state__in=Operation.BLOCKED)
    )
    waiting = Exists(Operation.objects.filter(due, connection=OuterRef("pk")))
    # What a dead worker held is freed even where nothing may be sent now.
    expired = Q(state=Operation.State.SENDING, lease_until__lt=now)
    held = Exists(Operation.objects.filter(expired, connection=OuterRef("pk")))
    # What waits for a call from the other side is no work of ours.
    elsewhere = [system.key for system in registry.installed() if system.waits_for]
    ours = Q(waiting, status=Connection.Status.ACTIVE) & ~Q(system__in=elsewhere)
    found = Connection.objects.filter(ours | Q(held))
    return list(found.select_related("firm").order_by("pk"))


def _runs() -> list[SyncRun]:
    """Open runs that nobody works on, and one for each connection whose next check has come."""
    checked = Connection.objects.filter(status=Connection.Status.ACTIVE, imported_at__isnull=False)
    for connection in checked.filter(next_check_at__lte=database_now()).order_by("pk"):
        runs.start(connection=connection)
    return runs.sweep()


def forget_exchanges() -> int:
    """Keeps the newest raw requests and answers of each connection. How many went."""
    gone = 0
    for connection in Connection.objects.order_by("pk").only("pk"):
        newest = Exchange.objects.filter(connection=connection).order_by("-pk").values_list("pk", flat=True)
        oldest_kept = next(iter(newest[KEPT_EXCHANGES - 1 : KEPT_EXCHANGES]), None)
        if oldest_kept is not None:
            gone += Exchange.objects.filter(connection=connection, pk__lt=oldest_kept).delete()[0]
    return gone
