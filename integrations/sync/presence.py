"""Is what we posted still in the books, and the same? A deletion there frees the record here to be posted again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.db import transaction
from django.db.models import F, QuerySet

from integrations import registry
from integrations.models import Connection, Operation, SyncIssue, SyncRun

from . import decisions
from .books import Found, Index, changed_here
from .clock import again, database_now
from .errors import Rejected
from .holding import hold
from .moves import Move, apply
from .outcomes import State

# How far back a look goes without being asked, and how many it covers at most.
LATELY = timedelta(days=60)
MOST = 10_000
# More than this many gone, and more than this share: a restored company file or a wrong company rather than a clerk.
MANY, MANY_SHARE = 20, 0.05
POSTED = [State.POSTED, State.POSTED_DIVERGED]
# The error code of what was posted and wasn't found, together with too much else to be taken for deleted.
UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Seen:
    """How many posted records a look found deleted or edited there, back as they were posted (or found again), and not
    found with too many others to be taken for deleted.
    """

    missing: int = 0
    changed: int = 0
    back: int = 0
    unfound: int = 0

    def __add__(self, other: Seen) -> Seen:
        return Seen(**{each.name: getattr(self, each.name) + getattr(other, each.name) for each in fields(self)})

    @property
    def news(self) -> int:
        """What wasn't known before; what isn't found is asked for every time."""
        return self.missing + self.changed + self.back


class Holdings(Protocol):
    def present(self, entity: str, remote_ids: Iterable[str]) -> Iterator[Found]:
        """Those of the ids that the books hold. Raises the errors of `sync.errors`."""


def look(connection: Connection, holdings: Holdings) -> Seen:
    """Compares what was posted lately with the books. Raises what `holdings` raises."""
    seen = Seen()
    for entity, spec in registry.get(connection.system).entities.items():
        asked = lately(connection, entity) if getattr(spec, "local_model", "") else []
        if asked:
            seen += judge(connection, entity, asked, holdings.present(entity, asked))
    return seen


def tell(run: int, seen: Seen) -> None:
    """Writes down in the run that looked what it found; more than once where it looks in several steps."""
    found = {each.name: getattr(seen, each.name) for each in fields(seen)}
    if any(found.values()):
        SyncRun.objects.filter(pk=run).update(**{name: F(name) + number for name, number in found.items()})


def lately(connection: Connection, entity: str, *, before: datetime | None = None) -> list[str]:
    """Ids of what was posted in the sixty days up to `before` and since, newest first.

    Without `before` up to now, but for the last moments: what was posted then may not be found yet.
    """
    now = database_now()
    span = (before - LATELY, now) if before else (now - LATELY, now - again())
    known = _posted(connection, entity).filter(finished_at__range=span).exclude(remote_id="")
    return list(known.order_by("-pk").values_list("remote_id", flat=True)[:MOST])


def judge(connection: Connection, entity: str, asked: Collection[str], found: Iterable[Found]) -> Seen:
    """What the books hold of the ids they were `asked` for, all they hold of them."""
    there = {each.done.remote_id: each for each in found}
    operations = list(_posted(connection, entity).filter(remote_id__in=asked).order_by("-pk"))
    index = Index(connection, entity, here=changed_here(operations))
    others = _of_others(index, operations, there)
    held = [each for each in operations if each.remote_id in there and each.pk not in others]
    gone = [each for each in operations if each.remote_id not in there or each.pk in others]
    unfound = 0
    if len(gone) > MANY and len(gone) > MANY_SHARE * len(operations):
        _ask(connection, entity, gone)
        unfound, gone = len(gone), []
    # What somebody was asked about stays a question, however few of them are left.
    gone = [each for each in gone if each.error_code != UNSURE]
    doubted = [each for each in held if each.error_code == UNSURE]
    _sure(doubted)
    changes = [_gone(each) for each in gone]
    changes += [move for each in held if (move := _same(each, there, index))]
    moved = _write(connection, operations, changes)
    _keep_versions([each for each in held if each.pk not in moved], there)
    return _counted(changes, moved) + Seen(back=sum(each.pk not in moved for each in doubted), unfound=unfound)


def _counted(changes: list[Move], moved: set[int]) -> Seen:
    to = Counter(change.to for change in changes if change.operation_id in moved)
    return Seen(to[State.ABSENT], to[State.POSTED_DIVERGED], to[State.POSTED])


def _of_others(index: Index, operations: list[Operation], found: dict[str, Found]) -> set[int]:
    """Those whose number stands for another record of ours: two copies of a company file give the same to both."""
    marks = {each.pk: index.mark_of(found[each.remote_id]) for each in operations if each.remote_id in found}
    other = {each.pk: each for each in operations if marks.get(each.pk) and marks[each.pk] != each.marker}
    known = Operation.objects.filter(connection=index.connection, marker__in={marks[pk] for pk in other})
    owners = dict(known.values_list("marker", "local_id")) if other else {}
    return {pk for pk, each in other.items() if owners.get(marks[pk], each.local_id) != each.local_id}


def deleted(connection: Connection, entity: str, remote_ids: Collection[str]) -> Seen:
    """The books themselves say that these were deleted, however many."""
    operations = list(_posted(connection, entity).filter(remote_id__in=remote_ids)) if remote_ids else []
    gone = [_gone(each) for each in operations]
    return _counted(gone, _write(connection, operations, gone)) if operations else Seen()


def newest(connection: Connection, entity: str, *, since: datetime | None = None) -> str:
    """The id of what the books took last, since then; "" where nothing is. What they forget goes from that end."""
    known = _posted(connection, entity).exclude(remote_id="")
    known = known.filter(remote_created_at__gte=since) if since else known
    ordered = known.order_by(F("remote_created_at").desc(nulls_last=True), "-pk")
    return ordered.values_list("remote_id", flat=True).first() or ""


def outdated(connection: Connection, entity: str, there: Mapping[str, str]) -> list[str]:
    """Of the ids and versions that the books hold: those of ours whose version is another than the one we know."""
    known = _posted(connection, entity).filter(remote_id__in=there).values_list("remote_id", "remote_version")
    return [remote_id for remote_id, version in known if version != there[remote_id]]


def _posted(connection: Connection, entity: str) -> QuerySet[Operation]:
    return Operation.objects.filter(connection=connection, entity=entity, state__in=POSTED)


def _gone(operation: Operation) -> Move:
    values = {"error_code": "absent", "error_text": "This was deleted in QuickBooks. It can be posted again."}
    return Move(operation.pk, State.ABSENT, {"missing": operation.remote_id}, values)


def _same(operation: Operation, found: dict[str, Found], index: Index) -> Move | None:
    """A move where the comparison comes out otherwise than before, or may: what differs was saved there again."""
    there = found[operation.remote_id]
    differences = index.differences(operation, there)
    to = State.POSTED_DIVERGED if differences else State.POSTED
    if to == operation.state and (not differences or there.done.version == operation.remote_version):
        return None
    evidence = {"version": there.done.version, **index.both_sides(operation, there, differences)}
    return Move(operation.pk, to, evidence, {"remote_version": there.done.version})


def _keep_versions(operations: list[Operation], there: dict[str, Found]) -> None:
    """Saved there since without a difference that counts: whoever writes next must name the newest version."""
    stale = [each for each in operations if each.remote_version != there[each.remote_id].done.version]
    for each in stale:
        each.remote_version = there[each.remote_id].done.version
    Operation.objects.bulk_update(stale, ["remote_version"], batch_size=500)


def _write(connection: Connection, operations: list[Operation], changes: list[Move]) -> set[int]:
    with transaction.atomic(durable=True):
        moved = apply(changes, from_states=POSTED)
        hold([each for each in operations if each.pk in moved], changes, connection, database_now())
    return moved


@transaction.atomic
def _ask(connection: Connection, entity: str, gone: list[Operation]) -> None:
    text = (
        f"{len(gone)} posted transactions are no longer in QuickBooks. That is too many to be taken for deleted: "
        "was another company or an older backup opened? Nothing was changed here; Errors shows them."
    )
    words = {"error_code": UNSURE, "error_text": "QuickBooks didn't hold it when it was last asked."}
    Operation.objects.filter(pk__in=[each.pk for each in gone], state__in=POSTED).update(**words)
    if not _questions(connection).exists():
        SyncIssue.objects.create(
            connection=connection, entity=entity, kind=SyncIssue.Kind.DECISION, code="many_missing", message=text
        )


def unsure(connection: Connection) -> QuerySet[Operation]:
    """What counts as posted although the books didn't hold it: so much at once that a person must say."""
    return Operation.objects.filter(connection=connection, state__in=POSTED, error_code=UNSURE)


def _sure(found: list[Operation]) -> None:
    """They are there again, as when the right company file is open."""
    if found:
        Operation.objects.filter(pk__in=[each.pk for each in found]).update(error_code="", error_text="")
        _close(found[0].connection)


def declare_gone(*, connection: Connection, operations: Collection[int], reason: str, by: Any) -> int:
    """A person says that these are really gone: their records are free to be posted again. How many those were.

    Raises Rejected without a reason.
    """
    if not reason.strip():
        raise Rejected("Say how you know: the ledger keeps it.", code="reason")
    values = {"error_code": "absent", "error_text": f"Gone from QuickBooks: {reason.strip()[:300]}"}

    def move(operation: Operation) -> Move | None:
        evidence = {"by_hand": "gone", "missing": operation.remote_id, "reason": reason.strip()}
        return Move(operation.pk, State.ABSENT, evidence, values) if operation.error_code == UNSURE else None

    with transaction.atomic():
        own = unsure(connection).filter(pk__in=operations).values_list("pk", flat=True)
        freed = decisions.change(list(own), move, POSTED, by)
        _close(connection)
    return len(freed)


def _questions(connection: Connection) -> QuerySet[SyncIssue]:
    return SyncIssue.objects.filter(connection=connection, code="many_missing", resolved_at__isnull=True)


def _close(connection: Connection) -> None:
    if not unsure(connection).exists():
        _questions(connection).update(resolved_at=database_now())
