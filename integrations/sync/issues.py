"""What a person should know about a record: raised once, updated when the words change, resolved by itself."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db import connection as database
from django.db.models import QuerySet
from django.utils import timezone

from integrations.models import Connection, SyncIssue, SyncRun

from .targets import Note

# Raised while bringing records over, and so resolved when the same record is brought over without them.
CODES = (
    "wrong_type",
    "too_long",
    "cut",
    "out_of_range",
    "name_taken",
    "ambiguous",
    "other_email",
    "near_twin",
    "new_here",
    "gained_children",
    "gone_there",
    "gone_here",
    "waiting",
    "refused",
)

_RAISE = """
INSERT INTO integrations_syncissue AS mine
    (connection_id, run_id, entity, remote_id, kind, code, message, detail, repeats, created_at)
SELECT %(connection)s, %(run)s, %(entity)s, remote_id, kind, code, message, '', 1, now()
FROM unnest(%(remotes)s::bigint[], %(kinds)s::text[], %(codes)s::text[], %(messages)s::text[])
    AS raised(remote_id, kind, code, message)
ON CONFLICT (remote_id, code) WHERE resolved_at IS NULL DO UPDATE
SET message = excluded.message, kind = excluded.kind, run_id = excluded.run_id, repeats = mine.repeats + 1
WHERE (mine.message, mine.kind) IS DISTINCT FROM (excluded.message, excluded.kind)
"""


def raise_all(connection: Connection, run: SyncRun, entity: str, notes: Iterable[tuple[int, Note]]) -> None:
    """One statement for any number; `notes` by the mirror row's primary key. What stands already costs no write."""
    unique = {(pk, note.code): note for pk, note in notes}
    if not unique:
        return
    with database.cursor() as cursor:
        cursor.execute(
            _RAISE,
            {
                "connection": connection.pk,
                "run": run.pk,
                "entity": entity,
                "remotes": [pk for pk, _ in unique],
                "kinds": [note.kind for note in unique.values()],
                "codes": [code for _, code in unique],
                "messages": [note.message for note in unique.values()],
            },
        )


def dismiss(*, connection: Connection, issues: Collection[int] | QuerySet[Any]) -> int:
    """Closes what a person has seen; how many. It is raised again when it is found again."""
    standing = SyncIssue.objects.filter(connection=connection, pk__in=issues, resolved_at=None)
    return standing.update(resolved_at=timezone.now())


def resolve_others(remotes: Sequence[int], notes: Iterable[tuple[int, Note]]) -> None:
    """Closes what was said of these records and isn't said any more."""
    standing = {(pk, note.code) for pk, note in notes}
    open_now = SyncIssue.objects.filter(remote__in=remotes, code__in=CODES, resolved_at=None)
    over = [
        pk for pk, remote, code in open_now.values_list("pk", "remote_id", "code") if (remote, code) not in standing
    ]
    if over:
        SyncIssue.objects.filter(pk__in=over).update(resolved_at=timezone.now())
