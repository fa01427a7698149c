"""The words of a plan: what becomes of one record of the books, and of each thing of ours that it should be."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from integrations.models import Connection

from .mapper import Entity
from .targets import Incoming, Note, Rules, Target


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose records are brought over, how they are read, and by which rules. `dry`: owners may only be proposed.

    `names` is what `twins` has read of ours, by model and owner.
    """

    connection: Connection
    entity: Entity
    dialect: Any
    rules: Rules
    dry: bool = False
    names: dict[str, Any] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Twin:
    """One of ours that is called nearly so: how alike in percent, and how many such there are."""

    local_id: int
    name: str
    confidence: int
    many: int = 1


@dataclass(slots=True)
class Fate:
    """What becomes of one target. `how`: linked, matched, new, or none. `ours` is our id once there is one."""

    target: Target
    values: dict[str, Any]
    how: str = "none"
    ours: int | None = None
    item: Any = None
    owner: int | None = None
    owner_new: bool = False
    by_person: bool = False
    twin: Twin | None = None
    changes: dict[str, list[Any]] = field(default_factory=dict)


@dataclass(slots=True)
class Plan:
    """What becomes of one mirror row. `refused`: nothing of it may be written until a note is answered."""

    pk: int
    remote_id: str
    name: str
    active: bool
    record: Incoming | None = None
    blocked: bool = False
    waiting_for: str = ""
    fates: list[Fate] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    @property
    def needs_person(self) -> bool:
        return any(note.kind in ("decision", "rejected") for note in self.notes)
