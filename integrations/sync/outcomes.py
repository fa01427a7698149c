"""What an answer makes of an operation: a table, no database and no network."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from integrations.models import Operation

from .clock import quiet
from .errors import AccountingError, Disconnected, Rejected, Retryable, UnknownOutcome
from .moves import Move
from .sending import Sending

State = Operation.State
# An operation that ends unknown or as our own fault this often waits for a person.
MOST_ATTEMPTS = 25
LONGEST_BACKOFF = 300.0
# How it is known that something is posted: we found it, or a person attached its number.
BY_LOOK, BY_PERSON = "query", "person"
# Where a position stands in a batch: an operation that must travel alone, because a batch was refused as a whole.
ALONE = "alone"
# The code of an operation that the books hold, or may hold, more than once.
SEVERAL = "several"
# Of what an answer to its whole message doesn't mention.
NO_ANSWER = UnknownOutcome("QuickBooks' answer says nothing about this one.", code="missing")
LIFTED_BY = {"mapping": State.BLOCKED_MAPPING, "inactive": State.BLOCKED_INACTIVE, "period": State.BLOCKED_PERIOD}


@dataclass(frozen=True, slots=True)
class Done:
    """The books hold it: their id, version and time of creation for it."""

    remote_id: str
    version: str = ""
    created_at: datetime | None = None
    evidence: dict[str, Any] = field(default_factory=dict)


Result = Done | AccountingError


def outcome(operation: Operation | Sending, result: Result, *, now: datetime, evidence: dict[str, Any]) -> Move:
    """`operation` is as it was when sent. The move out of `sending`, with what is written along."""
    if isinstance(result, Done):
        return posted(operation.pk, result, now=now, via="answer", evidence=evidence)
    facts = {**evidence, "code": result.code, "detail": result.detail}
    words = {"error_code": result.code[:40], "error_text": result.message}
    if isinstance(result, Retryable):
        return again(operation, result, now=now, evidence=facts)
    if isinstance(result, Rejected) and result.lift in LIFTED_BY:
        return Move(operation.pk, LIFTED_BY[result.lift], facts, words)
    if isinstance(result, Rejected):
        return Move(operation.pk, State.REJECTED, facts, {**words, "finished_at": now})
    if isinstance(result, Disconnected):
        return Move(operation.pk, State.BLOCKED_AUTH, facts, words)
    return doubt(operation, now=now, evidence=facts, words=words)


def posted(
    operation_id: int, found: Done, *, now: datetime, via: str, evidence: dict[str, Any], diverged: bool = False
) -> Move:
    values = {
        "remote_id": found.remote_id,
        "remote_version": found.version,
        "remote_created_at": found.created_at,
        "via": via,
        "finished_at": now,
        "not_before": None,
        "error_code": "",
        "error_text": "",
    }
    to = State.POSTED_DIVERGED if diverged else State.POSTED
    return Move(operation_id, to, {**evidence, **found.evidence, "remote_id": found.remote_id}, values)


def again(
    operation: Operation | Sending, error: Retryable, *, now: datetime, evidence: dict[str, Any], place: str = ""
) -> Move:
    """Certainly not executed: queued again, later each time, in a new message.

    Its payload is made anew then, as what it refers to may be linked differently by that time. One that was ever in
    doubt keeps its bytes.
    """
    values: dict[str, Any] = {
        "not_before": now + timedelta(seconds=backoff(operation.attempts, error.after)),
        "carrier_id": None,
        "request_id": "",
        "position": place,
        "error_code": error.code[:40],
        "error_text": error.message,
    }
    if operation.missed_at is None:
        values |= {"payload": None, "payload_sha256": ""}
    return Move(operation.pk, State.READY, evidence, values)


def doubt(operation: Operation | Sending, *, now: datetime, evidence: dict[str, Any], words: dict[str, Any]) -> Move:
    """May or may not be in the books. Nobody looks before nothing of that send can appear any more."""
    sent_at = operation.sent_at or now
    return Move(operation.pk, State.IN_DOUBT, evidence, {**words, "not_before": sent_at + quiet(), "lease_until": None})


def cut_short(operation_id: int, *, evidence: dict[str, Any], not_before: datetime) -> Move:
    """Nobody has it in hand any more, and whether its bytes left isn't known. Looked up from `not_before` on."""
    words = {"error_code": "no_answer", "error_text": "Sending was cut short; BigTime looks in QuickBooks first."}
    values = {**words, "fence": None, "lease_until": None, "not_before": not_before}
    return Move(operation_id, State.IN_DOUBT, evidence, values)


def backoff(attempts: int, after: float | None) -> float:
    """Seconds, jittered so that not everything returns at once. What the other side asked for is respected."""
    if after is not None:
        return after * random.uniform(1.0, 1.25)  # noqa: S311 - not a secret
    share = quiet().total_seconds() / 150
    return share * min(LONGEST_BACKOFF, 2.0 ** min(attempts, 10)) * random.uniform(0.5, 1.0)  # noqa: S311
