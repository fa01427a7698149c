"""Drives the outbox over Intuit's wire: several batches in flight, as many as Intuit stands, within the limits."""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import connections

from integrations.models import Connection, Operation
from integrations.sync import guard, outbox, reposting, resolve, scan
from integrations.sync.errors import AccountingError, Disconnected, Rejected, Retryable, UnknownOutcome
from integrations.sync.outbox import Claimed
from integrations.sync.outcomes import Result
from integrations.sync.readiness import outgoing
from integrations.sync.sending import Sending

from . import faults, tokens
from .books import OnlineBooks, done
from .client import Client

log = logging.getLogger(__name__)
MOST_IN_FLIGHT = 8
BATCH = 30
# A batch that takes this share of Intuit's minute is made smaller before Intuit's cut at two minutes hits it.
SLOW_SHARE = 1.0


@dataclass(slots=True)
class Pace:
    """How many batches fly and how large they are: one more after each that went well, half after one that didn't.

    `looked`: ids of those that are queued again, and whose former postings the books were asked for.
    """

    until: float
    looked: Collection[int] = ()
    allowed: int = 2
    size: int = BATCH
    is_over: bool = False
    lock: threading.Condition = field(default_factory=threading.Condition)

    def went_well(self, seconds: float) -> None:
        with self.lock:
            self.allowed = min(self.allowed + 1, MOST_IN_FLIGHT)
            if seconds > settings.MINUTE_SECONDS * SLOW_SHARE:
                self.size = max(self.size // 2, 1)
            else:
                self.size = min(self.size + 5, BATCH)
            self.lock.notify_all()

    def went_badly(self, *, smaller: bool = False) -> None:
        with self.lock:
            self.allowed = max(self.allowed // 2, 1)
            if smaller:
                self.size = max(self.size // 2, 1)

    def end(self) -> None:
        with self.lock:
            self.is_over = True
            self.lock.notify_all()

    def may_go(self, number: int) -> bool:
        """Waits for the turn of worker `number`; False when there is nothing more to do or no time."""
        with self.lock:
            while not self.is_over and number >= self.allowed and time.monotonic() < self.until:
                self.lock.wait(0.1)
            return not self.is_over and time.monotonic() < self.until


def drain(connection: Connection, *, seconds: float) -> None:
    """Frees, looks up and sends for about `seconds`, less when nothing is due. Safe to run many times at once."""
    connection = Connection.objects.select_related("firm").get(pk=connection.pk)
    outbox.expire(connection)
    if connection.status != Connection.Status.ACTIVE or guard.state(connection) == guard.ELSEWHERE:
        return
    outbox.lift(connection)
    if not outbox.due(connection):
        return
    pace = Pace(time.monotonic() + seconds, set(reposting.due(connection).values_list("pk", flat=True)))
    client = Client(connection, patience=seconds)
    try:
        if guard.must_look(connection) or pace.looked:
            scan.run(connection, OnlineBooks(client))
        resolve.due(connection, OnlineBooks(client))
        _send(connection, client, pace)
    except AccountingError as error:
        # Reading the books failed: nothing has changed, and the pump comes again.
        log.info("posting waits: %s", error.message)
    finally:
        client.close()


def _send(connection: Connection, client: Client, pace: Pace) -> None:
    """The first batch goes from this thread; where there is more, others help."""
    waiting = Operation.objects.filter(connection=connection, state=Operation.State.READY)[
        : MOST_IN_FLIGHT * BATCH
    ].count()
    helpers = [
        threading.Thread(target=_help, args=(connection, number, pace), name=f"poster-{number}", daemon=True)
        for number in range(1, min(MOST_IN_FLIGHT, -(-waiting // BATCH)))
    ]
    for each in helpers:
        each.start()
    try:
        _work(client, 0, pace)
    finally:
        pace.end()
        for each in helpers:
            each.join()


def _help(connection: Connection, number: int, pace: Pace) -> None:
    client = Client(connection, patience=max(pace.until - time.monotonic(), 0))
    try:
        _work(client, number, pace)
    except AccountingError as error:
        log.info("posting waits: %s", error.message)
        pace.end()
    except Exception:
        pace.end()
        log.exception("a poster stopped")
    finally:
        client.close()
        connections.close_all()


def _work(client: Client, number: int, pace: Pace) -> None:
    while pace.may_go(number):
        if not outbox.has_ready(client.connection):
            pace.end()
            return
        client.patience = max(pace.until - time.monotonic(), 0)
        client.permit()
        claimed = outbox.claim(client.connection, limit=pace.size, looked=pace.looked)
        if claimed is None:
            pace.end()
            return
        if not _carry(client, claimed, pace):
            pace.end()


def _carry(client: Client, claimed: Claimed, pace: Pace) -> bool:
    """Sends one batch and writes what became of it. False when the others should stop, too."""
    guard.sent(claimed.connection, claimed.carrier.pk)
    began = time.monotonic()
    try:
        answers = client.batch(
            [_item(each, claimed.connection) for each in claimed.operations], claimed.request_id, claimed.send_by
        )
    except AccountingError as error:
        outbox.release(claimed, error, {"tid": client.tid})
        pace.went_badly(smaller=isinstance(error, UnknownOutcome | Rejected))
        return not isinstance(error, Disconnected | Retryable) or error.code == "late"
    except Exception as error:
        # Ours: held as unknown, with its traceback, since the bytes may have left.
        log.exception("sending a batch failed")
        held = UnknownOutcome(
            "Something went wrong in BigTime.", code="bug", detail=f"{error!r}\n{traceback.format_exc()}"
        )
        outbox.release(claimed, held, {"tid": client.tid})
        return False
    results = {position: _result(answer, claimed) for position, answer in answers.items()}
    outbox.settle(claimed, results, {"tid": client.tid, "status": 200})
    refused = next((each for each in results.values() if isinstance(each, Disconnected)), None)
    if refused is not None:
        tokens.pause(claimed.connection, refused.code, refused.message)
        return False
    pace.went_well(time.monotonic() - began)
    return True


def _item(operation: Sending, connection: Connection) -> dict[str, Any]:
    name = outgoing(connection, operation.entity).online
    return {"bId": operation.position, "operation": operation.verb, name: operation.payload}


def _result(answer: dict[str, Any], claimed: Claimed) -> Result:
    if "Fault" in answer:
        error = faults.of_fault(answer["Fault"], is_replay=claimed.is_replay)
        # In a batch the whole was accepted, so a token isn't what this one item lacks.
        return (
            Disconnected(error.message, code=error.code, detail=error.detail)
            if isinstance(error, faults.TokenRejected)
            else error
        )
    if not answer.get("Id"):
        return UnknownOutcome(faults.UNKNOWN, code="unreadable", detail=str(answer)[:500])
    return done(answer)
