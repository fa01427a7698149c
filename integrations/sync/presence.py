"""Is what we posted still in the books, and the same? A deletion there frees the record here to be posted again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any, Protocol

from django.db import transaction

from integrations import registry
from integrations.models import Connection, Operation, SyncIssue

from .books import Found, Index
from .claims import hold
from .clock import again, database_now
from .moves import Move, apply
from .outcomes import State

# How far back a look goes without being asked, and how many it covers at most.
LATELY = timedelta(days=60)
MOST = 10_000
# More than this many gone, and more than this share: a restored company file or a wrong company rather than a clerk.
MANY, MANY_SHARE = 20, 0.05
POSTED = [State.POSTED, State.POSTED_DIVERGED]


class Holdings(Protocol):
    def present(self, entity: str, remote_ids: Iterable[str]) -> Iterator[Found]:
        """Those of the ids that the books hold. Raises the errors of `sync.errors`."""


def look(connection: Connection, holdings: Holdings) -> int:
    """Compares what was posted lately with the books; how many changed their state. Raises what `holdings` raises."""
    changed = 0
    for entity, spec in registry.get(connection.system).entities.items():
        if getattr(spec, "local_model", ""):
            changed += _look(connection, entity, holdings)
    return changed


def _look(connection: Connection, entity: str, holdings: Holdings) -> int:
    # What was posted a moment ago may not be found yet.
    now = database_now()
    known = Operation.objects.filter(
        connection=connection, entity=entity, state__in=POSTED, finished_at__range=(now - LATELY, now - again())
    ).exclude(remote_id="")
    operations = list(known.order_by("-pk")[:MOST])
    if not operations:
        return 0
    found = {each.done.remote_id: each for each in holdings.present(entity, [each.remote_id for each in operations])}
    gone = [each for each in operations if each.remote_id not in found]
    if len(gone) > MANY and len(gone) > MANY_SHARE * len(operations):
        _ask(connection, entity, gone)
        gone = []
    index = Index(connection, entity)
    changes = [_gone(each) for each in gone]
    changes += [move for each in operations if each.remote_id in found and (move := _same(each, found, index))]
    return _write(connection, operations, changes)


def _gone(operation: Operation) -> Move:
    values = {"error_code": "absent", "error_text": "This was deleted in QuickBooks. It can be posted again."}
    return Move(operation.pk, State.ABSENT, {"missing": operation.remote_id}, values)


def _same(operation: Operation, found: dict[str, Found], index: Index) -> Move | None:
    """A move only where the comparison comes out otherwise than it did before."""
    there = found[operation.remote_id]
    differences = index.differences(operation, there)
    to = State.POSTED_DIVERGED if differences else State.POSTED
    if to == operation.state:
        return None
    evidence: dict[str, Any] = {"differences": differences, "version": there.done.version}
    return Move(operation.pk, to, evidence, {"remote_version": there.done.version})


def _write(connection: Connection, operations: list[Operation], changes: list[Move]) -> int:
    with transaction.atomic(durable=True):
        moved = apply(changes, from_states=POSTED)
        hold([each for each in operations if each.pk in moved], changes, connection, database_now())
    return len(moved)


def _ask(connection: Connection, entity: str, gone: list[Operation]) -> None:
    text = (
        f"{len(gone)} posted transactions are no longer in QuickBooks. That is too many to be taken for deleted: "
        "was another company or an older backup opened? Nothing was changed here."
    )
    known = SyncIssue.objects.filter(connection=connection, code="many_missing", resolved_at__isnull=True)
    if not known.exists():
        SyncIssue.objects.create(
            connection=connection, entity=entity, kind=SyncIssue.Kind.DECISION, code="many_missing", message=text
        )
