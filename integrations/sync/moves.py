"""The only way an operation changes its state: many at once, together with the evidence, in one statement.

A row that is no longer in one of the expected states, or is somebody else's by its fence, is left as it is.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.db import connection as database

# Columns a move may write, with their types in PostgreSQL.
COLUMNS = {
    "attempts": "int",
    "carrier_id": "bigint",
    "error_code": "text",
    "error_text": "text",
    "fence": "uuid",
    "finished_at": "timestamptz",
    "lease_until": "timestamptz",
    "marker": "text",
    "missed_at": "timestamptz",
    "misses": "int",
    "not_before": "timestamptz",
    "payload": "jsonb",
    "payload_sha256": "text",
    "position": "text",
    "remote_created_at": "timestamptz",
    "remote_id": "text",
    "remote_version": "text",
    "request_id": "text",
    "sent_at": "timestamptz",
    "seq": "int",
    "via": "text",
}
STATEMENT = """
    WITH given AS (SELECT * FROM jsonb_to_recordset(%s::jsonb) AS g({types})),
    moved AS (
        UPDATE integrations_operation o SET state = g.to_state{sets}
        FROM given g JOIN integrations_operation former ON former.id = g.id
        WHERE o.id = g.id AND o.state = ANY(%s) AND (%s::uuid IS NULL OR o.fence = %s::uuid)
        RETURNING o.id, former.state AS from_state, g.to_state, g.evidence
    )
    INSERT INTO integrations_operationevent (operation_id, from_state, to_state, evidence, by_id, at)
    SELECT id, from_state, to_state, evidence, %s, clock_timestamp() FROM moved
    RETURNING operation_id
"""


@dataclass(frozen=True, slots=True)
class Move:
    """Where an operation goes, why (`evidence`), and the columns written with it."""

    operation_id: int
    to: str
    evidence: dict[str, Any] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)


def apply(
    moves: Iterable[Move], *, from_states: Sequence[str], fence: uuid.UUID | None = None, by: Any = None
) -> set[int]:
    """Ids of the operations that moved; with a fence, of those that still carry it. One statement a set of columns."""
    moved: set[int] = set()
    ordered = sorted(moves, key=_columns)
    for columns, group in groupby(ordered, key=_columns):
        moved |= _apply(list(group), columns, from_states, fence, by)
    return moved


def _columns(move: Move) -> tuple[str, ...]:
    return tuple(sorted(move.values))


def _apply(
    moves: list[Move], columns: tuple[str, ...], from_states: Sequence[str], fence: uuid.UUID | None, by: Any
) -> set[int]:
    rows = [{"id": m.operation_id, "to_state": m.to, "evidence": m.evidence, **m.values} for m in moves]
    with database.cursor() as cursor:
        cursor.execute(_statement(columns), [_storable(rows), list(from_states), fence, fence, by.pk if by else None])
        return {row[0] for row in cursor.fetchall()}


def _storable(rows: list[dict[str, Any]]) -> str:
    """JSON that PostgreSQL takes: what the other side sent may hold characters that no text column can."""
    text = json.dumps(rows, default=str, ensure_ascii=False).replace("\\u0000", "")
    return text.encode("utf-8", "replace").decode()


def _statement(columns: tuple[str, ...]) -> str:
    types = ["id bigint", "to_state text", "evidence jsonb", *(f"{name} {COLUMNS[name]}" for name in columns)]
    return STATEMENT.format(types=", ".join(types), sets="".join(f", {name} = g.{name}" for name in columns))
