"""The mirror is written a page at a time: what did not change is not written, whatever the page's size.

COPY into a temporary table, then one INSERT … ON CONFLICT … WHERE something differs. Rows are marked, never deleted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection as database
from django.utils import timezone

from integrations.models import Connection

from .errors import Rejected
from .mapper import Entity
from .targets import Identity

SHOWN = ("parent", "name", "active")
_COMPACT = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Mirrored:
    """One record as the mirror keeps it."""

    identity: Identity
    parent_id: str
    name: str
    is_active: bool
    data: str


@dataclass(slots=True)
class Page:
    """What one page of raw records comes to: rows to write, what is gone and since when, what has no id."""

    rows: list[Mirrored]
    gone: dict[str, datetime]
    nameless: list[str]


def read_page(entity: Entity, dialect: Any, raws: Iterable[dict[str, Any]]) -> Page:
    """Never raises for one bad record. The last of several states of one record is the one that counts."""
    rows: dict[str, Mirrored] = {}
    gone: dict[str, datetime] = {}
    nameless: list[str] = []
    for raw in raws:
        try:
            identity = dialect.identify(raw)
        except Rejected as error:
            nameless.append(f"{error.message} {json.dumps(raw)[:500]}")
            continue
        if identity.deleted:
            gone[identity.remote_id] = identity.changed_at or timezone.now()
        else:
            rows[identity.remote_id] = _mirrored(entity, dialect, raw, identity)
    return Page([row for key, row in rows.items() if key not in gone], gone, nameless)


def _mirrored(entity: Entity, dialect: Any, raw: dict[str, Any], identity: Identity) -> Mirrored:
    """Of what it says only what is looked for and shown. One whose name can't be read is kept without it: applying it
    says what is wrong with it.
    """
    try:
        values = entity.read(raw, dialect, only=SHOWN)
    except Rejected:
        values = {}
    data = _COMPACT.encode(raw)
    return Mirrored(
        identity,
        values.get("parent", ""),
        squeezed(values.get("name", ""))[:1024],
        values.get("active", True),
        _storable(data),
    )


def squeezed(name: str) -> str:
    """A name with single spaces: what a person sees as the same name is the same name."""
    return " ".join(name.split())


def _storable(data: str) -> str:
    """JSON without what PostgreSQL refuses: a NUL character, half of a surrogate pair."""
    if "\\u0000" in data:
        data = re.sub(r"(?<!\\)((?:\\\\)*)\\u0000", r"\1", data)
    return data.encode("utf-8", "replace").decode()


# A row that is older than what we hold came late, and is passed over.
_UPSERT = """
INSERT INTO integrations_remoterecord AS mine (connection_id, entity, remote_id, version, parent_id, name, is_active,
    remote_time, data, pending, waiting_for, received_at)
SELECT %(connection)s, %(entity)s, remote_id, version, parent_id, name, is_active, remote_time, data, true, '', now()
FROM pg_temp.incoming_page ORDER BY position
ON CONFLICT (connection_id, entity, remote_id) DO UPDATE SET version = excluded.version,
    parent_id = excluded.parent_id, name = excluded.name, is_active = excluded.is_active, deleted_at = NULL,
    remote_time = excluded.remote_time, data = excluded.data, pending = true, received_at = now()
WHERE (mine.version, mine.is_active, mine.remote_time) IS DISTINCT FROM
        (excluded.version, excluded.is_active, excluded.remote_time) AND
        (mine.remote_time IS NULL OR excluded.remote_time IS NULL OR excluded.remote_time >= mine.remote_time)
    OR mine.deleted_at IS NOT NULL
"""

_GONE = """
UPDATE integrations_remoterecord SET deleted_at = gone.at, pending = true
FROM unnest(%(ids)s::text[], %(times)s::timestamptz[]) AS gone(remote_id, at)
WHERE connection_id = %(connection)s AND entity = %(entity)s AND integrations_remoterecord.remote_id = gone.remote_id
  AND deleted_at IS NULL
"""

# Whom a change of name, parent, or being there concerns besides itself: its old and new parent, and all below it.
_KIN = """
WITH RECURSIVE changed AS (
    SELECT page.remote_id, page.parent_id, mine.parent_id AS former,
        mine.id IS NULL OR (mine.name, mine.parent_id) IS DISTINCT FROM (page.name, page.parent_id) AS moved
    FROM pg_temp.incoming_page page LEFT JOIN LATERAL (
        SELECT * FROM integrations_remoterecord
        WHERE connection_id = %(connection)s AND entity = %(entity)s AND remote_id = page.remote_id OFFSET 0
    ) mine ON true
    WHERE mine.id IS NULL OR mine.deleted_at IS NOT NULL
       OR (mine.name, mine.parent_id, mine.is_active) IS DISTINCT FROM (page.name, page.parent_id, page.is_active)
), below AS (
    SELECT child.remote_id, 1 AS depth FROM changed CROSS JOIN LATERAL (
        SELECT remote_id FROM integrations_remoterecord
        WHERE connection_id = %(connection)s AND entity = %(entity)s AND parent_id = changed.remote_id OFFSET 0
    ) child WHERE moved
    UNION SELECT child.remote_id, below.depth + 1 FROM below CROSS JOIN LATERAL (
        SELECT remote_id FROM integrations_remoterecord
        WHERE connection_id = %(connection)s AND entity = %(entity)s AND parent_id = below.remote_id OFFSET 0
    ) child WHERE depth < 10
)
SELECT remote_id FROM below UNION SELECT parent_id FROM changed UNION SELECT former FROM changed WHERE former <> ''
"""

_TOUCH = """
UPDATE integrations_remoterecord SET pending = true
WHERE connection_id = %(connection)s AND entity = %(entity)s AND remote_id = ANY(%(ids)s) AND NOT pending
"""


def store(connection: Connection, entity: Entity, page: Page, *, first: bool) -> int:
    """Writes the page; the number of rows that were new or different. Call inside a transaction.

    `first`: nothing of this entity was ever brought over, so that nobody else can be concerned by a change.
    """
    about: dict[str, Any] = {"connection": connection.pk, "entity": entity.key}
    with database.cursor() as cursor:
        written = _upsert(cursor, about, page.rows, kin=entity.is_tree and not first) if page.rows else 0
        if page.gone:
            cursor.execute(_GONE, about | {"ids": list(page.gone), "times": list(page.gone.values())})
            written += cursor.rowcount
    return written


def _upsert(cursor: Any, about: dict[str, Any], rows: Sequence[Mirrored], *, kin: bool) -> int:
    cursor.execute(
        "CREATE TEMPORARY TABLE IF NOT EXISTS incoming_page (position int, remote_id text, version text,"
        " remote_time timestamptz, parent_id text, name text, is_active boolean, data jsonb) ON COMMIT DELETE ROWS"
    )
    cursor.execute("TRUNCATE pg_temp.incoming_page")
    with cursor.copy("COPY pg_temp.incoming_page FROM STDIN") as copy:
        for position, row in enumerate(rows):
            which = row.identity
            identity = (position, which.remote_id, which.version, which.changed_at)
            copy.write_row((*identity, row.parent_id, row.name, row.is_active, row.data))
    concerned = _kin(cursor, about) if kin else []
    cursor.execute(_UPSERT, about)
    written: int = cursor.rowcount
    if concerned:
        cursor.execute(_TOUCH, about | {"ids": concerned})
    return written


def learn() -> None:
    """After many rows came at once: lets the planner know, before it plans by what it knew of an empty table."""
    with database.cursor() as cursor:
        cursor.execute("ANALYZE integrations_remoterecord")


def _kin(cursor: Any, about: dict[str, Any]) -> list[str]:
    cursor.execute(_KIN, about)
    return [remote_id for (remote_id,) in cursor.fetchall() if remote_id]
