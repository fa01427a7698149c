"""What is due, read from PostgreSQL alone: the record of the work, whatever became of the hints."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from integrations.models import Connection, Exchange, Operation, SyncRun

from . import runs
from .clock import database_now

KEPT_EXCHANGES = 2000


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


def may_drain(connection: Connection) -> bool:
    """Whether this connection sends at all now."""
    return Connection.objects.filter(pk=connection.pk, status=Connection.Status.ACTIVE).exists()


def _connections() -> list[Connection]:
    now = database_now()
    due = (
        Q(state=Operation.State.READY) & (Q(not_before__isnull=True) | Q(not_before__lte=now))
        | Q(state=Operation.State.SENDING, lease_until__lt=now)
        | Q(state=Operation.State.IN_DOUBT, not_before__lte=now)
        # Blocked ones are looked at again: their cause may be gone.
        | Q(state__in=Operation.BLOCKED)
    )
    waiting = Operation.objects.filter(due, connection=OuterRef("pk"))
    active = Connection.objects.filter(Exists(waiting), status=Connection.Status.ACTIVE)
    return list(active.select_related("firm").order_by("pk"))


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
