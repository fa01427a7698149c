"""Before this process posts: does the database know everything that carries one of our markers in the books?

It doesn't after a backup was restored. What was posted since is then in the books, and queued or not even queued here.
Nor when a copy of a company file was open for a while, where some of what was posted is missing: it may be back. Nor
when somebody gave up what had been sent, and it arrived after all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, Max, Min, OuterRef
from django.db.models.functions import Coalesce

from integrations import registry
from integrations.models import Connection, Operation, SyncIssue

from . import guard, markers, moves, outcomes, readiness
from .books import Books, Found, Index
from .claims import digest
from .clock import database_now
from .crash import point
from .holding import hold
from .moves import Move
from .outcomes import State
from .presence import POSTED
from .reposting import ENDED, FORGETFUL, MAY_BE_THERE, wanted_again
from .resolve import OVERLAP

# Records are derived so many markers more than are known: one for each time they may have been queued in what was
# forgotten.
SEQUENCES = 8
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
        linked += _reconcile(connection, index) if index.by_marker or index.by_content else 0
    guard.looked(connection)
    return linked


def _outgoing(connection: Connection) -> list[str]:
    entities = registry.get(connection.system).entities
    return [key for key, spec in entities.items() if getattr(spec, "local_model", "")]


def since(connection: Connection, entity: str) -> datetime:
    """What the books are asked from: the newest transaction known here, or the earliest of those that may be there and
    are wanted again. Where none is known, the firm's first day: the connection itself may be younger than what was
    posted through a former one.
    """
    mine = Operation.objects.filter(connection=connection, entity=entity)
    # By their clock and by ours: theirs may have run ahead when it was posted.
    newest = mine.filter(remote_created_at__isnull=False).aggregate(Max("remote_created_at"), Max("finished_at"))
    clocks = [moment for moment in newest.values() if moment]
    known: datetime = min(clocks) - OVERLAP if clocks else connection.firm.created_at - timedelta(days=1)
    at = Coalesce("remote_created_at", "sent_at", "created_at")
    again = wanted_again(connection).filter(connection=OuterRef("connection"), local_id=OuterRef("local_id"))
    former = mine.filter(MAY_BE_THERE, Exists(again)).aggregate(earliest=Min(at))["earliest"]
    return min(known, former - OVERLAP) if former else known


def _reconcile(connection: Connection, index: Index) -> int:
    with transaction.atomic(durable=True):
        _recognise_by_number(connection, index)
        known = _known(connection, index)
        ended = {m: each for m, each in known.items() if each.state in ENDED}
        homeless = _homeless(connection, index, ended)
        returned = [each for m, each in ended.items() if m not in homeless]
        linked = _link_queued(connection, index, known) + _link_returned(connection, index, returned)
        unknown = {m: rows for m, rows in index.by_marker.items() if m not in known}
        forgotten = _recognise(connection, index, unknown) if unknown else []
        linked += _link_forgotten(connection, index, forgotten)
        _tell_unknown(connection, index, set(unknown) - {each.marker for each in forgotten} | homeless)
        _tell_doubled(connection, index, known)
        point("scan_before_commit")
    return linked


def _recognise_by_number(connection: Connection, index: Index) -> None:
    """What was missing and carries no mark: somebody took it out there, or marks are switched off."""
    unmarked = {found.done.remote_id: found for rows in index.by_content.values() for found in rows}
    missing = Operation.objects.filter(connection=connection, entity=index.entity, state=State.ABSENT)
    ours = missing.filter(remote_id__in=list(unmarked)).order_by("pk").values_list("remote_id", "marker")
    for remote_id, marker in dict(ours).items():
        index.by_marker[marker].append(unmarked[remote_id])


def _homeless(connection: Connection, index: Index, ended: dict[str, Operation]) -> set[str]:
    """Markers of those whose record was deleted here meanwhile."""
    ids = [each.local_id for each in ended.values()]
    here = index.spec.identities(connection, ids) if ids else {}
    return {marker for marker, each in ended.items() if each.local_id not in here}


def _known(connection: Connection, index: Index) -> dict[str, Operation]:
    operations = Operation.objects.filter(connection=connection, marker__in=list(index.by_marker))
    return {each.marker: each for each in operations.select_for_update(of=("self",), no_key=True)}


def _link_queued(connection: Connection, index: Index, known: dict[str, Operation]) -> int:
    pairs = [(each, index.by_marker[m]) for m, each in known.items() if each.state in FORGETFUL]
    return _link(connection, index, pairs)


def _link_returned(connection: Connection, index: Index, ended: list[Operation]) -> int:
    """What ended here and is there counts as posted. What was queued in its place is withdrawn."""
    if not ended:
        return 0
    live = _live(connection, index, [each.local_id for each in ended])
    elsewhere = _posted_elsewhere(connection, index, [each.local_id for each in ended])
    newest = {each.local_id: each for each in sorted(ended, key=lambda each: each.seq)}
    instead = {i: live[i] for i in newest if i in live}
    free = {i for i in newest if i not in elsewhere and (i not in instead or instead[i].state in FORGETFUL)}
    returned = [newest[i] for i in free]
    # Free until now, so it may have been changed here.
    _draw_up(connection, index, returned)
    now = database_now()
    words = {"finished_at": now, "error_text": "Not sent: what was sent before is in QuickBooks."}
    queued = [instead[each.local_id].pk for each in returned if each.local_id in instead]
    moves.apply([Move(pk, State.CANCELLED, {"returned": True}, words) for pk in queued], from_states=FORGETFUL)
    changes = [_found(each, index.by_marker[each.marker], index, now) for each in returned]
    moved = moves.apply(changes, from_states=ENDED)
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
    """What the records say now, so that it can be compared. Where that can't be said whole, what was sent before, with
    what is certain. Settings may have changed since; what they decide is as it was sent.

    What was sent stays as it is. Where nothing is known of that, this stands for it, with what settings decide as the
    books hold it now.
    """
    verdicts = readiness.check(connection, index.entity, [each.local_id for each in operations]) if operations else {}
    documents = {i: verdict.document for i, verdict in verdicts.items()}
    former = {each.local_id: each.payload or {} for each in operations if documents[each.local_id] is None}
    restated = index.spec.restated(former, index.dialect) if former else {}
    for each in operations:
        document = documents[each.local_id] or restated.get(each.local_id)
        if document is None:
            continue
        settled = index.spec.settled_as(document, each.payload or index.by_marker[each.marker][0].raw)
        here = readiness.stamped(connection, index.entity, settled, each.marker)
        if each.payload is None:
            each.payload, each.payload_sha256 = here, digest(here)
        elif index.spec.differences(here, each.payload, index.dialect):
            index.here[each.pk] = here


def _found(operation: Operation, found: list[Found], index: Index, now: datetime) -> Move:
    evidence: dict[str, Any] = {"scan": now, "found": [each.done.remote_id for each in found]}
    if len(found) > 1:
        values = {"error_code": outcomes.SEVERAL, "error_text": "QuickBooks holds this more than once. Keep one there."}
        return Move(operation.pk, State.NEEDS_PERSON, evidence, values)
    differences = index.differences(operation, found[0])
    evidence |= index.both_sides(operation, found[0], differences)
    evidence |= {"here": index.here[operation.pk]} if operation.pk in index.here else {}
    # What somebody attached is known by its number still.
    via = outcomes.BY_PERSON if operation.via == outcomes.BY_PERSON else outcomes.BY_LOOK
    move = outcomes.posted(operation.pk, found[0].done, now=now, via=via, evidence=evidence, diverged=bool(differences))
    sent = {"payload": operation.payload, "payload_sha256": operation.payload_sha256}
    move.values.update(marker=operation.marker, seq=operation.seq, **sent)
    return move


def _recognise(connection: Connection, index: Index, unknown: dict[str, list[Found]]) -> list[Forgotten]:
    """Records that we hold as free or queued and that the books hold under a marker we no longer know."""
    model = index.spec.local_model
    again = Operation.objects.filter(connection=connection, local_model=model, seq__gt=1).order_by()
    known = dict(again.values_list("local_id").annotate(newest=Max("seq")).values_list("local_id", "newest"))
    seen = []
    for local_id, identity in index.spec.identities(connection, None).items():
        for seq in range(1, known.get(local_id, 0) + SEQUENCES + 1):
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
    marked = [each for each in known.values() if each.state in (*POSTED, *ENDED)]
    count = Operation.objects.filter(
        local_model=index.spec.local_model, local_id__in={each.local_id for each in marked}, state__in=POSTED
    )
    counting: dict[int, set[tuple[int, str]]] = defaultdict(set)
    for local_id, books, remote_id in count.values_list("local_id", "connection", "remote_id"):
        counting[local_id].add((books, remote_id))
    ids = sorted(
        found.done.remote_id
        for operation in marked
        for found in index.by_marker[operation.marker]
        if counting[operation.local_id] and (connection.pk, found.done.remote_id) not in counting[operation.local_id]
    )
    first = ", ".join(ids[:MOST_TOLD]) + (" and others" if len(ids) > MOST_TOLD else "")
    text = (
        f"QuickBooks holds {len(ids)} transactions a second time: {first}. BigTime counts another one for the same "
        "record. They may have been copied there, have come back with a company file, or been posted to other books "
        "meanwhile. Delete what is too many there."
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
