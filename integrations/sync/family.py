"""Where a record stands in its tree: the names above it, and whether something that counts stands below it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection as database

from integrations.models import Connection

DEEPEST = 10  # the books stop at five; a circle stops here

# LATERAL … OFFSET 0 makes it one look into the index for each id: while a table fills, the planner knows too little of
# it and would read the whole list at every step.
_UP = """
WITH RECURSIVE up AS (
    SELECT asked.id AS start, it.remote_id, it.parent_id, it.name, 0 AS depth FROM unnest(%(ids)s::text[]) asked(id)
    CROSS JOIN LATERAL (
        SELECT remote_id, parent_id, name FROM integrations_remoterecord
        WHERE connection_id = %(connection)s AND entity = %(entity)s AND remote_id = asked.id OFFSET 0
    ) it
    UNION ALL
    SELECT up.start, above.remote_id, above.parent_id, above.name, up.depth + 1 FROM up
    CROSS JOIN LATERAL (
        SELECT remote_id, parent_id, name FROM integrations_remoterecord
        WHERE connection_id = %(connection)s AND entity = %(entity)s AND remote_id = up.parent_id OFFSET 0
    ) above
    WHERE up.parent_id <> '' AND up.depth < %(deepest)s
)
SELECT start, remote_id, parent_id, name FROM up ORDER BY start, depth
"""

# An inactive job doesn't keep its customer from having a project of its own, unless it is a project here already.
_PARENTS = """
SELECT asked.id FROM unnest(%(ids)s::text[]) asked(id) WHERE EXISTS (
    SELECT 1 FROM integrations_remoterecord child
    WHERE connection_id = %(connection)s AND entity = %(entity)s AND parent_id = asked.id AND deleted_at IS NULL
      AND (is_active OR EXISTS (SELECT 1 FROM integrations_link WHERE remote_id = child.id AND state = 'linked'))
    OFFSET 0)
"""


@dataclass(frozen=True, slots=True)
class Place:
    """`path` from the top down to the record itself; `waiting_for` is a parent that the mirror doesn't have."""

    path: tuple[str, ...]
    root: str
    children: bool = False
    waiting_for: str = ""


def places(connection: Connection, entity: str, remote_ids: Sequence[str]) -> dict[str, Place]:
    """Two statements for any number of records."""
    about: dict[str, Any] = {"connection": connection.pk, "entity": entity, "ids": list(remote_ids), "deepest": DEEPEST}
    lines: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    with database.cursor() as cursor:
        cursor.execute(_UP, about)
        for start, remote_id, parent_id, name in cursor.fetchall():
            lines[start].append((remote_id, parent_id, name))
        cursor.execute(_PARENTS, about)
        parents = {parent for (parent,) in cursor.fetchall()}
    return {start: _place(line, start in parents) for start, line in lines.items()}


def _place(line: list[tuple[str, str, str]], children: bool) -> Place:
    top, above_top, _ = line[-1]
    path = tuple(name for _, _, name in reversed(line))
    return Place(path, top, children, waiting_for=above_top)


def descendants(connection: Connection, entity: str, remote_ids: Sequence[str]) -> list[int]:
    """Primary keys of the mirror rows and of all that stand below them."""
    with database.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE below AS (SELECT id, remote_id, 0 AS depth FROM integrations_remoterecord"
            " WHERE connection_id = %(connection)s AND entity = %(entity)s AND remote_id = ANY(%(ids)s)"
            " UNION SELECT child.id, child.remote_id, below.depth + 1 FROM integrations_remoterecord child JOIN below"
            " ON child.connection_id = %(connection)s AND child.entity = %(entity)s"
            " AND child.parent_id = below.remote_id AND below.depth < %(deepest)s) SELECT DISTINCT id FROM below",
            {"connection": connection.pk, "entity": entity, "ids": list(remote_ids), "deepest": DEEPEST},
        )
        return [pk for (pk,) in cursor.fetchall()]
