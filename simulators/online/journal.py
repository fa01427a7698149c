"""What was ever written, in order: in memory for the oracle, in a file so that a restart brings everything back."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulators.online.rows import encode


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a write came from: ``via`` is api, browser or control; ``batch`` is the bId inside a batch."""

    via: str = "api"
    requestid: str | None = None
    batch: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One write. ``raw`` is the object's JSON after it (before it, for a delete)."""

    seq: int
    at: float
    realm: str
    op: str
    entity: str
    id: str
    token: int
    created: int
    updated: int
    origin: Origin
    raw: bytes

    def as_bytes(self) -> bytes:
        head = {
            "seq": self.seq,
            "at": self.at,
            "realm": self.realm,
            "op": self.op,
            "entity": self.entity,
            "id": self.id,
            "sync_token": str(self.token),
            "requestid": self.origin.requestid,
            "batch": self.origin.batch,
            "via": self.origin.via,
            "created": self.created,
            "updated": self.updated,
        }
        return encode(head)[:-1] + b',"body":' + self.raw + b"}"


class LogFile:
    """An append-only file of JSON lines. A line that a kill tore off is dropped when the file is read again."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        self._waiting: list[bytes] = []

    def add(self, kind: str, record: dict[str, Any]) -> None:
        self._waiting.append(encode({"t": kind, **record}))

    def add_entry(self, entry: Entry) -> None:
        self._waiting.append(b'{"t":"write",' + entry.as_bytes()[1:])

    def flush(self) -> None:
        """One write call for all that waits: it is in the kernel then, and outlives this process."""
        if not self._waiting:
            return
        data = b"\n".join(self._waiting) + b"\n"
        self._waiting = []
        while data:
            data = data[os.write(self._file, data) :]

    def clear(self) -> None:
        self._waiting = []
        os.ftruncate(self._file, 0)

    def close(self) -> None:
        self.flush()
        os.close(self._file)

    def replay(self) -> Iterator[dict[str, Any]]:
        """Every whole record. Cuts a torn last line off the file."""
        whole = 0
        with self.path.open("rb") as source:
            for line in source:
                if not line.endswith(b"\n"):
                    break
                whole += len(line)
                yield json.loads(line)
        os.truncate(self.path, whole)
