"""Sending, as the outbox sees it: what is taken and committed before any byte leaves, and what the answer changes.

Every write after a call carries the fence of the claim: a worker that slept past its lease changes nothing any more.
"""

from __future__ import annotations

import hashlib
import json
import logging
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from integrations.models import Carrier, Connection, Operation

from . import guard, moves, outcomes, readiness, reposting, sending
from .clock import boot_time, database_now, lease, quiet, send_window
from .crash import point
from .errors import AccountingError, Rejected, Retryable
from .holding import hold
from .moves import Move
from .outcomes import ALONE, NO_ANSWER, Result, State
from .sending import Sending

log = logging.getLogger(__name__)
BATCH = 30
BLOCKED_STATE = {"inactive": State.BLOCKED_INACTIVE, "closed": State.BLOCKED_PERIOD}
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Claimed:
    """One message to send: its operations in order, each with `position`, `entity`, `verb` and the frozen `payload`.

    `send_by`: seconds of `clock.boot_time` until which its bytes may leave. `is_replay`: these bytes went out before.
    """

    connection: Connection
    carrier: Carrier
    fence: uuid.UUID
    operations: list[Sending]
    send_by: float
    is_replay: bool = False
    evidence: dict[str, Any] = field(default_factory=dict)

    @property
    def request_id(self) -> str:
        return self.carrier.request_id


def claim(
    connection: Connection, *, limit: int = BATCH, held: timedelta | None = None, by: dict[str, Any] | None = None,
    looked: Collection[int] = (),
) -> Claimed | None:  # fmt: skip
    """Takes up to `limit` operations that are due and ready, and commits that. None when there is nothing to send.

    Those that turn out not to be ready go to their blocked state instead. `held`: how long they are this worker's,
    where the installation's lease isn't enough; `by`: evidence of who has the message; `looked`: ids of those whose
    former postings the books were asked for. Others that have such are left alone.
    """
    while True:
        with transaction.atomic(durable=True):
            owner = guard.writable(connection)
            # Only now: whoever is queueing much holds the connection's row, and that wait isn't the message's.
            started, now = boot_time(), database_now()
            candidates = _looked_for(_candidates(owner, limit, now), looked) if owner else []
            if owner is None or not candidates:
                return None
            sendable = _freeze(owner, candidates, now)
            claimed = _carry(owner, sendable, now, started, until=now + (held or lease()), by=by) if sendable else None
            point("claim_before_commit")
        if claimed:
            point("after_claim")
            return claimed


def _candidates(connection: Connection, limit: int, now: datetime) -> list[Sending]:
    """Locked rows, skipping what others hold. A message that may be repeated byte for byte comes as a whole."""
    first = sending.ready(connection, now, limit=limit)
    if not first or first[0].position == ALONE:
        return first[:1]
    if first[0].carrier_id:
        return sending.ready(connection, now, carrier=first[0].carrier_id, limit=None)
    return [each for each in first if not each.carrier_id and each.position != ALONE]


def _looked_for(operations: list[Sending], looked: Collection[int]) -> list[Sending]:
    """Without those that may be in the books already, by a former operation, and that nobody has looked for yet."""
    later = [each.pk for each in operations if each.seq > 1 and each.pk not in looked]
    if not later:
        return operations
    connection = operations[0].connection_id
    unlooked = set(reposting.wanted_again(connection).filter(pk__in=later).values_list("pk", flat=True))
    return [each for each in operations if each.pk not in unlooked]


def _freeze(connection: Connection, operations: list[Sending], now: datetime) -> list[Sending]:
    """Payloads are made once, here; what isn't ready is moved aside with its reason."""
    blocked: list[Move] = []
    for entity in {each.entity for each in operations if each.payload is None}:
        fresh = [each for each in operations if each.entity == entity and each.payload is None]
        found = readiness.check(connection, entity, [each.local_id for each in fresh])
        stamp = readiness.stamp(connection, entity)
        for each in fresh:
            answer = found[each.local_id]
            if answer.document is None:
                blocked.append(_blocked(each, answer.blockers[0]))
            else:
                each.payload = stamp(answer.document, each.marker)
                each.payload_sha256 = digest(each.payload)
    moves.apply(blocked, from_states=[State.READY])
    return [each for each in operations if each.payload is not None]


def _blocked(operation: Sending, blocker: readiness.Blocker) -> Move:
    state = BLOCKED_STATE.get(blocker.code, State.BLOCKED_MAPPING)
    values = {"error_code": blocker.code, "error_text": blocker.text, "sent_at": None}
    return Move(operation.pk, state, {"blocker": blocker.code}, values)


def _carry(
    connection: Connection, operations: list[Sending], now: datetime, started: float, *, until: datetime,
    by: dict[str, Any] | None,
) -> Claimed:  # fmt: skip
    known = operations[0].carrier_id
    former = Carrier.objects.get(pk=known) if known else None
    replays = former is not None and _is_whole(former, operations)
    if former is None or not replays:
        for number, each in enumerate(operations, 1):
            each.position = str(number)
        carrier = Carrier.objects.create(
            connection=connection, request_id=uuid.uuid4().hex, size=len(operations), sent_at=now,
            body_sha256=body_hash(operations), evidence=by or {},
        )  # fmt: skip
    else:
        carrier = former
        carrier.state, carrier.sent_at = Carrier.State.SENDING, now
        carrier.evidence = {**carrier.evidence, **(by or {}), "replays": carrier.evidence.get("replays", 0) + 1}
        carrier.save(update_fields=["state", "sent_at", "evidence"])
    fence = uuid.uuid4()
    _take(operations, carrier, fence, now, until)
    return Claimed(connection, carrier, fence, operations, started + send_window(), replays)


def _is_whole(carrier: Carrier, operations: list[Sending]) -> bool:
    operations.sort(key=lambda each: int(each.position or 0))
    return len(operations) == carrier.size and body_hash(operations) == carrier.body_sha256


def _take(operations: list[Sending], carrier: Carrier, fence: uuid.UUID, now: datetime, until: datetime) -> None:
    # Alike in all of them, so written down as text once.
    shared = {
        "carrier_id": carrier.pk,
        "fence": str(fence),
        "lease_until": until.isoformat(),
        "misses": 0,
        "not_before": None,
        "request_id": carrier.request_id,
        "sent_at": now.isoformat(),
    }
    changes = []
    for each in operations:
        each.attempts, each.sent_at, each.carrier_id = each.attempts + 1, now, carrier.pk
        own = {
            "attempts": each.attempts,
            "payload": each.payload,
            "payload_sha256": each.payload_sha256,
            "position": each.position,
        }
        evidence = {
            "request_id": carrier.request_id, "position": each.position, "payload_sha256": each.payload_sha256
        }  # fmt: skip
        changes.append(Move(each.pk, State.SENDING, evidence, {**shared, **own}))
    moves.apply(changes, from_states=[State.READY])


def canonical(payload: Any) -> bytes:
    """The one way a payload is written: equal payloads are equal bytes."""
    return _CANONICAL.encode(payload).encode("utf-8", "replace")


def digest(payload: Any) -> str:
    """SHA-256 of its canonical bytes, in hexadecimal."""
    return hashlib.sha256(canonical(payload)).hexdigest()


def body_hash(operations: list[Sending]) -> str:
    """Of everything the message's bytes are made from."""
    parts = [[each.position, each.verb, each.entity, each.payload] for each in operations]
    return digest(parts)


def settle(claimed: Claimed, answers: Mapping[str, Result], evidence: dict[str, Any] | None = None) -> set[int]:
    """Writes what the answers, by position, made of each operation; one without an answer is in doubt.

    One transaction. Ids of the operations that moved: none when the lease had run out in the meantime.
    """
    facts = {**claimed.evidence, **(evidence or {})}
    with transaction.atomic(durable=True):
        now = database_now()
        changes = [
            outcomes.outcome(each, answers.get(each.position, NO_ANSWER), now=now, evidence=facts)
            for each in claimed.operations
        ]
        moved = _finish(claimed, changes, Carrier.State.ANSWERED, facts, now)
        point("settle_before_commit")
    point("after_settle")
    return moved


def release(claimed: Claimed, error: AccountingError, evidence: dict[str, Any] | None = None) -> set[int]:
    """The message as a whole failed: nothing was sent, or nobody knows, or it was refused without saying which item."""
    facts = {**claimed.evidence, **(evidence or {}), "message": True}
    is_suspect = isinstance(error, Rejected) and len(claimed.operations) > 1
    with transaction.atomic(durable=True):
        now = database_now()
        changes = [
            _to_travel_alone(each, error, now, facts)
            if is_suspect
            else outcomes.outcome(each, error, now=now, evidence=facts)
            for each in claimed.operations
        ]
        moved = _finish(claimed, changes, Carrier.State.LOST, {**facts, "code": error.code}, now)
        point("release_before_commit")
    return moved


def _to_travel_alone(operation: Sending, error: AccountingError, now: datetime, facts: dict[str, Any]) -> Move:
    again = Retryable(error.message, code=error.code, detail=error.detail, after=0)
    return outcomes.again(operation, again, now=now, evidence={**facts, "detail": error.detail}, place=ALONE)


def _finish(claimed: Claimed, changes: list[Move], state: str, facts: dict[str, Any], now: datetime) -> set[int]:
    moved = moves.apply(changes, from_states=[State.SENDING], fence=claimed.fence)
    if len(moved) < len(changes):
        log.warning("an answer came after the lease had run out; it is looked up in the books instead")
    Carrier.objects.filter(pk=claimed.carrier.pk).update(
        state=state, answered_at=now, evidence={**claimed.carrier.evidence, **facts}
    )
    hold([each for each in claimed.operations if each.pk in moved], changes, claimed.connection, now)
    return moved


def expire(connection: Connection) -> int:
    """What a dead worker held is in doubt: whether its bytes left isn't known. How many there were."""
    with transaction.atomic(durable=True):
        now = database_now()
        dead = Operation.objects.filter(connection=connection, state=State.SENDING, lease_until__lt=now)
        operations = list(dead.select_for_update(skip_locked=True, of=("self",)).only("pk", "sent_at"))
        changes = [
            outcomes.cut_short(each.pk, evidence={"lease": "expired"}, not_before=(each.sent_at or now) + quiet())
            for each in operations
        ]
        moved = moves.apply(changes, from_states=[State.SENDING])
        point("expire_before_commit")
    return len(moved)
