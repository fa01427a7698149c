"""Drives the outbox over an agent's visit: recovery first, then a look at the company file, then message sets of adds.

What was handed out and never answered is asked for by its message set id and then looked for by its marker. Nothing is
sent again before both have spoken. QuickBooks serves one program at a time, so no quiet period is needed for that where
it is certain that the same computer asks (`continuity`). Any other waits out the time in which the first may still
carry out what it has in hand; Intuit's Web Connector sets itself no such time, so then a person is asked.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from bigtime.core.prepared import Prepared
from integrations.models import Carrier, Connection, Operation
from integrations.sync import guard, moves, outbox, outcomes, reposting, resolve, scan, sending
from integrations.sync.clock import boot_time, database_now, quiet
from integrations.sync.crash import point
from integrations.sync.errors import AccountingError, Rejected, UnknownOutcome
from integrations.sync.holding import hold
from integrations.sync.moves import Move
from integrations.sync.outbox import Claimed, Done
from integrations.sync.outcomes import NO_ANSWER, Result, State
from integrations.sync.presence import POSTED
from integrations.sync.readiness import Outgoing, outgoing
from integrations.sync.sending import Sending

from . import books, continuity, holdings, hresults, qbxml, statuses
from .models import Agent
from .qbxml import Answer, Request
from .visit import Ask, Outcome, Visit

POST, RECOVER = "post", "recover"
ENTITY = "time_entry"
BATCH = 100
# QuickBooks may work on a hundred adds for minutes.
LEASE = timedelta(minutes=20)
# From the claim on, in quiet periods: a Sync Agent begins what it has in hand within a minute or not at all, and gives
# QuickBooks five for it. As much again is in reserve.
HANDED = 4
_FREE = Q(lease_until__isnull=True) | Q(lease_until__lt=Now())


def set_id(carrier: Carrier) -> str:
    return carrier.request_id[: qbxml.LONGEST_SET_ID]


def needed(visit: Visit) -> bool:
    """Whether there is something to recover, to look up, or to send. Changes nothing."""
    if guard.state(visit.connection) == guard.ELSEWHERE:
        return False
    standing = _standing(visit)
    return standing.ready or standing.doubtful or (standing.unanswered and _unanswered(visit) is not None)


@dataclass(frozen=True, slots=True)
class Standing:
    """Of a connection's operations: `unanswered` were handed out, `doubtful` may be looked up now, `ready` sent now.

    `again`: some are queued for records whose former posting may be in the file.
    """

    unanswered: bool
    doubtful: bool
    ready: bool
    again: bool


def _standing_of(connection: int) -> QuerySet[Connection, tuple[bool, ...]]:
    is_due = Q(not_before__isnull=True) | Q(not_before__lte=Now())
    mine = Operation.objects.filter(connection=OuterRef("pk")).order_by()
    unanswered = mine.filter(state__in=[State.SENDING, State.IN_DOUBT], carrier__isnull=False)
    doubtful = mine.filter(_FREE, state=State.IN_DOUBT, not_before__lte=Now())
    ready = mine.filter(is_due, state=State.READY)
    again = reposting.due(OuterRef("pk")).order_by()
    found = (Exists(unanswered), Exists(doubtful), Exists(ready), Exists(again))
    return Connection.objects.filter(pk=connection).values_list(*found)


_STANDING = Prepared(_standing_of, connection=int)
_CARRIER = Prepared(
    lambda carrier, connection: Carrier.objects.filter(pk=carrier, connection=connection).order_by(),
    carrier=int,
    connection=int,
)


def _standing(visit: Visit) -> Standing:
    """In one statement: it is asked for with every call."""
    [found] = _STANDING.rows(connection=visit.connection.pk)
    return Standing(*found)


def ask(visit: Visit) -> Ask | None:
    """What to ask next; None when nothing is left for this visit."""
    connection = visit.connection
    if guard.state(connection) == guard.ELSEWHERE:
        return None
    standing = _standing(visit)
    carrier = _unanswered(visit) if standing.unanswered else None
    if carrier is not None:
        return _recover(carrier)
    doubtful = _doubtful(visit) if standing.doubtful else []
    if doubtful:
        entity = doubtful[0].entity
        since = min(each.sent_at or each.created_at for each in doubtful) - resolve.OVERLAP
        return books.ask(visit, entity, since, "doubt")
    if not standing.ready:
        return None
    if not _is_scanned(visit, standing):
        visit.state["scanning"] = _wanted_again(visit) if standing.again else []
        return books.ask(visit, ENTITY, scan.since(connection, ENTITY), "scan")
    return _post(visit)


def _is_scanned(visit: Visit, standing: Standing) -> bool:
    """Whether the file was looked through for everything that is about to be sent, in this visit."""
    scanned = visit.state.get("scanned")
    return scanned is not None and not (standing.again and set(_wanted_again(visit)) - set(scanned))


def _wanted_again(visit: Visit) -> list[int]:
    return list(reposting.wanted_again(visit.connection).values_list("pk", flat=True))


def looked(visit: Visit, why: str) -> None:
    """Everything was looked at: the engine judges, with what was collected."""
    found = books.LookedUp(visit.session)
    if why == "scan":
        holdings.looked(visit, ENTITY, scan.since(visit.connection, ENTITY))
        visit.note_found(scan.run(visit.connection, found))
        visit.state["scanned"] = visit.state.pop("scanning", [])
    else:
        doubtful = [each.pk for each in _doubtful(visit)]
        resolve.due(visit.connection, found)
        visit.note_found(Operation.objects.filter(pk__in=doubtful, state__in=POSTED).count())
    books.forget(visit.session)


def _open_operations(visit: Visit) -> Any:
    return Operation.objects.filter(connection=visit.connection, state__in=[State.SENDING, State.IN_DOUBT])


def _unanswered(visit: Visit) -> Carrier | None:
    """The oldest message that was handed out, wasn't answered, and wasn't asked for in this visit."""
    asked = visit.state.get("recovered", [])
    carriers = Carrier.objects.filter(connection=visit.connection, operations__in=_open_operations(visit))
    return carriers.exclude(pk__in=asked).order_by("pk").first()


def _doubtful(visit: Visit) -> list[Operation]:
    due = Operation.objects.filter(_FREE, connection=visit.connection, state=State.IN_DOUBT, not_before__lte=Now())
    return list(due.order_by("pk").only("pk", "entity", "sent_at", "created_at"))


def _recover(carrier: Carrier) -> Ask:
    text = qbxml.build([], old_id=set_id(carrier), on_error="stopOnError")
    return Ask(RECOVER, text, {"carrier": carrier.pk, "set": set_id(carrier)})


def recovered(visit: Visit, asked: dict[str, Any], outcome: Outcome) -> None:
    """What QuickBooks remembers of a message: its answer, that it never came, or nothing that can be relied on."""
    visit.state["recovered"] = [*visit.state.get("recovered", []), asked["carrier"]]
    carrier = Carrier.objects.get(pk=asked["carrier"], connection=visit.connection)
    answer = outcome.answer
    is_told = answer is not None and bool(answer.responses) and answer.set_status in (None, 0)
    results = _results(_operations(carrier), answer) if answer and is_told else {}
    never = answer is not None and answer.set_status == statuses.NEVER_ARRIVED
    facts = {"recovered": answer.set_status if answer else outcome.hresult}
    visit.note_found(_write_recovered(visit, carrier, results, facts, never=never))


def _operations(carrier: Carrier) -> list[Operation]:
    return list(carrier.operations.filter(state__in=[State.SENDING, State.IN_DOUBT]).order_by("pk"))


def _write_recovered(
    visit: Visit, carrier: Carrier, results: dict[str, Result], facts: dict[str, Any], *, never: bool
) -> int:
    """One transaction; how many are posted. What isn't known for certain is in doubt and is looked up next.

    "Never arrived" counts as one of the two misses when it is about the newest message, QuickBooks remembers only that,
    and when nobody has that message in hand any more.
    """
    connection = visit.connection
    with transaction.atomic(durable=True):
        now = database_now()
        operations = list(
            Operation.objects.filter(carrier=carrier, state__in=[State.SENDING, State.IN_DOUBT])
            .select_for_update(of=("self",))
            .order_by("pk")
        )
        newest = not Carrier.objects.filter(connection=connection, pk__gt=carrier.pk).exists()
        holder = _elsewhere(visit, carrier)
        when = max(now, carrier.sent_at + HANDED * quiet()) if holder else now
        never = never and newest and when <= now
        changes = [_recovered(each, results.get(each.position), facts, now, when) for each in operations]
        told = [each for each in changes if each.to != State.IN_DOUBT]
        moved = moves.apply(told, from_states=[State.SENDING, State.IN_DOUBT])
        moves.apply([each for each in changes if each.to == State.IN_DOUBT], from_states=[State.SENDING])
        doubtful = Operation.objects.filter(carrier=carrier, state=State.IN_DOUBT)
        doubtful.update(not_before=when, lease_until=None, **({"misses": 1} if never else {}))
        Carrier.objects.filter(pk=carrier.pk).update(
            state=Carrier.State.ANSWERED if results else Carrier.State.LOST,
            evidence={**carrier.evidence, **facts, resolve.HELD_BY: _unbound(holder)},
        )
        hold([each for each in operations if each.pk in moved], told, connection, now)
        point("desktop_recover_before_commit")
    return sum(each.to == State.POSTED and each.operation_id in moved for each in told)


def _elsewhere(visit: Visit, carrier: Carrier) -> Agent | None:
    """Whose computer had this message; None where it is the one that is asking: it does one thing after the other."""
    if continuity.is_same(visit, carrier.evidence.get("line")):
        return None
    return Agent.objects.filter(pk=carrier.evidence.get("agent")).first()


def _unbound(holder: Agent | None) -> str:
    """Who may still carry it out after any time, in words."""
    if holder is None or holder.kind != Agent.Kind.WEB_CONNECTOR:
        return ""
    return f"the Web Connector on {holder.computer}" if holder.computer else "the Web Connector"


def _recovered(
    operation: Operation, result: Result | None, facts: dict[str, Any], now: datetime, when: datetime
) -> Move:
    if isinstance(result, Done):
        return outcomes.posted(operation.pk, result, now=now, via="replay", evidence=facts)
    if result is None or isinstance(result, UnknownOutcome):
        return outcomes.cut_short(operation.pk, evidence=facts, not_before=when)
    return outcomes.outcome(operation, result, now=now, evidence=facts)


def _post(visit: Visit) -> Ask | None:
    by = {"agent": visit.session.agent_id, "line": visit.state.get("line")}
    looked = visit.state["scanned"]
    claimed = outbox.claim(visit.connection, limit=BATCH, held=LEASE, by=by, looked=looked)
    if claimed is None:
        return None
    guard.sent(visit.connection, claimed.carrier.pk)
    specs = {entity: outgoing(visit.connection, entity) for entity in {each.entity for each in claimed.operations}}
    requests = [_add(specs[each.entity], each) for each in claimed.operations]
    # What QuickBooks remembers of the set before, whose answer is taken, is given free with the next one.
    text = qbxml.build(requests, new_id=set_id(claimed.carrier), old_id=visit.state.pop("answered_set", ""))
    about = {"carrier": claimed.carrier.pk, "set": set_id(claimed.carrier)}
    return Ask(POST, text, {**about, "fence": claimed.fence.hex, "again": claimed.is_replay})


def _add(spec: Outgoing, operation: Sending) -> Request:
    """JSON in the database keeps no order: the entity's declaration gives it back."""
    content = qbxml.ordered(operation.payload or {}, spec.desktop_order)
    # Asked back is only what is kept of it: the answer is a quarter as long.
    whole = {f"{spec.desktop}Add": content, "IncludeRetElement": books.KEPT}
    return Request(f"{spec.desktop}Add", operation.position, whole)


def posted(visit: Visit, asked: dict[str, Any], outcome: Outcome) -> int:
    """Writes what became of a message set; how many of its operations moved."""
    carrier: Carrier = next(_CARRIER.objects(carrier=asked["carrier"], connection=visit.connection.pk))
    fence = uuid.UUID(asked["fence"])
    operations = sending.sent(carrier, fence)
    if not operations:
        return 0
    claimed = Claimed(visit.connection, carrier, fence, operations, boot_time(), bool(asked.get("again")))
    if outcome.answer is not None and outcome.answer.responses:
        visit.state["answered_set"] = set_id(carrier)
        return len(outbox.settle(claimed, _results(operations, outcome.answer), {"set": set_id(carrier)}))
    facts = {"hresult": outcome.hresult, "set_status": outcome.answer.set_status if outcome.answer else None}
    return len(outbox.release(claimed, _failure(outcome), facts))


def _failure(outcome: Outcome) -> AccountingError:
    if outcome.answer is not None:
        return UnknownOutcome("QuickBooks answered nothing.", code=f"set_{outcome.answer.set_status}")
    trouble = hresults.trouble(outcome.hresult, outcome.message)
    if hresults.is_parse_error(outcome.hresult):
        # The whole set was refused before anything of it was done.
        return Rejected("QuickBooks couldn't read this entry.", code=outcome.hresult, detail=outcome.message)
    return UnknownOutcome(trouble.words, code=outcome.hresult or "unreadable", detail=outcome.message[:500])


def _results(operations: Sequence[Operation | Sending], answer: Answer) -> dict[str, Result]:
    by_position = {each.position: each for each in operations}
    results: dict[str, Result] = {}
    for response in answer.responses:
        operation = by_position.get(response.request_id)
        if operation is not None:
            error = statuses.error_of(response, attempts=operation.attempts)
            row = next((row for row in response.rows if row.get("TxnID")), None)
            results[operation.position] = error or (books.done(row) if row else NO_ANSWER)
    return results
