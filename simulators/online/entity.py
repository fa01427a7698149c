"""What an entity of the v3 API is: a declaration that the operations, the query language and the browser read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

from simulators.online.fields import Field

Json = dict[str, Any]
META = ("MetaData.CreateTime", "MetaData.LastUpdatedTime")
COMMON = frozenset({"Id", "SyncToken", "MetaData", "domain", "sparse", "status"})


class Stored(Protocol):
    """An object in the books, as a rule sees it."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def active(self) -> bool: ...
    @property
    def columns(self) -> tuple[Any, ...]: ...
    @property
    def data(self) -> Json: ...


class Shelf(Protocol):
    """All objects of one entity, as a rule sees them."""

    @property
    def entity(self) -> Entity: ...
    @property
    def rows(self) -> Mapping[str, Stored]: ...
    def position(self, name: str) -> int: ...


class Company(Protocol):
    """The books a rule may look into while it judges a write."""

    @property
    def currency(self) -> str: ...
    @property
    def closing_password(self) -> bool: ...
    @property
    def children(self) -> Mapping[tuple[str, str], Set[str]]: ...
    @property
    def tables(self) -> Mapping[str, Shelf]: ...
    def find(self, entity: str, id: str) -> Stored | None: ...
    def holder(self, entity: Entity, name: str) -> tuple[str, str] | None: ...
    def preferences(self) -> Json: ...
    def book_close_date(self) -> str: ...


@dataclass
class Draft:
    """A write under way: ``new`` will be stored, ``sent`` are the names the client gave, ``old`` is what is stored."""

    realm: Company
    entity: Entity
    new: Json
    old: Json | None
    sent: frozenset[str]
    now: int
    privileged: bool = False  # through the control interface or the browser: Intuit's own hand, fewer rules


def no_rules(draft: Draft) -> None:
    """Most lists have nothing beyond their fields."""


@dataclass(frozen=True)
class Entity:
    """One kind of object.

    ``names`` is the group in which a name is unique and Ids are drawn from one sequence (customers, vendors and
    employees share one). ``parent_flag`` is the Boolean that makes a ParentRef count (``Job``, ``SubItem``).
    """

    name: str
    fields: tuple[Field, ...]
    names: str = ""
    name_field: str = ""
    parent_flag: str = ""
    is_list: bool = True
    single: bool = False
    suffix_fields: tuple[str, ...] = ()
    counted: bool = False
    kept: tuple[str, ...] = ()  # reference columns the simulator itself searches by
    reference_word: str = "Names"
    derive: Callable[[Draft], None] = field(default=no_rules)
    check: Callable[[Draft], None] = field(default=no_rules)

    @cached_property
    def by_name(self) -> dict[str, Field]:
        return {item.name: item for item in self.fields}

    @cached_property
    def filterable(self) -> dict[str, str]:
        """Lower-case attribute -> its proper spelling, of what the vendor's pages mark as filterable."""
        own = [item.name for item in self.fields if item.filterable]
        return {name.lower(): name for name in ["Id", *own, *META]}

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """What is taken out of each object when it is stored, so that a query need not parse it."""
        own = [item.name for item in self.fields if item.filterable]
        return tuple(dict.fromkeys([*own, *self.kept]))

    @property
    def address(self) -> str:
        return self.name.lower()
