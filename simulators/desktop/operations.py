"""Adding, changing and deleting records by QuickBooks' rules. Nothing is written when a rule says no."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from simulators.desktop import clock, naming, time_rules
from simulators.desktop.company_file import CompanyFile
from simulators.desktop.entities import Entity
from simulators.desktop.references import resolved
from simulators.desktop.rows import Json, Row
from simulators.desktop.schema import TABLES
from simulators.desktop.statuses import cannot_delete, closed_period, in_use, not_found, related_in_use, stale
from simulators.desktop.values import merged, normal

FIRST_LIST_ID = 0x80000000


@dataclass(frozen=True)
class Change:
    """What was done: ``op`` is add, mod or del; ``row`` is the record after it (before it, for del)."""

    op: str
    entity: Entity
    row: Row


@dataclass(frozen=True)
class Author:
    """Who writes. A bookkeeper at the screen isn't held up by closing dates; ``locked`` are ids in use elsewhere."""

    at_screen: bool = False
    locked: frozenset[str] = frozenset()

    def holds(self, id: str) -> bool:
        return id in self.locked or "*" in self.locked


APPLICATION, BOOKKEEPER = Author(), Author(at_screen=True)


def add(file: CompanyFile, entity: Entity, values: Json, *, now: int, author: Author = APPLICATION) -> Change:
    """A new record from the values of an Add. Raises Refusal."""
    parts = _parts(entity, "Add", author)
    body = merged({}, normal(parts, resolved(file, entity, parts, values)))
    _related_free(body, entity, author)
    row = _new_row(file, entity, now)
    for name, value in entity.defaults.items():
        body.setdefault(name, value)
    _settle(file, entity, row, body, author)
    file.put(row)
    return Change("add", entity, row)


def modify(file: CompanyFile, entity: Entity, values: Json, *, now: int, author: Author = APPLICATION) -> Change:
    """A record changed by the values of a Mod, whose edit sequence must be the present one. Raises Refusal."""
    own, sequence = values.get(entity.id_name, ""), values.get("EditSequence", "")
    row = file.find(entity, own)
    if row is None:
        raise not_found(own)
    if author.holds(own):
        raise in_use(entity.said)
    if sequence != str(row.edit) and not author.at_screen:
        raise stale(sequence)
    _open_period(file, entity, row.day, author)
    rest = {name: value for name, value in values.items() if name not in (entity.id_name, "EditSequence")}
    parts = _parts(entity, "Mod", author)
    changes = normal(parts, resolved(file, entity, parts, rest))
    changes = {name.removesuffix("Mod"): value for name, value in changes.items()}
    before = row.path
    row.edit, row.modified = max(now, row.edit + 1), clock.wall(now)
    _settle(file, entity, row, merged(_all_values(entity, row), changes), author)
    file.put(row)
    if row.path != before:
        naming.rename_below(file, row)
    return Change("mod", entity, row)


def delete(file: CompanyFile, entity: Entity, id: str, *, now: int, author: Author = APPLICATION) -> Change:
    """Raises Refusal when the record is unknown, locked, or used by another."""
    row = file.find(entity, id)
    if row is None:
        raise not_found(id)
    if author.holds(id):
        raise in_use(entity.said)
    _open_period(file, entity, row.day, author)
    if not entity.is_txn and (file.children(row) or file.is_referred_to(id)):
        raise cannot_delete(id, "This list element is being used and cannot be deleted.")
    file.remove(row, now)
    return Change("del", entity, row)


def _parts(entity: Entity, op: str, author: Author) -> tuple[Any, ...]:
    """What an Add or Mod may hold; at the screen, whatever the record shows can be changed."""
    if author.at_screen:
        return TABLES[f"{entity.name}Ret"].parts
    return TABLES[f"{entity.name}{op}Rq"].element(f"{entity.name}{op}").parts


def _new_row(file: CompanyFile, entity: Entity, now: int) -> Row:
    """Ids as QuickBooks makes them: a hexadecimal counter and the second of creation."""
    moment = clock.wall(now)
    if entity.is_txn:
        number = file.reserve("txn")
        return Row(entity.name, f"{number:X}-{now}", moment, moment, now, number=number)
    number = FIRST_LIST_ID + file.reserve(entity.pool)
    return Row(entity.name, f"{number:X}-{now}", moment, moment, now, pool=entity.pool)


def _all_values(entity: Entity, row: Row) -> Json:
    """Body and columns as one set of values, as an Add would give them."""
    values = dict(row.body)
    if not entity.is_txn:
        values |= {"Name": row.name, "IsActive": "true" if row.active else "false"}
        if row.parent:
            values["ParentRef"] = {"ListID": row.parent}
    return values


def _settle(file: CompanyFile, entity: Entity, row: Row, values: Json, author: Author) -> None:
    """Put values into the row's columns and body by the rules of its kind."""
    if entity.is_txn:
        values.setdefault("TxnDate", clock.today().isoformat())
        time_rules.check(file, entity, values)
        row.day, row.who, row.body = values["TxnDate"], values["EntityRef"]["ListID"], values
        _open_period(file, entity, row.day, author)
        return
    naming.settle(file, entity, row, values)
    row.active = values.pop("IsActive", "true") == "true"
    row.body = values


def _open_period(file: CompanyFile, entity: Entity, day: str, author: Author) -> None:
    if entity.is_txn and not author.at_screen and day and day <= file.closing_date():
        raise closed_period(entity.said)


def _related_free(body: Json, entity: Entity, author: Author) -> None:
    if author.locked and any(
        isinstance(value, dict) and author.holds(value.get("ListID", "")) for value in body.values()
    ):
        raise related_in_use(entity.said)
