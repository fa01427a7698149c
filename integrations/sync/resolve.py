"""Unknown outcomes are looked up in the books: found once it is posted, found twice a person decides, missed twice it
may go out again. One reading of the books serves everything in doubt of one kind.
"""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from integrations.models import Carrier, Connection, Operation

from . import moves, outcomes
from .books import Books, Found, Index
from .clock import again, database_now, lease
from .crash import point
from .errors import AccountingError
from .holding import hold
from .moves import Move
from .outcomes import MOST_ATTEMPTS, SEVERAL, State

# The other side's clock and ours differ, and it may stamp a record with the time it began.
OVERLAP = timedelta(minutes=10)
MISSES = 2
ONCE_MORE = 1  # a message is repeated byte for byte once; after that its operations get new ones
UNMARKED = (
    "QuickBooks holds the same without BigTime's mark. If it is this one, attach its number; "
    "if it isn't, skip this and post it again."
)
TWICE = (
    "QuickBooks holds more than one transaction that may be this one. Delete what is too many there and retry, "
    "or attach the number of the right one."
)
# In a carrier's evidence: who may still carry it out after any time, in words.
HELD_BY = "held_by"
HELD = (
    "This was handed to {}, which never said what became of it, and QuickBooks doesn't hold it. Make sure that it "
    "isn't still at work there: close it, or let it finish. Then retry."
)
MOST = 5000  # operations looked up in one go


@dataclass(frozen=True, slots=True)
class Doubt:
    """What one worker took to look up."""

    operations: list[Operation]
    fence: uuid.UUID


def due(connection: Connection, books: Books) -> int:
    """Looks up what is due; how many were found or missed. Raises what `books` raises, and changes nothing then."""
    doubt = _take(connection)
    if doubt is None:
        return 0
    point("resolve_taken")
    try:
        return sum(
            _look_up(connection, entity, doubt, books) for entity in sorted({o.entity for o in doubt.operations})
        )
    except AccountingError:
        Operation.objects.filter(fence=doubt.fence, state=State.IN_DOUBT).update(lease_until=None)
        raise


def _look_up(connection: Connection, entity: str, doubt: Doubt, books: Books) -> int:
    operations = [each for each in doubt.operations if each.entity == entity]
    since = min(each.sent_at or each.created_at for each in operations) - OVERLAP
    index = Index.of(connection, entity, books.created_since(entity, since))
    point("resolve_read")
    return _settle(connection, Doubt(operations, doubt.fence), index)


def _take(connection: Connection) -> Doubt | None:
    with transaction.atomic(durable=True):
        now = database_now()
        free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
        waiting = Operation.objects.filter(free, connection=connection, state=State.IN_DOUBT, not_before__lte=now)
        locked = waiting.select_related("carrier").select_for_update(skip_locked=True, of=("self",))
        operations = list(locked.order_by("pk")[:MOST])
        if not operations:
            return None
        fence = uuid.uuid4()
        Operation.objects.filter(pk__in=[each.pk for each in operations]).update(fence=fence, lease_until=now + lease())
    return Doubt(operations, fence)


def _settle(connection: Connection, doubt: Doubt, index: Index) -> int:
    matches = _match(connection, doubt.operations, index)
    with transaction.atomic(durable=True):
        now = database_now()
        changes = [_judge(each, matches[each.pk], index, now) for each in doubt.operations]
        _repeat_whole_messages(doubt.operations, changes)
        moved = moves.apply(changes, from_states=[State.IN_DOUBT], fence=doubt.fence)
        hold([each for each in doubt.operations if each.pk in moved], changes, connection, now)
        point("resolve_before_commit")
    point("after_resolve")
    return len(moved)


def _match(connection: Connection, operations: list[Operation], index: Index) -> dict[int, list[Found]]:
    """For each operation, every record of the books that may be it."""
    taken = _taken(connection, index)
    by_content: dict[tuple[Any, ...], list[Operation]] = defaultdict(list)
    matches: dict[int, list[Found]] = {}
    for each in operations:
        # One that never went out may carry its marker in the books all the same: the database forgot sending it.
        if each.payload is None or index.marked(each):
            matches[each.pk] = index.by_marker.get(each.marker) or _without_mark(each, index, taken)
        else:
            by_content[index.content(each)].append(each)
    for content, same in by_content.items():
        found = [each for each in index.by_content.get(content, []) if each.done.remote_id not in taken]
        if len(found) == len(same):
            # Equal in everything that is compared, and as many there as here: which is which makes no difference.
            matches.update({each.pk: [one] for each, one in zip(same, found, strict=True)})
        else:
            matches.update({each.pk: found + found if found else [] for each in same})
    return matches


def _without_mark(operation: Operation, index: Index, taken: set[str]) -> list[Found]:
    """Records that say the same and carry no mark: a person may have removed it, or have entered the same by hand."""
    return [each for each in index.by_content.get(index.content(operation), []) if each.done.remote_id not in taken]


def _taken(connection: Connection, index: Index) -> set[str]:
    ids = [found.done.remote_id for rows in index.by_content.values() for found in rows]
    known = Operation.objects.filter(connection=connection, entity=index.entity, remote_id__in=ids)
    return set(known.values_list("remote_id", flat=True)) if ids else set()


def _judge(operation: Operation, found: list[Found], index: Index, now: datetime) -> Move:
    evidence: dict[str, Any] = {"looked_up": now, "found": [each.done.remote_id for each in found]}
    if len(found) > 1:
        return _ask(operation, evidence, SEVERAL, TWICE)
    if found and index.marked(operation) and not index.mark_of(found[0]):
        return _ask(operation, evidence, "unmarked", UNMARKED)
    if found:
        differences = index.differences(operation, found[0])
        evidence |= index.both_sides(operation, found[0], differences)
        return outcomes.posted(
            operation.pk, found[0].done, now=now, via=outcomes.BY_LOOK, evidence=evidence, diverged=bool(differences)
        )
    return _missed(operation, evidence, now)


def _missed(operation: Operation, evidence: dict[str, Any], now: datetime) -> Move:
    misses = operation.misses + 1
    values: dict[str, Any] = {"misses": misses, "missed_at": now, "lease_until": None}
    if misses < MISSES:
        return Move(operation.pk, State.IN_DOUBT, evidence, {**values, "not_before": now + again()})
    holder = operation.carrier.evidence.get(HELD_BY) if operation.carrier else ""
    # Attempts begin anew when a person has answered.
    if holder and operation.attempts:
        return _ask(operation, evidence, "held", HELD.format(holder))
    if operation.attempts >= MOST_ATTEMPTS:
        return _ask(operation, evidence, "gave_up", "QuickBooks never answered clearly. Try again?")
    fresh = {"not_before": None, "carrier_id": None, "request_id": "", "position": ""}
    return Move(operation.pk, State.READY, evidence, {**values, **fresh})


def _ask(operation: Operation, evidence: dict[str, Any], code: str, question: str) -> Move:
    values = {"error_code": code, "error_text": question, "lease_until": None, "not_before": None}
    return Move(operation.pk, State.NEEDS_PERSON, evidence, values)


def _repeat_whole_messages(operations: list[Operation], changes: list[Move]) -> None:
    """A message missed as a whole keeps its request id: where the other side remembers it, that is a second barrier."""
    going = {each.operation_id for each in changes if each.to == State.READY}
    missed = Counter(each.carrier_id for each in operations if each.pk in going and each.carrier_id)
    carriers = Carrier.objects.filter(pk__in=missed).select_for_update()
    whole = {c.pk for c in carriers if c.size == missed[c.pk] and c.evidence.get("replays", 0) < ONCE_MORE}
    kept = {each.pk: each for each in operations if each.carrier_id in whole}
    for change in changes:
        operation = kept.get(change.operation_id)
        if operation is not None:
            change.values.update(
                carrier_id=operation.carrier_id, request_id=operation.request_id, position=operation.position
            )
