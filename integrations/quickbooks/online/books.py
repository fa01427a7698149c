"""How the engine looks things up in QuickBooks Online."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from integrations.sync.books import Found
from integrations.sync.outcomes import Done
from integrations.sync.readiness import outgoing

from .client import PAGE, Client, quoted, server_time

# Clocks that differ less than this are covered by the overlap of whoever asks.
SKEW = timedelta(minutes=5)
IDS_A_QUERY = 250


@dataclass(slots=True)
class OnlineBooks:
    """See `integrations.sync.books.Books` and `integrations.sync.presence.Holdings`."""

    client: Client

    def created_since(self, entity: str, since: datetime) -> Iterator[Found]:
        """In order of creation, so that what is created meanwhile comes on the last page."""
        name = outgoing(self.client.connection, entity).online
        start, moment = 1, since
        while True:
            where = f"MetaData.CreateTime >= {quoted(moment.astimezone(UTC).isoformat(timespec='seconds'))}"
            page = self.client.query(name, where=where, order_by="MetaData.CreateTime", start=start, size=PAGE)
            behind = datetime.now(UTC) - page.server_time
            if start == 1 and moment == since and behind > SKEW:
                moment = since - behind
                continue
            yield from (Found(done(row), row) for row in page.rows)
            if len(page.rows) < PAGE:
                return
            start += PAGE

    def present(self, entity: str, remote_ids: Iterable[str]) -> Iterator[Found]:
        name = outgoing(self.client.connection, entity).online
        ids = iter(remote_ids)
        while some := list(islice(ids, IDS_A_QUERY)):
            page = self.client.query(name, where=f"Id IN ({', '.join(map(quoted, some))})", size=PAGE)
            yield from (Found(done(row), row) for row in page.rows)


def done(row: dict[str, Any]) -> Done:
    created = (row.get("MetaData") or {}).get("CreateTime")
    version = str(row.get("SyncToken", ""))
    return Done(str(row["Id"]), version, server_time(created) if created else None, {"version": version})
