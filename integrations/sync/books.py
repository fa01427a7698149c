"""How the engine looks something up in the books, whatever system they are in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from integrations import registry
from integrations.models import Connection, Operation, OperationEvent

from .outcomes import BY_LOOK, BY_PERSON, Done
from .readiness import Outgoing, outgoing


@dataclass(frozen=True, slots=True)
class Found:
    """A record of the books: which it is, and as it was received."""

    done: Done
    raw: dict[str, Any]


class Books(Protocol):
    def created_since(self, entity: str, since: datetime) -> Iterator[Found]:
        """Everything of one kind created since `since` by our clock. Raises the errors of `sync.errors`."""


@dataclass(slots=True)
class Index:
    """What was found, by its marker, and where there is none by what it says."""

    connection: Connection
    entity: str
    by_marker: dict[str, list[Found]] = field(default_factory=lambda: defaultdict(list))
    by_content: dict[tuple[Any, ...], list[Found]] = field(default_factory=lambda: defaultdict(list))
    # By operation, what its record says where it was changed here while it was missing: see `changed_here`.
    here: dict[int, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, connection: Connection, entity: str, rows: Iterable[Found]) -> Index:
        index = cls(connection, entity)
        for found in rows:
            marker = index.mark_of(found)
            if marker:
                index.by_marker[marker].append(found)
            else:
                index.by_content[index.spec.fingerprint(found.raw, index.dialect)].append(found)
        return index

    @property
    def spec(self) -> Outgoing:
        return outgoing(self.connection, self.entity)

    @property
    def dialect(self) -> Any:
        return registry.get(self.connection.system).dialect

    def mark_of(self, found: Found) -> str:
        """The marker that a record of the books carries, or ""."""
        return self.spec.marker_in(found.raw, self.dialect)

    def marked(self, operation: Operation) -> bool:
        """Whether the operation's payload carries its marker into the books."""
        return bool(operation.payload and self.spec.marker_in(operation.payload, self.dialect))

    def content(self, operation: Operation) -> tuple[Any, ...]:
        return self.spec.fingerprint(operation.payload or {}, self.dialect)

    def differences(self, operation: Operation, found: Found) -> list[str]:
        """Empty when the books hold what was sent, or what the record says since it was changed here; also when nothing
        is known of what was sent. What a person attached was made by hand, whatever our settings would have sent.
        """
        document = self._ours(operation)
        names = self.spec.differences(document, found.raw, self.dialect) if document else []
        return [name for name in names if operation.via != BY_PERSON or name not in self.spec.by_settings]

    def both_sides(self, operation: Operation, found: Found, differences: list[str]) -> dict[str, Any]:
        """Evidence: what differs, what of it was `sent` (or is said here since), what is `there`; empty if nothing."""
        if not differences:
            return {}
        sent = self.spec.values(self._ours(operation) or {}, differences, self.dialect)
        there = self.spec.values(found.raw, differences, self.dialect)
        return {"differences": differences, "sent": sent, "there": there}

    def _ours(self, operation: Operation) -> dict[str, Any] | None:
        """What is compared: what the record said when it was found again, else what was sent."""
        return self.here.get(operation.pk) or operation.payload


def changed_here(operations: Iterable[Operation]) -> dict[int, dict[str, Any]]:
    """By operation, the document its record made when it was found again, where it had been changed here by then.

    Held by its posting since, it says the same to this day. What was sent stays written down beside it.
    """
    found = [each.pk for each in operations if each.via in (BY_LOOK, BY_PERSON)]
    looks = OperationEvent.objects.filter(operation__in=found, evidence__has_key="scan").order_by("pk")
    newest = dict(looks.values_list("operation", "evidence__here")) if found else {}
    return {pk: document for pk, document in newest.items() if document}
