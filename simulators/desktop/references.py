"""References of a request, by ListID or by full name, made into ListIDs."""

from __future__ import annotations

from typing import Any

from simulators.desktop.company_file import CompanyFile
from simulators.desktop.entities import Entity, Target, target
from simulators.desktop.rows import Json
from simulators.desktop.schema import Element, flat
from simulators.desktop.statuses import bad_id, bad_reference, missing, not_enabled


def resolved(file: CompanyFile, owner: Entity, parts: tuple[Any, ...], values: Json) -> Json:
    """``values`` with every reference as ``{"ListID": …}``; an empty reference clears. Raises Refusal."""
    known = {element.name: element for element in flat(parts)}
    return {name: _one(file, owner, known[name], value) for name, value in values.items()}


def _one(file: CompanyFile, owner: Entity, element: Element, value: Any) -> Any:
    if isinstance(value, list):
        return [_one(file, owner, element, item) for item in value]
    if element.kind == "ref":
        return reference(file, owner, element.name, value)
    return resolved(file, owner, element.parts, value) if element.parts else value


def reference(file: CompanyFile, owner: Entity, name: str, value: Json) -> Json:
    """``{"ListID": …}`` of whatever the reference means, ``{}`` for an empty one."""
    own, path = value.get("ListID", ""), value.get("FullName", "")
    if not own and not path:
        if "ListID" in value or "FullName" in value:
            return {}
        raise missing("ListID")
    if name == "ClassRef" and not file.uses_classes():
        raise not_enabled()
    return {"ListID": found(file, target(name, owner), own, path, owner)}


def found(file: CompanyFile, goal: Target, id: str, path: str, owner: Entity) -> str:
    """The ListID of the record meant. Raises Refusal when there is none, or none of the right kind."""
    if id and "-" not in id:
        raise bad_id(id, "list id")
    holder = (file.kind_of(goal.pool, id), id) if id else file.holder(goal.pool, path.strip())
    kind = holder[0] if holder else None
    if holder is None or kind is None or (goal.kinds and kind not in goal.kinds):
        raise bad_reference(goal.said, id or path, owner.said)
    return holder[1]
