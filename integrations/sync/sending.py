"""What a message carries, as rows: thousands pass here, and a model's object costs four times as much as its row."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from django.db import connection as database

from integrations.models import Carrier, Connection


@dataclass(slots=True)
class Sending:
    """An operation with what sending it, and its answer, need to know of it. The names are those of its columns."""

    pk: int
    connection_id: int
    entity: str
    verb: str
    local_model: str
    local_id: int
    seq: int
    marker: str
    payload: Any
    payload_sha256: str
    carrier_id: int | None
    position: str
    attempts: int
    sent_at: datetime | None
    missed_at: datetime | None


COLUMNS = ", ".join("id" if each.name == "pk" else each.name for each in fields(Sending))
# Locked, skipping what others hold.
READY = f"""
    SELECT {COLUMNS} FROM integrations_operation
    WHERE connection_id = %(connection)s AND state = 'ready' AND (not_before IS NULL OR not_before <= %(now)s)
        AND (%(carrier)s::bigint IS NULL OR carrier_id = %(carrier)s)
    ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
"""  # noqa: S608
# An answer is judged without what was sent.
SENT = f"""
    SELECT {COLUMNS.replace(" payload,", " NULL,")} FROM integrations_operation
    WHERE carrier_id = %(carrier)s AND fence = %(fence)s::uuid AND state = 'sending' ORDER BY id
"""  # noqa: S608


def ready(connection: Connection, now: datetime, *, carrier: int | None = None, limit: int | None) -> list[Sending]:
    """Due and free, the oldest first, and now this transaction's; of one `carrier` or of any."""
    return _rows(READY, {"connection": connection.pk, "now": now, "carrier": carrier, "limit": limit})


def sent(carrier: Carrier, fence: uuid.UUID) -> list[Sending]:
    """What went out with this claim of a message and is still this claim's. Without payloads."""
    return _rows(SENT, {"carrier": carrier.pk, "fence": fence})


def _rows(statement: str, facts: Mapping[str, Any]) -> list[Sending]:
    with database.cursor() as cursor:
        cursor.execute(statement, facts)
        found = [Sending(*row) for row in cursor.fetchall()]
    for each in found:
        if each.payload is not None:
            each.payload = json.loads(each.payload)
    return found
