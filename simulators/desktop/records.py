"""A stored row as QuickBooks shows it: every element its table has a value for, in the table's order."""

from __future__ import annotations

from functools import cache
from typing import Any

from simulators.desktop import clock
from simulators.desktop.company_file import CompanyFile
from simulators.desktop.entities import ENTITIES, Entity, target
from simulators.desktop.rows import Json, Row
from simulators.desktop.schema import TABLES, Element, flat

_BLOCKS = {"BillAddressBlock": "BillAddress", "ShipAddressBlock": "ShipAddress", "VendorAddressBlock": "VendorAddress",
           "OtherNameAddressBlock": "OtherNameAddress"}  # fmt: skip


@cache
def _plan(entity: str) -> tuple[Element, ...]:
    return TABLES[f"{entity}Ret"].elements


def shown(file: CompanyFile, row: Row, extensions: list[Json] | None = None) -> Json:
    """The record with references filled in. Elements without a value are left out."""
    entity = ENTITIES[row.entity]
    known = _known(file, row, entity)
    if extensions:
        known["DataExtRet"] = extensions
    values: Json = {}
    for element in _plan(row.entity):
        value = known.get(element.name)
        if value is None and element.name in row.body:
            value = filled(file, entity, element, row.body[element.name])
        if value is not None and value != "":
            values[element.name] = value
    return values


def _known(file: CompanyFile, row: Row, entity: Entity) -> Json:
    """What comes from the columns."""
    known: Json = {
        entity.id_name: row.id,
        "TimeCreated": clock.stamp(row.created),
        "TimeModified": clock.stamp(row.modified),
        "EditSequence": str(row.edit),
    }
    if row.is_txn:
        return {**known, "TxnNumber": str(row.number)}
    known |= {**entity.shown, "Name": row.name, "IsActive": "true" if row.active else "false"}
    if entity.tree:
        known |= {"FullName": row.path, "Sublevel": str(row.level)}
    if row.parent:
        known["ParentRef"] = {"ListID": row.parent, "FullName": file.path_of(row.pool, row.parent)}
    for block, source in _BLOCKS.items():
        if source in row.body:
            known[block] = address_block(row.body[source])
    return known


def filled(file: CompanyFile, entity: Entity, element: Element, value: Any) -> Any:
    """A stored value as it is shown: references with their full names, parts in their order."""
    if element.repeats and isinstance(value, list):
        return [filled_one(file, entity, element, one) for one in value]
    return filled_one(file, entity, element, value)


def filled_one(file: CompanyFile, entity: Entity, element: Element, value: Any) -> Any:
    if element.kind == "ref":
        path = file.path_of(target(element.name, entity).pool, value["ListID"])
        return {"ListID": value["ListID"], "FullName": path} if path else None
    if element.kind != "parts":
        return value
    parts: Json = {}
    for part in _inner(element):
        if part.name in value:
            inner = filled(file, entity, part, value[part.name])
            if inner not in (None, "", {}):
                parts[part.name] = inner
    return parts


@cache
def _inner(element: Element) -> tuple[Element, ...]:
    return tuple(flat(element.parts))


def address_block(address: Json) -> Json:
    """The address as QuickBooks prints it: up to five lines."""
    lines = [address[f"Addr{number}"] for number in range(1, 6) if address.get(f"Addr{number}")]
    region = " ".join(address[name] for name in ("State", "PostalCode") if address.get(name))
    place = ", ".join(part for part in (address.get("City"), region) if part)
    lines += [part for part in (place, address.get("Country")) if part]
    return {f"Addr{number}": line[:41] for number, line in enumerate(lines[:5], 1)}
