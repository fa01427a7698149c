"""Objects in memory: each keeps its JSON text ready to send, and beside it only what queries look at."""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import Any

from simulators.online.entity import Entity, Json

Column = str | float | bool | None


def encode(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def column_value(value: Any) -> Column:
    """How a value takes part in comparisons: references by id, texts without regard to case."""
    if isinstance(value, dict):
        value = value.get("value", value.get("Address", value.get("URI")))
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float):
        return float(value)
    return str(value).casefold()


class Row:
    """One stored state of an object; a later state is another Row. ``name`` is what references to it show."""

    __slots__ = ("active", "columns", "created", "id", "name", "raw", "token", "updated")

    def __init__(
        self,
        id: str,
        raw: bytes,
        token: int,
        created: int,
        updated: int,
        active: bool,
        columns: tuple[Column, ...],
        name: str,
    ) -> None:
        self.id, self.raw, self.token, self.name = id, raw, token, name
        self.created, self.updated, self.active, self.columns = created, updated, active, columns

    @property
    def data(self) -> Json:
        """A fresh copy of the object."""
        parsed: Json = json.loads(self.raw)
        return parsed


class Table:
    """The objects of one entity in one company, by id, in order of creation and in order of change."""

    def __init__(self, entity: Entity) -> None:
        self.entity = entity
        self.rows: dict[str, Row] = {}
        self.version = 0
        self.found: dict[Any, list[Row]] = {}  # answers of queries, good for one version
        self._position = {name: index for index, name in enumerate(entity.columns)}
        self._times: list[int] = []
        self._changes: list[Row] = []
        self._sorted = True
        self._created: list[Row] | None = []

    def position(self, name: str) -> int:
        """Index of a column; KeyError if the entity keeps no such column."""
        return self._position[name]

    def put(self, row: Row) -> None:
        """Store a new row, or the new state of a row with the same id."""
        fresh = row.id not in self.rows
        self.rows[row.id] = row
        if self._times and row.updated < self._times[-1]:
            self._sorted = False
        self._changes.append(row)
        self._times.append(row.updated)
        if self._created is not None:
            if fresh and (not self._created or self._created[-1].created <= row.created):
                self._created.append(row)
            else:
                self._created = None
        self._touched()

    def remove(self, id: str) -> None:
        del self.rows[id]
        self._created = None
        self._touched()

    def replace_raw(self, row: Row, raw: bytes, columns: tuple[Column, ...], name: str) -> None:
        """Change what is shown of a row without the change being visible in its token or times."""
        row.raw, row.columns, row.name = raw, columns, name
        self._touched()

    def in_order(self) -> list[Row]:
        """All rows, oldest first."""
        if self._created is None:
            self._created = sorted(self.rows.values(), key=lambda row: row.created)
        return self._created

    def created_since(self, moment: float, *, inclusive: bool) -> list[Row]:
        rows = self.in_order()
        cut = bisect_left if inclusive else bisect_right
        return rows[cut(rows, moment, key=lambda row: row.created) :]

    def changed_since(self, moment: float, *, inclusive: bool) -> Iterator[Row]:
        """Rows in order of their last change, from ``moment`` on."""
        self._settle()
        start = (bisect_left if inclusive else bisect_right)(self._times, moment)
        for place in range(start, len(self._changes)):
            row = self._changes[place]
            if self.rows.get(row.id) is row:
                yield row

    def _settle(self) -> None:
        """Sort if history was written out of order; drop stale places when they outnumber the live ones."""
        if self._sorted and len(self._changes) <= 2 * len(self.rows) + 64:
            return
        live = [row for row in self._changes if self.rows.get(row.id) is row]
        self._changes = sorted(live, key=lambda row: row.updated)
        self._times = [row.updated for row in self._changes]
        self._sorted = True

    def _touched(self) -> None:
        self.version += 1
        if self.found:
            self.found = {}
