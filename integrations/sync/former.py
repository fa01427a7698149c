"""What books that a firm no longer works with still hold: nothing of it can be sent or looked up while they are away.

What was never sent is released when the firm connects another company. What may have arrived there stays held until
that company is connected again, or a person who can look into it says what became of it.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from integrations.models import Connection, Operation

from . import decisions
from .clock import database_now
from .errors import Rejected
from .moves import Move
from .outcomes import State

# May be in the books, or not: only the books can tell.
UNDECIDED = (State.SENDING, State.IN_DOUBT, State.NEEDS_PERSON)
DECIDABLE = (State.IN_DOUBT, State.NEEDS_PERSON)


def held(firm: Any) -> QuerySet[Operation]:
    """Everything open toward books of the firm's that aren't connected now."""
    away = Connection.objects.for_firm(firm).filter(status=Connection.Status.DISABLED)
    return Operation.objects.filter(connection__in=away.values("pk")).open()


def undecided(firm: Any) -> QuerySet[Operation]:
    return held(firm).filter(state__in=UNDECIDED)


def waiting(firm: Any) -> QuerySet[Operation]:
    """Never sent, or certainly not taken: waits for its company to be connected again."""
    return held(firm).filter(state__in=decisions.WITHDRAWABLE)


@transaction.atomic
def release(*, firm: Any, current: Connection, by: Any) -> int:
    """The firm works with `current` now: what waited for other books is free to be posted to these; how many."""
    queued = waiting(firm).exclude(connection=current).select_related("connection")
    why = {each.pk: f"Released: not sent to {each.connection}, because {current} is connected now." for each in queued}
    return len(_end(why, decisions.WITHDRAWABLE, {"released_for": current.company_id}, by))


@transaction.atomic
def release_waiting(*, firm: Any, operations: Collection[int], by: Any) -> int:
    """A person doesn't want to wait for books that aren't connected; how many records are free again."""
    chosen = waiting(firm).filter(pk__in=operations).select_related("connection")
    _hold_away(chosen)
    why = {each.pk: f"Released: never sent to {each.connection}." for each in chosen}
    return len(_end(why, decisions.WITHDRAWABLE, {"by_hand": "not sent"}, by))


@transaction.atomic
def declare_absent(*, firm: Any, operations: Collection[int], reason: str, by: Any) -> int:
    """A person has looked there and it isn't in those books: its record is free to be posted again; how many.

    Raises Rejected without a reason. What QuickBooks may still be working on is left alone.
    """
    if not reason.strip():
        raise Rejected("Say how you know: the ledger keeps it.", code="reason")
    chosen = _settled(undecided(firm).filter(pk__in=operations)).select_related("connection")
    _hold_away(chosen)
    said = reason.strip()[:300]
    why = {each.pk: f"Released by hand: not in {each.connection}. {said}" for each in chosen}
    return len(_end(why, DECIDABLE, {"by_hand": "not in QuickBooks", "reason": said}, by))


@transaction.atomic
def declare_present(*, firm: Any, operation: Operation, number: str, by: Any) -> Operation:
    """A person has looked there and it is in those books, under this number: it counts as posted there.

    Raises Rejected when it can't be decided by hand (any more).
    """
    chosen = _settled(undecided(firm).filter(pk=operation.pk))
    _hold_away(chosen)
    if not chosen.exists():
        raise Rejected(NOT_NOW, code="state")
    return decisions.attach(operation=operation, remote_id=number[:100], by=by)


NOT_NOW = "This can’t be decided by hand now: its company is connected again, or QuickBooks may still be working on it."


def _settled(operations: QuerySet[Operation]) -> QuerySet[Operation]:
    """Those of which nothing can appear in the books any more by itself."""
    over = Q(not_before__isnull=True) | Q(not_before__lte=database_now())
    return operations.filter(over, state__in=DECIDABLE)


def _hold_away(operations: QuerySet[Operation]) -> None:
    """Keeps their books from being connected while a person decides without them."""
    ids = set(operations.order_by().values_list("connection_id", flat=True))
    list(Connection.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=ids).order_by("pk"))


def _end(why: dict[int, str], states: Collection[str], evidence: dict[str, Any], by: Any) -> list[Operation]:
    def move(operation: Operation) -> Move | None:
        # Connected again a moment ago: then it is looked up or sent as everything else.
        if operation.connection.is_enabled:
            return None
        values = {"finished_at": database_now(), "error_text": why[operation.pk], "error_code": "", "not_before": None}
        return Move(operation.pk, State.CANCELLED, evidence, values)

    return decisions.change(list(why), move, tuple(states), by)
