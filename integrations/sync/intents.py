"""Putting work into the outbox: one row for each record, in the transaction of whoever decided it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection as database
from django.db import transaction
from django.db.models import Max, Q

from integrations.models import Connection, Operation

from . import markers
from .clock import database_now
from .crash import point
from .errors import Rejected
from .holding import WAITING
from .readiness import outgoing

State = Operation.State
LABEL_LENGTH = 300
TRIES = 5


@dataclass(frozen=True, slots=True)
class Record:
    """One of our records: its model as "app_label.model", its id, and what lists call it."""

    local_model: str
    local_id: int
    label: str = ""


def push(
    *, connection: Connection, entity: str, records: Sequence[Record], by: Any, verb: str = "create"
) -> list[Operation]:
    """The live operation of each record, in the order given; a record that had one keeps it. Constant SQL.

    New ones are queued and their records locked, in one transaction. Safe against a second click at the same moment.
    Raises Rejected when the connection is disabled, or the system doesn't take such records.
    """
    spec = outgoing(connection, entity)
    wanted = list({each.local_id: each for each in records if each.local_model == spec.local_model}.values())
    if len({each.local_id for each in records}) != len(wanted):
        raise Rejected(f"Only records of {spec.local_model} can be posted as {entity}.", code="wrong_model")
    with transaction.atomic():
        _need_enabled(connection)
        for _ in range(TRIES):
            live = _live(connection, spec.local_model, wanted)
            missing = [each for each in wanted if each.local_id not in live]
            if not missing:
                break
            rows = _rows(connection, entity, missing, verb, by)
            # Rows that somebody else has just queued are left out here and found in the next round.
            Operation.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
            # A second click must not take back what the first one's posting has written meanwhile.
            spec.lock([each.local_id for each in missing], "posting", WAITING, only_free=True)
        point("push_before_commit")
    return [live[each.local_id] for each in wanted]


def _need_enabled(connection: Connection) -> None:
    """As it is now, held until the transaction ends: what is queued after a change of company would wait for ever."""
    held = Connection.objects.select_for_update(of=("self",), no_key=True)
    if not held.get(pk=connection.pk).is_enabled:
        raise Rejected(f"{connection} isn't connected. Enable it under My Company, Integrations.", code="disabled")


def _live(connection: Connection, local_model: str, records: Sequence[Record]) -> dict[int, Operation]:
    ids = [each.local_id for each in records]
    rows = Operation.objects.live().filter(connection=connection, local_model=local_model, local_id__in=ids)
    return {each.local_id: each for each in rows}


def _rows(connection: Connection, entity: str, records: Sequence[Record], verb: str, by: Any) -> list[Operation]:
    spec = outgoing(connection, entity)
    ids = [each.local_id for each in records]
    former = Operation.objects.filter(connection=connection, local_model=spec.local_model, local_id__in=ids)
    newest = dict(former.values_list("local_id").annotate(newest=Max("seq")).values_list("local_id", "newest"))
    identities = spec.identities(connection, ids)
    rows = []
    for each in records:
        seq = newest.get(each.local_id, 0) + 1
        identity = identities.get(each.local_id, "")
        rows.append(
            Operation(
                connection=connection, entity=entity, verb=verb, local_model=spec.local_model, local_id=each.local_id,
                seq=seq, label=each.label[:LABEL_LENGTH], requested_by=by,
                marker=markers.derive(connection, spec.local_model, each.local_id, identity, seq),
            )
        )  # fmt: skip
    return rows


HAS_READY = """
    SELECT EXISTS (SELECT 1 FROM integrations_operation WHERE connection_id = %s AND state = 'ready'
        AND (not_before IS NULL OR not_before <= clock_timestamp()))
"""


def has_ready(connection: Connection) -> bool:
    """Whether something could be claimed now. Asked before every message, so its words are ready-made."""
    with database.cursor() as cursor:
        cursor.execute(HAS_READY, [connection.pk])
        return bool(cursor.fetchone()[0])


def due(connection: Connection) -> bool:
    """Whether a worker would find something to do for this connection now."""
    now = database_now()
    expired = Q(state=State.SENDING, lease_until__lt=now)
    doubtful = Q(state=State.IN_DOUBT, not_before__lte=now)
    held = Operation.objects.filter(expired | doubtful, connection=connection)
    return has_ready(connection) or held.exists()
