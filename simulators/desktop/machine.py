"""The computer: its company files, the state they are in, and the journal of everything ever written to them."""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from simulators.desktop.access import Gate
from simulators.desktop.company_file import CompanyFile
from simulators.desktop.conditions import Conditions, Faults
from simulators.desktop.operations import Change
from simulators.desktop.records import shown
from simulators.desktop.rows import encode
from simulators.desktop.sessions import Connection

JOURNAL = """
CREATE TABLE IF NOT EXISTS files (id TEXT PRIMARY KEY, path TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS journal (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, file TEXT NOT NULL, op TEXT NOT NULL, entity TEXT NOT NULL,
    id TEXT NOT NULL, edit INTEGER NOT NULL, request_id TEXT, message_set TEXT, app TEXT, via TEXT NOT NULL,
    body TEXT NOT NULL
);
"""
COLUMNS = (
    "seq",
    "at",
    "file",
    "op",
    "entity",
    "id",
    "edit_sequence",
    "request_id",
    "message_set",
    "app",
    "via",
    "body",
)


@dataclass(frozen=True)
class Origin:
    """Where a write came from: ``via`` is sdk, browser or control."""

    via: str = "sdk"
    app: str = ""
    message_set: str = ""
    request_id: str | None = None


@dataclass
class Office:
    """One company file and all that surrounds it."""

    file: CompanyFile
    conditions: Conditions = field(default_factory=Conditions)
    faults: Faults = field(default_factory=Faults)
    gate: Gate = field(init=False)
    _turns: dict[str, asyncio.Lock] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.gate = Gate(self.file, self.conditions)

    def turn(self, computer: str) -> asyncio.Lock:
        """Held while one computer's QuickBooks works on a message set; another computer's doesn't wait for it."""
        return self._turns.setdefault(computer, asyncio.Lock())


@dataclass
class Stats:
    """Counted since the last reset."""

    calls: Counter[str] = field(default_factory=Counter)
    requests: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    hresults: Counter[str] = field(default_factory=Counter)
    message_sets: int = 0
    largest_set: int = 0

    def as_json(self) -> dict[str, Any]:
        counted = {name: dict(getattr(self, name)) for name in ("calls", "requests", "statuses", "hresults")}
        return {**counted, "message_sets": self.message_sets, "largest_set": self.largest_set}


class Machine:
    """Single threaded: every method runs to its end on the event loop."""

    def __init__(self, data: Path) -> None:
        self.data = data
        data.mkdir(parents=True, exist_ok=True)
        self.db = sqlite3.connect(data / "machine.db", isolation_level=None, check_same_thread=False)
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.execute("PRAGMA synchronous=OFF")
        self.db.executescript(JOURNAL)
        self.offices: dict[str, Office] = {}
        self.connections: dict[str, Connection] = {}
        self.stats = Stats()
        for slug, path in self.db.execute("SELECT id, path FROM files ORDER BY rowid").fetchall():
            self.offices[slug] = Office(CompanyFile(slug, Path(path)))

    def close(self) -> None:
        for office in self.offices.values():
            office.file.close()
        self.db.close()

    def clear(self) -> None:
        """Throw everything away, the journal too."""
        for office in self.offices.values():
            office.file.close()
            for suffix in ("", "-wal", "-shm"):
                Path(f"{office.file.path}{suffix}").unlink(missing_ok=True)
        self.db.executescript("DELETE FROM files; DELETE FROM journal; DELETE FROM sqlite_sequence;")
        self.offices, self.connections, self.stats = {}, {}, Stats()

    def create(self, name: str) -> Office:
        """A company file of that name without anything in it."""
        slug = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-") or "company"
        key, number = slug, 1
        while key in self.offices:
            number += 1
            key = f"{slug}-{number}"
        plain = re.sub(r'[<>:"/\\|?*]', "_", name)
        path = (self.data / (f"{plain}.qbw" if number == 1 else f"{plain} {number}.qbw")).resolve()
        office = Office(CompanyFile(key, path))
        self.offices[key] = office
        self.db.execute("INSERT INTO files VALUES (?, ?)", (key, str(path)))
        return office

    def office_at(self, path: str) -> Office | None:
        """The office of a company file by path or id."""
        for office in self.offices.values():
            if path in (office.file.id, str(office.file.path)):
                return office
        return None

    # Journal

    def record(self, office: Office, change: Change, origin: Origin) -> None:
        row, body = change.row, encode(shown(office.file, change.row))
        self._add(office, change.op, change.entity.name, row.id, row.edit, origin, body)

    def note(self, office: Office, op: str, detail: dict[str, Any], via: str) -> None:
        """Something that befell the file as a whole: fill, backup, restore."""
        self._add(office, op, "", "", 0, Origin(via=via), encode(detail))

    def _add(self, office: Office, op: str, entity: str, id: str, edit: int, origin: Origin, body: str) -> None:
        values = (
            time.time(), office.file.id, op, entity, id, edit, origin.request_id, origin.message_set or None,
            origin.app or None, origin.via, body,
        )  # fmt: skip
        names = "at, file, op, entity, id, edit, request_id, message_set, app, via, body"
        self.db.execute(f"INSERT INTO journal ({names}) VALUES ({', '.join('?' * 11)})", values)  # noqa: S608

    def journal(
        self, *, file: str = "", entity: str = "", op: str = "", after: int = 0, limit: int = -1, newest: bool = False,
        skip: int = 0,
    ) -> list[dict[str, Any]]:  # fmt: skip
        """Entries numbered above ``after``; ``newest`` turns the order round."""
        conditions, values = ["seq > ?"], [after]
        for name, wanted in (("file", file), ("entity", entity), ("op", op)):
            if wanted:
                conditions.append(f"{name} = ?")
                values.append(wanted)  # type: ignore[arg-type]
        order = "DESC" if newest else "ASC"
        sql = f"SELECT * FROM journal WHERE {' AND '.join(conditions)} ORDER BY seq {order} LIMIT ? OFFSET ?"  # noqa: S608
        found = self.db.execute(sql, (*values, limit, skip))
        entries = [dict(zip(COLUMNS, row, strict=True)) for row in found]
        for entry in entries:
            entry["edit_sequence"], entry["body"] = str(entry["edit_sequence"]), json.loads(entry["body"])
        return entries

    def last_seq(self) -> int:
        return int(self.db.execute("SELECT coalesce(max(seq), 0) FROM journal").fetchone()[0])

    def entries_of(self, file: str, entity: str) -> int:
        sql = "SELECT count(*) FROM journal WHERE file = ? AND (? = '' OR entity = ?)"
        return int(self.db.execute(sql, (file, entity, entity)).fetchone()[0])
