"""A world of its own for each history: the clock, the books kept in memory, and deaths that can be survived."""

from __future__ import annotations

import signal
import sys
import types
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from bigtime.core.prepared import Prepared
from integrations import registry
from integrations.models import Connection
from integrations.sync import clock, crash
from integrations.sync.books import Found
from integrations.sync.outbox import Done
from integrations.sync.readiness import outgoing

Json = dict[str, Any]
# Later than whatever is made outside of the history, and always the same.
START = datetime(2035, 1, 8, 9, 0, tzinfo=UTC)
ENTITY = "time_entry"


class Died(BaseException):
    """The process ends at this place, its transaction undone. No `except Exception` catches it, as with kill -9."""


@dataclass
class Clock:
    """The database's time and the machine's, moved by hand."""

    now: datetime = START

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def boot(self) -> float:
        return self.now.timestamp()


@dataclass
class Fate:
    """Stands in for the settings where `crash.point` reads them: the place where the process dies."""

    CRASH_AT: str = ""


@contextmanager
def virtual(time: Clock, fate: Fate) -> Iterator[None]:
    """The program lives by this clock, and a place named in `fate` raises Died instead of killing the process."""

    def die(pid: int, number: int) -> None:
        assert number == signal.SIGKILL
        raise Died

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(crash, "settings", fate)
        patch.setattr(crash, "os", types.SimpleNamespace(getpid=lambda: 0, kill=die))
        for name, stand_in in (("database_now", lambda: time.now), ("boot_time", time.boot)):
            real = getattr(clock, name)
            for module in [each for each in sys.modules.values() if getattr(each, name, None) is real]:
                patch.setattr(module, name, stand_in)
        patch.setattr(timezone, "now", lambda: time.now)
        # The time is put into a statement when it is compiled, so it must be compiled each time.
        patch.setattr(Prepared, "_compiled", property(Prepared.__dict__["_compiled"].func))
        patch.setattr(Now, "as_postgresql", lambda *_, **__: ("%s::timestamptz", [time.now]))
        yield


@dataclass(frozen=True)
class Row:
    """A transaction in the books. `edited`: a person changed it there."""

    id: str
    document: Json
    created: datetime
    modified: datetime
    version: int = 0
    edited: bool = False


@dataclass
class Ledger:
    """One company's books. What is late comes in when its time has come, however dead its sender is."""

    connection: Connection
    time: Clock
    rows: dict[str, Row] = field(default_factory=dict)
    late: list[tuple[datetime, Json]] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    taken: int = 0

    @property
    def dialect(self) -> Any:
        return registry.get(self.connection.system).dialect

    def add(self, document: Json) -> Done:
        self.taken += 1
        row = Row(f"{self.connection.system}-{self.taken}", document, self.time.now, self.time.now)
        self.rows[row.id] = row
        return _done(row)

    def add_later(self, document: Json, seconds: float) -> None:
        self.late.append((self.time.now + timedelta(seconds=seconds), document))

    def settle(self) -> None:
        """What was on its way arrives."""
        due = [document for at, document in self.late if at <= self.time.now]
        self.late = [(at, document) for at, document in self.late if at > self.time.now]
        for document in due:
            self.add(document)

    def edit(self, row: Row, **changes: Any) -> None:
        document = {**row.document, **changes}
        self.rows[row.id] = replace(
            row, document=document, modified=self.time.now, version=row.version + 1, edited=True
        )

    def delete(self, row: Row) -> None:
        del self.rows[row.id]
        self.deleted.append(row.id)

    def marker(self, row: Row) -> str:
        return outgoing(self.connection, ENTITY).marker_in(row.document, self.dialect)

    # What the engine asks: see `sync.books.Books` and `sync.presence.Holdings`.

    def created_since(self, entity: str, since: datetime) -> Iterator[Found]:
        yield from (_found(row) for row in self.rows.values() if row.created >= since)

    def present(self, entity: str, remote_ids: Iterable[str]) -> Iterator[Found]:
        yield from (_found(self.rows[each]) for each in remote_ids if each in self.rows)


def _done(row: Row) -> Done:
    return Done(row.id, str(row.version), row.created)


def _found(row: Row) -> Found:
    return Found(_done(row), row.document)
