"""Our records while their operations go: locked as posted or as being decided about, or free again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from integrations.models import Connection, Operation

from . import readiness
from .moves import Move
from .outcomes import State
from .sending import Sending

WAITING = "Waiting to be posted to QuickBooks"


def hold(operations: Sequence[Operation | Sending], changes: list[Move], connection: Connection, now: datetime) -> None:
    """Locks our records as posted, or frees them, as their operations went. Call it in the transaction of the moves."""
    states = {each.operation_id: each.to for each in changes}
    day = now.astimezone(_zone(connection))
    notes: dict[str, tuple[str, str]] = {
        State.POSTED: ("posted", f"Posted to QuickBooks on {day:%b %-d, %Y}"),
        State.POSTED_DIVERGED: ("posted", f"Posted to QuickBooks on {day:%b %-d, %Y}; it differs there"),
        State.NEEDS_PERSON: ("posting", "Waiting for a decision: see QuickBooks, Errors"),
        State.READY: ("posting", WAITING),
        State.IN_DOUBT: ("posting", WAITING),
        State.REJECTED: ("", ""),
        State.ABSENT: ("", ""),
        State.CANCELLED: ("", ""),
        State.SKIPPED: ("", ""),
    }
    gone: dict[tuple[str, str], list[Operation | Sending]] = defaultdict(list)
    for each in operations:
        gone[each.entity, states[each.pk]].append(each)
    for (entity, state), own in gone.items():
        if state in notes:
            lock, note = notes[state]
            ids = [each.local_id for each in own] if lock else _held_by_nothing_else(own)
            readiness.outgoing(connection, entity).lock(ids, lock, note)


def _held_by_nothing_else(ended: list[Operation | Sending]) -> list[int]:
    """The records of these that may be freed: a later operation, or one to other books, may hold or have posted it."""
    ids = {each.local_id for each in ended}
    others = Operation.objects.live().filter(local_model=ended[0].local_model, local_id__in=ids)
    others = others.exclude(pk__in=[each.pk for each in ended])
    return sorted(ids - set(others.values_list("local_id", flat=True)))


def _zone(connection: Connection) -> ZoneInfo:
    """An answer is worth more than the right day in a note, so a zone that doesn't exist is no error here."""
    try:
        return ZoneInfo(connection.firm.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
