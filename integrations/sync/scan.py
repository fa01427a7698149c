"""Before this process posts: does the database know everything that carries one of our markers in the books?

It doesn't after a backup was restored. What was posted since is then in the books, and queued or not even queued here.
Nor when a copy of a company file was open for a while, where some of what was posted is missing: it may be back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, Max, Min, OuterRef, QuerySet
from django.db.models.functions import Coalesce

from integrations import registry
from integrations.models import Connection, Operation, SyncIssue

from . import guard, markers, moves, outcomes, readiness
from .books import Books, Found, Index
from .claims import hold
from .clock import database_now
from .crash import point
from .moves import Move
from .outcomes import State
from .resolve import OVERLAP

# Records are derived this many markers: one for each time they may have been posted in what was forgotten.
SEQUENCES = 8
POSTED = [State.POSTED, State.POSTED_DIVERGED]
# States in which a database that forgot nothing can't be while the books hold the transaction.
FORGETFUL = [State.READY, *Operation.BLOCKED]
MOST_TOLD = 20  # numbers of transactions in one sentence


@dataclass(frozen=True, slots=True)
class Forgotten:
    """A record of ours that the books hold as posted for the `seq`th time."""

    local_id: int
    seq: int
    marker: str
    found: Found


def run(connection: Connection, books: Books) -> int:
    """Links what the books hold and we don't know as posted, and lets this process post. How many records that were.

    Raises what `books` raises; the process may not post then.
    """
    linked = 0
    for entity in _outgoing(connection):
        index = Index.of(connection, entity, books.created_since(entity, since(connection, entity)))
        point("scan_read")
        linked += _reconcile(connection, index) if index.by_marker else 0
    guard.looked(connection)
    return linked


def _outgoing(connection: Connection) -> list[str]:
    entities = registry.get(connection.system).entities
    return [key for key, spec in entities.items() if getattr(spec, "local_model", "")]


def since(connection: Connection, entity: str) -> datetime:
    """What the books are asked from: the newest transaction known here, or the earliest of those that were missing and
    are wanted again. Where none is known, the firm's first day: the connection itself may be younger than what was
    posted through a former one.
    """
    mine = Operation.objects.filter(connection=connection, entity=entity)
    newest = mine.aggregate(newest=Max("remote_created_at"))["newest"]
    known: datetime = newest - OVERLAP if newest else connection.firm.created_at - timedelta(days=1)
    at = Coalesce("remote_created_at", "sent_at", "created_at")
    again = wanted_again(connection).filter(connection=OuterRef("connection"), local_id=OuterRef("local_id"))
    missing = mine.filter(Exists(again), state=State.ABSENT).aggregate(earliest=Min(at))["earliest"]
    return min(known, missing - OVERLAP) if missing else known


def wanted_again(connection: Connection | int | OuterRef) -> QuerySet[Operation]:
    """What is queued for records whose former posting was missing in the books when they were last asked."""
    former = Operation.objects.filter(
        connection=OuterRef("connection"), local_model=OuterRef("local_model"), local_id=OuterRef("local_id"),
        state=State.ABSENT,
    )  # fmt: skip
    of: dict[str, Any] = {"connection": connection}
    return Operation.objects.filter(Exists(former), **of, state__in=FORGETFUL, seq__gt=1)


def _reconcile(connection: Connection, index: Index) -> int:
    with transaction.atomic(durable=True):
        known = _known(connection, index)
        linked = _link_queued(connection, index, known) + _link_returned(connection, index, known)
        unknown = {m: rows for m, rows in index.by_marker.items() if m not in known}
        forgotten = _recognise(connection, index, unknown) if unknown else []
        linked += _link_forgotten(connection, index, forgotten)
        _tell_unknown(connection, index, set(unknown) - {each.marker for each in forgotten})
        _tell_doubled(connection, index, known)
        point("scan_before_commit")
    return linked


def _known(connection: Connection, index: Index) -> dict[str, Operation]:
    operations = Operation.objects.filter(connection=connection, marker__in=list(index.by_marker))
    return {each.marker: each for each in operations.select_for_update(of=("self",), no_key=True)}


def _link_queued(connection: Connection, index: Index, known: dict[str, Operation]) -> int:
    pairs = [(each, index.by_marker[m]) for m, each in known.items() if each.state in FORGETFUL]
    return _link(connection, index, pairs)


def _link_returned(connection: Connection, index: Index, known: dict[str, Operation]) -> int:
    """What was missing is there again, and counts as posted. What was queued in its place is withdrawn."""
    missing = [each for each in known.values() if each.state == State.ABSENT]
    if not missing:
        return 0
    live = _live(connection, index, [each.local_id for each in missing])
    elsewhere = _posted_elsewhere(connection, index, [each.local_id for each in missing])
    newest = {each.local_id: each for each in sorted(missing, key=lambda each: each.seq)}
    instead = {i: live[i] for i in newest if i in live}
    free = {i for i in newest if i not in elsewhere and (i not in instead or instead[i].state in FORGETFUL)}
    returned = [newest[i] for i in free]
    # Free until now, so it may have been changed here.
    _draw_up(connection, index, returned)
    now = database_now()
    words = {"finished_at": now, "error_text": "Not sent: what was posted before is in QuickBooks again."}
    queued = [instead[each.local_id].pk for each in returned if each.local_id in instead]
    moves.apply([Move(pk, State.CANCELLED, {"returned": True}, words) for pk in queued], from_states=FORGETFUL)
    changes = [_found(each, index.by_marker[each.marker], index, now) for each in returned]
    moved = moves.apply(changes, from_states=[State.ABSENT])
    hold([each for each in returned if each.pk in moved], changes, connection, now)
    return len(moved)


def _posted_elsewhere(connection: Connection, index: Index, local_ids: list[int]) -> set[int]:
    """What went to other books while it was missing in these."""
    others = Operation.objects.live().filter(local_model=index.spec.local_model, local_id__in=local_ids)
    return set(others.exclude(connection=connection).values_list("local_id", flat=True))


def _link(connection: Connection, index: Index, pairs: Iterable[tuple[Operation, list[Found]]]) -> int:
    """Queued operations that the books hold already are posted, or a question where they are there twice."""
    now = database_now()
    listed = list(pairs)
    operations = [operation for operation, _ in listed]
    _draw_up(connection, index, [each for each in operations if each.payload is None])
    changes = [_found(operation, found, index, now) for operation, found in listed]
    moved = moves.apply(changes, from_states=FORGETFUL)
    hold([each for each in operations if each.pk in moved], changes, connection, now)
    return len(moved)


def _draw_up(connection: Connection, index: Index, operations: list[Operation]) -> None:
    """What would be sent now, so that it can be compared. Where that can't be said, what was sent before."""
    documents = readiness.check(connection, index.entity, [each.local_id for each in operations]) if operations else {}
    for each in operations:
        document = documents[each.local_id].document
        if document is not None:
            each.payload = readiness.stamped(connection, index.entity, document, each.marker)


def _found(operation: Operation, found: list[Found], index: Index, now: datetime) -> Move:
    evidence: dict[str, Any] = {"scan": now, "found": [each.done.remote_id for each in found]}
    if len(found) > 1:
        values = {"error_code": outcomes.SEVERAL, "error_text": "QuickBooks holds this more than once. Keep one there."}
        return Move(operation.pk, State.NEEDS_PERSON, evidence, values)
    differences = index.differences(operation, found[0])
    move = outcomes.posted(
        operation.pk, found[0].done, now=now, via="query", evidence=evidence, diverged=bool(differences)
    )
    move.values.update(marker=operation.marker, seq=operation.seq, payload=operation.payload)
    return move


def _recognise(connection: Connection, index: Index, unknown: dict[str, list[Found]]) -> list[Forgotten]:
    """Records that we hold as free or queued and that the books hold under a marker we no longer know."""
    model = index.spec.local_model
    seen = []
    for local_id, identity in index.spec.identities(connection, None).items():
        for seq in range(1, SEQUENCES + 1):
            marker = markers.derive(connection, model, local_id, identity, seq)
            if marker in unknown:
                seen.append(Forgotten(local_id, seq, marker, unknown[marker][0]))
    return seen


def _link_forgotten(connection: Connection, index: Index, forgotten: list[Forgotten]) -> int:
    """The newest posting of each record counts; its queued operation becomes that one, or it gets one."""
    newest = {each.local_id: each for each in sorted(forgotten, key=lambda each: each.seq)}
    live = _live(connection, index, list(newest))
    pairs = []
    for local_id, each in newest.items():
        operation = live.get(local_id)
        if operation is not None and operation.state in FORGETFUL:
            operation.marker, operation.seq = each.marker, each.seq
            pairs.append((operation, [each.found]))
    missing = [each for each in newest.values() if each.local_id not in live]
    return _link(connection, index, pairs) + _create(connection, index, missing)


def _live(connection: Connection, index: Index, local_ids: list[int]) -> dict[int, Operation]:
    rows = Operation.objects.live().filter(
        connection=connection, local_model=index.spec.local_model, local_id__in=local_ids
    )
    return {each.local_id: each for each in rows.select_for_update(of=("self",), no_key=True)}


def _create(connection: Connection, index: Index, forgotten: list[Forgotten]) -> int:
    """Operations for records that were free here."""
    rows = [
        Operation(
            connection=connection, entity=index.entity, local_model=index.spec.local_model, local_id=each.local_id,
            seq=each.seq, marker=each.marker, state=State.READY,
            label=f"found in QuickBooks as {each.found.done.remote_id}",
        )
        for each in forgotten
    ]  # fmt: skip
    created = Operation.objects.bulk_create(rows)
    return _link(connection, index, [(op, [each.found]) for op, each in zip(created, forgotten, strict=True)])


def _tell_unknown(connection: Connection, index: Index, orphans: set[str]) -> None:
    """What carries our marker and belongs to no record here."""
    ids = sorted(found.done.remote_id for marker in orphans for found in index.by_marker[marker])
    text = (
        f"{len(ids)} transactions in QuickBooks were posted by BigTime, but their records aren't in this database. "
        "They may have been made after the backup that was restored, or by another installation."
    )
    _tell(connection, index, "unknown_marker", ids, text)


def _tell_doubled(connection: Connection, index: Index, known: dict[str, Operation]) -> None:
    """What the books hold beside the one that counts here: copied there by hand, or back with a company file."""
    marked = [each for each in known.values() if each.state in POSTED or each.state == State.ABSENT]
    live = Operation.objects.filter(
        connection=connection, local_model=index.spec.local_model, local_id__in={each.local_id for each in marked},
        state__in=POSTED,
    )  # fmt: skip
    counts = dict(live.values_list("local_id", "remote_id"))
    ids = sorted(
        found.done.remote_id
        for operation in marked
        for found in index.by_marker[operation.marker]
        if counts.get(operation.local_id, found.done.remote_id) != found.done.remote_id
    )
    first = ", ".join(ids[:MOST_TOLD]) + (" and others" if len(ids) > MOST_TOLD else "")
    text = (
        f"QuickBooks holds {len(ids)} transactions a second time: {first}. BigTime counts another one for the same "
        "record. They may have been copied there, or have come back with a company file. Delete what is too many there."
    )
    _tell(connection, index, "doubled", ids, text)


def _tell(connection: Connection, index: Index, code: str, ids: list[str], text: str) -> None:
    """Once, by number."""
    detail = ", ".join(ids)[:5000]
    if ids and not SyncIssue.objects.filter(connection=connection, code=code, detail=detail).exists():
        SyncIssue.objects.create(
            connection=connection, entity=index.entity, kind=SyncIssue.Kind.WARNING, code=code, message=text,
            detail=detail,
        )  # fmt: skip
