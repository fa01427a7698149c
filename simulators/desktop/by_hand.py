"""Changes a person makes at the screen, or a test through the control address, by the same rules of names and uses."""

from __future__ import annotations

from typing import Any

from simulators.desktop import clock, operations
from simulators.desktop.company_file import LIST_COLUMNS, TXN_COLUMNS, CompanyFile
from simulators.desktop.entities import Entity
from simulators.desktop.machine import Machine, Office, Origin
from simulators.desktop.records import shown
from simulators.desktop.rows import Json
from simulators.desktop.schema import TABLES, Element, flat
from simulators.desktop.statuses import Refusal, too_long
from simulators.desktop.validation import as_kept, fits

_OWN = {"ListID", "TxnID", "TimeCreated", "TimeModified", "EditSequence", "TxnNumber", "FullName", "Sublevel",
        "Balance", "TotalBalance", "DataExtRet"}  # fmt: skip


def dump(file: CompanyFile, entity: Entity) -> list[Json]:
    """Every record in the order of its id's counter."""
    table, columns = ("txns", TXN_COLUMNS) if entity.is_txn else ("lists", LIST_COLUMNS)
    sql = f"SELECT {columns} FROM {table} WHERE entity = ? ORDER BY rowid"  # noqa: S608
    return [shown(file, row) for row in file.rows(entity.is_txn, sql, (entity.name,))]


def save(machine: Machine, office: Office, entity: Entity, given: Json, *, via: str) -> Json:
    """Add, or change when ``given`` has an id; a reference may be a full name. Raises Refusal."""
    values = _checked(TABLES[f"{entity.name}Ret"].parts, {k: v for k, v in given.items() if k not in _OWN})
    own, now = given.get(entity.id_name), clock.now()
    with office.file.transaction():
        if own:
            values[entity.id_name] = str(own)
            change = operations.modify(office.file, entity, values, now=now, author=operations.BOOKKEEPER)
        else:
            change = operations.add(office.file, entity, values, now=now, author=operations.BOOKKEEPER)
    machine.record(office, change, Origin(via))
    return shown(office.file, change.row)


def remove(machine: Machine, office: Office, entity: Entity, given: Json, *, via: str) -> Json:
    """Delete by id; answers the record as it was. Raises Refusal."""
    own = str(given.get(entity.id_name, ""))
    with office.file.transaction():
        change = operations.delete(office.file, entity, own, now=clock.now(), author=operations.BOOKKEEPER)
    machine.record(office, change, Origin(via))
    return shown(office.file, change.row)


def change_settings(file: CompanyFile, given: Json) -> None:
    """Merge company facts and preferences; an empty value takes a field away."""
    company = {**file.fact("company", {}), **given.get("company", {})}
    sections = file.preferences()
    for section, values in given.get("preferences", {}).items():
        merged = {**sections.get(section, {}), **values}
        sections[section] = {name: value for name, value in merged.items() if value != ""}
    with file.transaction():
        file.set_fact("company", company)
        file.set_fact("preferences", sections)


def _checked(parts: tuple[Any, ...], values: Json) -> Json:
    """Values as text in the right form, in any order. Raises Refusal."""
    known = {element.name: element for element in flat(parts)}
    unknown = set(values) - set(known)
    if unknown:
        raise Refusal(3000, f"There is no field called {min(unknown)}.")
    return {name: _value(known[name], value) for name, value in values.items()}


def _value(element: Element, value: Any) -> Any:
    if isinstance(value, list):
        return [_value(element, one) for one in value]
    if element.kind == "ref":
        return {"FullName": value} if isinstance(value, str) else value
    if element.parts:
        return _checked(element.parts, value or {})
    text = as_kept("" if value is None else str(value).lower() if isinstance(value, bool) else str(value))
    if text and not fits(element, text):
        raise Refusal(3080, f'There was an error when converting the value "{text}" in the field "{element.name}".')
    if element.longest is not None and len(text) > element.longest:
        raise too_long(element.name, text)
    return text
