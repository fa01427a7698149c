"""Can this be posted now, and if not, what would it need? The same answer makes the page and the payload."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any, Protocol

from django.urls import NoReverseMatch, reverse

from integrations import registry
from integrations.models import Connection
from integrations.options import Options

from .mapper import Mend

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Blocker:
    """One thing that keeps a record from being posted: a sentence, and the page that mends it ("" when there is none).

    `code` groups equal causes: link_staff, link_customer, link_item, inactive, closed, not_approved, gone … Where those
    of one code are mended as a rule stands in `mends` of an entity.
    """

    code: str
    text: str
    url: str = ""


@dataclass(frozen=True)
class Readiness:
    """Whether a record can go out: `write` makes its document, or `blockers` say what keeps it."""

    write: Callable[[], Json] | None = None
    blockers: list[Blocker] = field(default_factory=list)

    @property
    def ready(self) -> bool:
        return self.write is not None

    @cached_property
    def document(self) -> Json | None:
        """Exactly what the books would get, but for the marker; None while something blocks.

        Written when it is asked for: a page that only tells what is ready needs none of hundreds.
        """
        return self.write() if self.write else None


class Outgoing(Protocol):
    """What the engine asks of an entity that goes out."""

    key: str
    online: str
    desktop: str
    local_model: str
    called: dict[str, tuple[str, str]]  # by edition, what a person calls one and many of them there
    by_settings: tuple[str, ...]  # names of what follows from the firm's settings and rates, not from the record alone

    @property
    def desktop_order(self) -> list[str]:
        """The elements of Desktop's record in the order that it demands."""

    def gather(self, connection: Connection, local_ids: Collection[int]) -> dict[int, Json | list[Blocker]]:
        """Values by our id, or what is missing; constant SQL. Ids that are not there are not in the answer."""

    def write(self, values: Json, dialect: Any) -> Json: ...

    def stamp(self, document: Json, marker: str, dialect: Any) -> Json:
        """The document carrying the marker."""

    def marker_in(self, raw: Json, dialect: Any) -> str:
        """The marker a record of the books carries, or ""."""

    def differences(self, document: Json, raw: Json, dialect: Any) -> list[str]:
        """Names of what differs between what we sent and what the books hold; empty when equal."""

    def values(self, raw: Json, names: Collection[str], dialect: Any) -> Json:
        """What one side says in the fields that differ, by name, without what is empty: minutes, ids, plain words."""

    def fingerprint(self, raw: Json, dialect: Any) -> tuple[Any, ...]:
        """What tells two records apart where markers are switched off."""

    def restated(self, documents: dict[int, Json], dialect: Any) -> dict[int, Json]:
        """Documents by our id, each saying what is certain of its record whether it is ready or not: what it is about
        may be linked to nothing now, but not the day. Records that are not there are not in the answer.
        """

    def settled_as(self, document: Json, sent: Json) -> Json:
        """The document, saying of what is `by_settings` only what `sent` says."""

    def identities(self, connection: Connection, local_ids: Collection[int] | None) -> dict[int, str]:
        """For `markers.derive`; None: of all records of the firm that aren't held by a posting."""

    def lock(self, local_ids: Collection[int], state: str, note: str, *, only_free: bool = False) -> None:
        """Holds our records ("posting", "posted") or frees them (""). What is posted never goes back to "posting";
        `only_free` leaves alone whatever is held already.
        """


def outgoing(connection: Connection, entity: str) -> Outgoing:
    """Raises KeyError when the system doesn't take it."""
    found: Outgoing = registry.get(connection.system).entities[entity]
    return found


def called(connection: Connection, entity: str) -> tuple[str, str]:
    """What these books call one of what the record becomes there, and many: "time activity", "time activities"."""
    return outgoing(connection, entity).called[registry.get(connection.system).dialect.key]


def mends(connection: Connection) -> dict[str, Mend]:
    """Where it is mended, by the code of a refusal, as the system has it, or of a blocker, as its entities declare."""
    system = registry.get(connection.system)
    lacks = {code: mend for spec in system.entities.values() for code, mend in spec.mends.items()}
    return {**system.mends, **lacks}


def check(connection: Connection, entity: str, local_ids: Collection[int]) -> dict[int, Readiness]:
    """By our id, for every id given. Constant SQL for any number of ids."""
    spec = outgoing(connection, entity)
    dialect = registry.get(connection.system).dialect
    gathered = spec.gather(connection, local_ids) if local_ids else {}
    gone = [Blocker("gone", "This record no longer exists here.")]
    return {each: _readiness(spec, gathered.get(each, gone), dialect) for each in local_ids}


def _readiness(spec: Outgoing, found: Json | list[Blocker], dialect: Any) -> Readiness:
    if isinstance(found, list):
        return Readiness(blockers=found)
    return Readiness(partial(spec.write, found, dialect))


def page(name: str, *args: Any) -> str:
    """The address of a page by its URL name; "" in an installation without it."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def stamp(connection: Connection, entity: str) -> Callable[[Json, str], Json]:
    """Makes documents, each with its marker, as they go out. Where the firm has switched markers off: as they are."""
    spec, dialect = outgoing(connection, entity), registry.get(connection.system).dialect
    has_markers = Options.of(connection).marker
    return lambda document, marker: spec.stamp(document, marker, dialect) if marker and has_markers else document


def stamped(connection: Connection, entity: str, document: Json, marker: str) -> Json:
    """One document as it goes out."""
    return stamp(connection, entity)(document, marker)
