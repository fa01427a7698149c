"""What a person may decide about work that hasn't arrived: withdraw, try again, skip, or say that it is there already.

Each works on many operations at once, leaves alone what is not in a state for it, and gives back those it changed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from django.db import IntegrityError, transaction

from integrations.models import Connection, Operation

from . import moves, outcomes, readiness
from .clock import database_now
from .errors import Rejected
from .holding import hold
from .moves import Move
from .outcomes import SEVERAL, Done, State

WITHDRAWABLE = [State.READY, *Operation.BLOCKED]
RETRYABLE = [*Operation.BLOCKED, State.NEEDS_PERSON]
SKIPPABLE = [State.READY, *Operation.BLOCKED, State.REJECTED, State.NEEDS_PERSON]
ATTACHABLE = [State.READY, State.IN_DOUBT, *Operation.FAILED]
# Everything that is made anew when something new is to be sent.
FRESH: dict[str, Any] = {
    "payload": None,
    "payload_sha256": "",
    "request_id": "",
    "carrier_id": None,
    "position": "",
    "not_before": None,
    "misses": 0,
    "missed_at": None,
    "error_code": "",
    "error_text": "",
}


def withdraw(*, operations: Sequence[Operation], by: Any) -> list[Operation]:
    """Takes queued and blocked work back, and frees the records. What was sent already can't be withdrawn."""

    def move(operation: Operation) -> Move | None:
        return Move(operation.pk, State.CANCELLED, {"withdrawn": True}, {"finished_at": database_now()})

    return change([each.pk for each in operations], move, WITHDRAWABLE, by)


def skip(*, operations: Sequence[Operation], reason: str, by: Any) -> list[Operation]:
    """Ends failed work without posting it, for a reason that stays in its history. Raises Rejected without one.

    What the books hold more than once stays a question: skipped, its record would be free to be posted again.
    """
    if not reason.strip():
        raise Rejected("Say why these are skipped.", code="reason")

    def move(operation: Operation) -> Move | None:
        if operation.state == State.NEEDS_PERSON and operation.error_code == SEVERAL:
            return None
        values = {"finished_at": database_now(), "error_text": reason.strip()}
        return Move(operation.pk, State.SKIPPED, {"reason": reason.strip()}, values)

    return change([each.pk for each in operations], move, SKIPPABLE, by)


def retry(*, operations: Sequence[Operation], by: Any) -> list[Operation]:
    """Blocked work is made anew and queued; what needs a person is looked up in the books again."""

    def move(operation: Operation) -> Move | None:
        if operation.state == State.NEEDS_PERSON:
            # Nothing goes out before the books were asked: it may well be there.
            values = {"misses": 0, "not_before": database_now(), "attempts": 0, "error_code": "", "error_text": ""}
            return Move(operation.pk, State.IN_DOUBT, {"again": True}, values)
        return Move(operation.pk, State.READY, {"again": True}, FRESH)

    return change([each.pk for each in operations], move, RETRYABLE, by)


def attach(*, operation: Operation, remote_id: str, by: Any) -> Operation:
    """A person says that it is in the books already, under this id. Raises Rejected when that can't be."""
    remote_id = remote_id.strip()
    if not remote_id:
        raise Rejected("Give the id it has in QuickBooks.", code="remote_id")
    others = Operation.objects.filter(connection=operation.connection, entity=operation.entity, remote_id=remote_id)
    with transaction.atomic():
        # Two people attaching the same id at once: the connection's row makes them queue.
        Connection.objects.select_for_update(of=("self",), no_key=True).get(pk=operation.connection_id)
        other = others.live().exclude(pk=operation.pk).first()
        if other is not None:
            raise Rejected(f"{remote_id} already belongs to {other.label or other.local_id}.", code="taken")
        if _is_held_elsewhere(operation):
            raise Rejected("It has been queued again meanwhile, or posted to other books.", code="state")
        now = database_now()

        def move(each: Operation) -> Move | None:
            return outcomes.posted(
                each.pk, Done(remote_id), now=now, via=outcomes.BY_PERSON, evidence={"attached": True}
            )

        try:
            with transaction.atomic():
                changed = change([operation.pk], move, ATTACHABLE, by)
        except IntegrityError:
            raise Rejected("It has been queued again meanwhile.", code="state") from None
    if not changed:
        raise Rejected("This isn't waiting for a decision any more.", code="state")
    return changed[0]


def _is_held_elsewhere(operation: Operation) -> bool:
    """A later operation, or one to other books, holds this record or has posted it."""
    same = Operation.objects.live().filter(local_model=operation.local_model, local_id=operation.local_id)
    return same.exclude(pk=operation.pk).exists()


def change(
    ids: Collection[int], move: Callable[[Operation], Move | None], states: Sequence[str], by: Any
) -> list[Operation]:
    """Moves those that are in one of the states, as `move` says of each, and holds or frees their records."""
    with transaction.atomic():
        rows = Operation.objects.filter(pk__in=ids, state__in=states).select_related("connection__firm").order_by("pk")
        locked = list(rows.select_for_update(of=("self",)))
        changes = [change for each in locked if (change := move(each)) is not None]
        moved = moves.apply(changes, from_states=states, by=by)
        changed = [each for each in locked if each.pk in moved]
        for connection in {each.connection for each in changed}:
            own = [each for each in changed if each.connection_id == connection.pk]
            hold(own, changes, connection, database_now())
    return list(Operation.objects.filter(pk__in=moved).order_by("pk"))


def lift(connection: Connection) -> int:
    """Queues again what was blocked for a reason that is gone. How many those were. Safe at any time, constant SQL."""
    return _lift_auth(connection) + _lift_rest(connection)


def _lift_auth(connection: Connection) -> int:
    if connection.status != Connection.Status.ACTIVE:
        return 0
    with transaction.atomic():
        waiting = Operation.objects.filter(connection=connection, state=State.BLOCKED_AUTH)
        ids = waiting.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)
        # As new messages: under its old request id QuickBooks would repeat the old refusal.
        changes = [Move(pk, State.READY, {"reconnected": True}, FRESH) for pk in ids]
        return len(moves.apply(changes, from_states=[State.BLOCKED_AUTH]))


def _lift_rest(connection: Connection) -> int:
    """What we found missing is looked at whenever this runs; what the books refused, after the next sync with them."""
    states = [State.BLOCKED_MAPPING, State.BLOCKED_INACTIVE, State.BLOCKED_PERIOD]
    with transaction.atomic():
        rows = Operation.objects.filter(connection=connection, state__in=states)
        blocked = [
            each for each in rows.select_for_update(skip_locked=True, of=("self",)) if each.was_read_since(connection)
        ]
        changes = []
        for entity in {each.entity for each in blocked}:
            own = [each for each in blocked if each.entity == entity]
            found = readiness.check(connection, entity, [each.local_id for each in own])
            changes += [
                Move(each.pk, State.READY, {"lifted": True}, FRESH) for each in own if found[each.local_id].ready
            ]
        return len(moves.apply(changes, from_states=states))
