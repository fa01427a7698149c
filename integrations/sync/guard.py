"""Who may write to the books: only the installation that is meant to, and only when it knows what it has posted.

A copy of the database elsewhere reads and never writes until a person says so. A restored backup has forgotten what was
posted since; before it posts again it looks for its own markers in the books (`scan`).
"""

from __future__ import annotations

import os
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from bigtime.core.prepared import Prepared
from integrations.models import Carrier, Connection

from . import instance

OURS, ELSEWHERE, QUARANTINED = "ours", "elsewhere", "quarantined"
SENTENCES = {
    ELSEWHERE: "This looks like a copy of another BigTime installation. Nothing is posted until an administrator says "
    "that this one posts from now on.",
    QUARANTINED: "BigTime is looking up in QuickBooks what was posted before. Posting goes on by itself after that.",
}
_HELD = Prepared(
    lambda connection: Connection.objects.filter(pk=connection).order_by().select_for_update(no_key=True),
    connection=int,
)
# By process and connection: the newest message this process sent. If the database no longer knows it, it was restored.
_newest: dict[tuple[int, int], int] = {}
_looked: set[tuple[int, int]] = set()


def state(connection: Connection) -> str:
    """`ours`, `elsewhere` (another installation owns these books), or `quarantined` (a scan comes first)."""
    if connection.instance and connection.instance != instance.current():
        return ELSEWHERE
    return QUARANTINED if connection.quarantined_at else OURS


def writable(connection: Connection) -> Connection | None:
    """The connection as it is now, its row held against a disconnect, when this installation may write to its books.

    Call it in the transaction of a claim.
    """
    now: Connection | None = next(_HELD.objects(connection=connection.pk), None)
    if now is None or now.status != Connection.Status.ACTIVE:
        return None
    now.firm = connection.firm  # read with the connection, not again for every message
    if not now.instance:
        now.instance = instance.current()
        now.save(update_fields=["instance"])
    return now if state(now) == OURS else None


def adopt(*, connection: Connection, by: Any) -> None:
    """A person says: this installation posts from now on. What the other one has posted is looked up first."""
    with transaction.atomic():
        Connection.objects.filter(pk=connection.pk).update(instance=instance.current(), quarantined_at=Now())
    connection.refresh_from_db(fields=["instance", "quarantined_at"])


def quarantine(*, connection: Connection) -> None:
    """After a restore, or on any doubt about what was posted: nothing goes out before the next scan."""
    Connection.objects.filter(pk=connection.pk, quarantined_at__isnull=True).update(quarantined_at=Now())
    connection.refresh_from_db(fields=["quarantined_at"])


def must_look(connection: Connection) -> bool:
    """Whether the books must be asked before this process posts: its first time, in quarantine, after a restore."""
    key = (os.getpid(), connection.pk)
    newest = _newest.get(key)
    if newest and not Carrier.objects.filter(pk=newest, connection=connection).exists():
        quarantine(connection=connection)
        _newest.pop(key)
    return connection.quarantined_at is not None or key not in _looked


def looked(connection: Connection) -> None:
    """The scan is done: this process may post, and so may others, unless quarantine was called anew meanwhile."""
    _looked.add((os.getpid(), connection.pk))
    if connection.quarantined_at:
        called = Connection.objects.filter(pk=connection.pk, quarantined_at=connection.quarantined_at)
        called.update(quarantined_at=None)
        connection.refresh_from_db(fields=["quarantined_at"])


def sent(connection: Connection, carrier_id: int) -> None:
    """Remembered outside the database, for `must_look`."""
    key = (os.getpid(), connection.pk)
    _newest[key] = max(carrier_id, _newest.get(key, 0))
