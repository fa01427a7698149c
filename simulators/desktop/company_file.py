"""One company file, kept in SQLite: its lists, transactions, settings, and who may open it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from simulators.desktop import clock
from simulators.desktop.entities import Entity
from simulators.desktop.rows import Json, Row, encode

SCHEMA = (Path(__file__).parent / "storage.sql").read_text(encoding="utf-8")
LIST_COLUMNS = "pool, id, entity, created, modified, edit, name, path, key, parent, level, active, body"
TXN_COLUMNS = "id, entity, number, created, modified, edit, day, who, body"
_LISTS = f"SELECT {LIST_COLUMNS} FROM lists"  # noqa: S608
_TXNS = f"SELECT {TXN_COLUMNS} FROM txns"  # noqa: S608


class CompanyFile:
    """Reads and writes rows; knows no rules. ``id`` is how addresses call it, ``path`` where it lies."""

    def __init__(self, id: str, path: Path) -> None:
        self.id, self.path = id, path
        self._paths: dict[str, dict[str, str]] = {}
        self._open()

    def _open(self) -> None:
        # The file's own commits are what matters here, not the machine's crashes: no waiting for the disk.
        self.db = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.execute("PRAGMA synchronous=OFF")
        self.db.create_function("fold", 1, str.casefold, deterministic=True)
        self.db.executescript(SCHEMA)

    def close(self) -> None:
        self.db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; names remembered for references are read anew after a failure."""
        self.db.execute("BEGIN")
        try:
            yield
        except BaseException:
            self.db.execute("ROLLBACK")
            self._paths.clear()
            raise
        self.db.execute("COMMIT")

    # Copies

    def backup(self, target: Path) -> None:
        """A copy as QuickBooks' own back-up makes it."""
        target.unlink(missing_ok=True)
        with sqlite3.connect(target) as copy:
            self.db.backup(copy)
        copy.close()

    def restore(self, source: Path) -> None:
        """Everything as it was when the copy was made, ids and counters included."""
        with sqlite3.connect(source) as copy:
            copy.backup(self.db)
        copy.close()
        self._paths.clear()

    # Settings

    def fact(self, name: str, default: Any = None) -> Any:
        found = self.db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return json.loads(found[0]) if found else default

    def set_fact(self, name: str, value: Any) -> None:
        self.db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, json.dumps(value)))

    @property
    def name(self) -> str:
        return str(self.fact("company", {}).get("CompanyName", self.id))

    def preferences(self) -> Json:
        found: Json = self.fact("preferences", {})
        return found

    def closing_date(self) -> str:
        return str(self.preferences().get("AccountingPreferences", {}).get("ClosingDate", ""))

    def uses_classes(self) -> bool:
        return bool(self.preferences().get("AccountingPreferences", {}).get("IsUsingClassTracking") == "true")

    # Numbers

    def reserve(self, counter: str, count: int = 1) -> int:
        """The first of ``count`` consecutive numbers."""
        first = int(self.fact(f"next {counter}", 1))
        self.set_fact(f"next {counter}", first + count)
        return first

    # Rows

    def find(self, entity: Entity, id: str) -> Row | None:
        if entity.is_txn:
            found = self.rows(True, f"{_TXNS} WHERE id = ? AND entity = ?", (id, entity.name))
        else:
            found = self.rows(
                False, f"{_LISTS} WHERE pool = ? AND id = ? AND entity = ?", (entity.pool, id, entity.name)
            )
        return next(found, None)

    def rows(self, txns: bool, sql: str, values: Iterable[Any] = ()) -> Iterator[Row]:
        make = Row.of_txn if txns else Row.of_list
        return (make(found) for found in self.db.execute(sql, tuple(values)))

    def holder(self, pool: str, path: str) -> tuple[str, str] | None:
        """(entity, id) of whoever bears the full name in the pool, in any case."""
        key = path.casefold()
        found = self.db.execute("SELECT entity, id FROM lists WHERE pool = ? AND key = ?", (pool, key)).fetchone()
        return (found[0], found[1]) if found else None

    def kind_of(self, pool: str, id: str) -> str | None:
        found = self.db.execute("SELECT entity FROM lists WHERE pool = ? AND id = ?", (pool, id)).fetchone()
        return str(found[0]) if found else None

    def path_of(self, pool: str, id: str) -> str:
        """The full name of a list record; remembered, since every reference shows it."""
        known = self._paths.get(pool)
        if known is None:
            found = self.db.execute("SELECT id, path FROM lists WHERE pool = ?", (pool,))
            known = self._paths[pool] = dict(found.fetchall())
        return known.get(id, "")

    def forget_paths(self, pool: str) -> None:
        self._paths.pop(pool, None)

    def put(self, row: Row) -> None:
        """Write a new row or over an old one. sqlite3.IntegrityError when its full name is taken."""
        if row.is_txn:
            self.db.execute(_upsert("txns", TXN_COLUMNS, "id"), row.txn_values())
            return
        self.db.execute(_upsert("lists", LIST_COLUMNS, "pool, id"), row.list_values())
        if row.pool in self._paths:
            self._paths[row.pool][row.id] = row.path

    def remove(self, row: Row, at: int) -> None:
        """Take a row out and remember that it was there."""
        kind = "txn" if row.is_txn else "list"
        record = (kind, row.entity, row.id, row.created, clock.wall(at), None if row.is_txn else row.path)
        self.db.execute("INSERT INTO deleted VALUES (?, ?, ?, ?, ?, ?)", record)
        if row.is_txn:
            self.db.execute("DELETE FROM txns WHERE id = ?", (row.id,))
            return
        self.db.execute("DELETE FROM lists WHERE pool = ? AND id = ?", (row.pool, row.id))
        self.forget_paths(row.pool)

    def children(self, row: Row) -> list[Row]:
        return list(self.rows(False, f"{_LISTS} WHERE pool = ? AND parent = ? ORDER BY key", (row.pool, row.id)))

    def is_referred_to(self, id: str) -> bool:
        """Whether anything in the file names the id: read through rather than indexed, since deleting is rare."""
        pattern = f"%{encode({'ListID': id})[1:-1]}%"
        for table in ("txns", "lists"):
            if self.db.execute(f"SELECT 1 FROM {table} WHERE body LIKE ? LIMIT 1", (pattern,)).fetchone():  # noqa: S608
                return True
        return False

    def count(self, entity: Entity) -> int:
        table = "txns" if entity.is_txn else "lists"
        sql = f"SELECT count(*) FROM {table} WHERE entity = ?"  # noqa: S608
        return int(self.db.execute(sql, (entity.name,)).fetchone()[0])


def _upsert(table: str, columns: str, key: str) -> str:
    names = [name.strip() for name in columns.split(",")]
    changes = ", ".join(f"{name} = excluded.{name}" for name in names if name not in key.split(", "))
    marks = ", ".join("?" * len(names))
    return f"INSERT INTO {table} ({columns}) VALUES ({marks}) ON CONFLICT ({key}) DO UPDATE SET {changes}"  # noqa: S608
