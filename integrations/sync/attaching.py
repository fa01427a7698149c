"""A person says that something is in the books already: looked up there and compared before it is believed."""

from __future__ import annotations

from typing import Any

from integrations import registry
from integrations.models import Connection, Operation

from . import decisions, readiness
from .errors import Rejected

# What must agree before a transaction of the books can stand for a record of ours.
WORDS = {"employee": "person", "vendor": "person", "day": "date", "minutes": "length of time"}


def attach_checked(
    *, connection: Connection, operation: Operation, number: str, known: dict[str, Any], by: Any
) -> Operation:
    """The record counts as posted under that number. `known`: its values that are certain even when it isn't ready.

    Raises Rejected when the books have no such transaction, or it is of another person, day or length; and whatever
    keeps the books from being read. Where they can't be asked at once, the person's word counts.
    """
    number = number.strip()
    driver = registry.get(connection.system).driver
    if number and isinstance(driver, registry.Reader):
        held = driver.read(connection, operation.entity, number)
        if held is None:
            raise Rejected(f"QuickBooks has no transaction of this kind with the number {number}.", code="remote_id")
        _check_same(connection, operation, number, held, known)
    return decisions.attach(operation=operation, remote_id=number, by=by)


def _check_same(
    connection: Connection, operation: Operation, number: str, held: dict[str, Any], known: dict[str, Any]
) -> None:
    """Client, service and words may have been mended there by hand; who worked, when and how long may not differ."""
    spec, dialect = readiness.outgoing(connection, operation.entity), registry.get(connection.system).dialect
    verdict = readiness.check(connection, operation.entity, [operation.local_id])[operation.local_id]
    document = verdict.document or (spec.write(known, dialect) if known else operation.payload or {})
    differing = {WORDS[name] for name in spec.differences(document, held, dialect) if name in WORDS}
    if differing:
        words = " and ".join(sorted(differing))
        raise Rejected(f"{number} in QuickBooks isn’t this one: it has another {words}.", code="remote_id")
