"""Names of list records: how they are built, who may bear which, and what a change of parent does."""

from __future__ import annotations

from simulators.desktop.company_file import CompanyFile
from simulators.desktop.entities import Entity
from simulators.desktop.rows import Json, Row
from simulators.desktop.statuses import Refusal, bad_parent, missing, name_taken, with_cause

DEEPEST = 4  # four levels below the first


def settle(file: CompanyFile, entity: Entity, row: Row, values: Json) -> None:
    """Move name and parent from ``values`` into the row's columns. Raises Refusal."""
    row.name = _built(values) if entity.built_name else values.pop("Name", "")
    values.pop("Name", None)
    row.name = row.name.strip()
    if not row.name:
        raise missing("Name")
    if ":" in row.name:
        text = f'There was an error when storing "{row.name}" in the "Name" field.'
        raise Refusal(3090, with_cause(text, "The name contains an invalid character."))
    row.parent = values.pop("ParentRef", {}).get("ListID", "")
    parent = file.find(entity, row.parent) if row.parent else None
    row.level = parent.level + 1 if parent else 0
    row.path = f"{parent.path}:{row.name}" if parent else row.name
    if parent and (row.level > DEEPEST or row.id in _line(file, entity, parent)):
        raise bad_parent(parent.path, entity.said)
    holder = file.holder(row.pool, row.path)
    if holder and holder[1] != row.id:
        raise name_taken(row.name)


def _built(values: Json) -> str:
    """An employee's name is made of its parts; there is none to give."""
    return " ".join(values[part] for part in ("FirstName", "MiddleName", "LastName") if values.get(part))[:41]


def _line(file: CompanyFile, entity: Entity, row: Row) -> set[str]:
    """The record and everything above it."""
    ids = {row.id}
    above: Row | None = row
    while above and above.parent:
        ids.add(above.parent)
        above = file.find(entity, above.parent)
    return ids


def rename_below(file: CompanyFile, row: Row) -> None:
    """Give children their new full names. They aren't modified by it: their time and edit sequence stay."""
    for child in file.children(row):
        child.path, child.level = f"{row.path}:{child.name}", row.level + 1
        file.put(child)
        rename_below(file, child)
