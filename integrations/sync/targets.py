"""What an entity is told about an incoming record, and what it answers. Plain values, no database."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .fields import Wins


@dataclass(frozen=True, slots=True)
class Identity:
    """Which record it is, which state of it, and whether only its absence is told."""

    remote_id: str
    version: str
    changed_at: datetime | None
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """What the firm has chosen, as far as an entity asks."""

    firm: int = 0  # our id of the firm whose books these are
    updates: bool = True  # clients and projects follow the books; off: only what a person wants is made
    use_jobs: bool = True
    inactive_job_status: str = ""
    first_import: bool = True  # nothing was imported from these books before
    whole_company: bool = False  # the company's own data are wanted again


@dataclass(slots=True)
class Incoming:
    """One record of the books on its way in.

    `path` holds names from the top of its tree down to itself, `root` the top's remote id (perhaps its own).
    `children` says that something active or linked stands below it. `links`: our model → our id.
    """

    pk: int
    remote_id: str
    name: str
    active: bool
    values: dict[str, Any]
    path: tuple[str, ...] = ()
    root: str = ""
    children: bool = False
    deleted: bool = False
    wanted: bool = False  # a person said "create"
    by_person: set[str] = field(default_factory=set)  # our models that a person linked it to
    links: dict[str, int] = field(default_factory=dict)
    was_active: dict[str, bool] = field(default_factory=dict)

    @property
    def is_top(self) -> bool:
        return self.root == self.remote_id


@dataclass(slots=True)
class Note:
    """Something to tell a person about a record; `kind` as in SyncIssue."""

    kind: str
    code: str
    message: str


@dataclass(slots=True)
class Target:
    """One record of ours that the incoming record should be.

    `model` is "app_label.model". `values` are our columns. `keys` are the columns that make it the same thing, tried
    in order. `wins` says who owns a column where it isn't the books. `within` is the column that holds its owner and
    the owner's remote id: the owner is the first target of that remote record. `ours` is our id where it is known
    without a link. With `create` off only an existing link is kept in step; `decide` asks a person before one is made.
    """

    model: str
    values: dict[str, Any]
    keys: tuple[str, ...] = ("name",)
    within: tuple[str, str] | None = None
    ours: int | None = None
    create: bool = True
    decide: str = ""
    wins: dict[str, Wins] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
