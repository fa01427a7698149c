"""A record as it is stored: what QuickBooks works out for itself in columns, the rest as nested values."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


def encode(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@dataclass
class Row:
    """A list record (``pool`` set) or a transaction. Moments are wall-clock text, ``edit`` is the edit sequence.

    References in ``body`` hold only a ListID; their full names are looked up when the record is shown.
    """

    entity: str
    id: str
    created: str
    modified: str
    edit: int
    body: Json = field(default_factory=dict)
    pool: str = ""
    name: str = ""
    path: str = ""
    parent: str = ""
    level: int = 0
    active: bool = True
    number: int = 0
    day: str = ""
    who: str = ""

    @property
    def is_txn(self) -> bool:
        return not self.pool

    @classmethod
    def of_list(cls, found: tuple[Any, ...]) -> Row:
        pool, own, entity, created, modified, edit, name, path, _, parent, level, active, body = found
        kept = json.loads(body)
        return cls(entity, own, created, modified, edit, kept, pool, name, path, parent, level, bool(active))

    @classmethod
    def of_txn(cls, found: tuple[Any, ...]) -> Row:
        own, entity, number, created, modified, edit, day, who, body = found
        return cls(entity, own, created, modified, edit, json.loads(body), number=number, day=day, who=who)

    def list_values(self) -> tuple[Any, ...]:
        return (
            self.pool, self.id, self.entity, self.created, self.modified, self.edit, self.name, self.path,
            self.path.casefold(), self.parent, self.level, int(self.active), encode(self.body),
        )  # fmt: skip

    def txn_values(self) -> tuple[Any, ...]:
        return (
            self.id, self.entity, self.number, self.created, self.modified, self.edit, self.day, self.who,
            encode(self.body),
        )  # fmt: skip
