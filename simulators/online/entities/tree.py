"""Hierarchies: customers and jobs, accounts, items, classes, departments."""

from __future__ import annotations

from simulators.online.entity import Draft, Json
from simulators.online.errors import Refusal
from simulators.online.names import plain_name

DEEPEST = 4  # five levels, counted from 0


def derive_path(draft: Draft, *, levels: bool = False) -> None:
    """FullyQualifiedName and Level from the parent. Raises 6150, 6180 and 900."""
    new, entity = draft.new, draft.entity
    own = plain_name(str(new.get(entity.name_field, "")))
    if not _has_parent(draft):
        new.pop("ParentRef", None)
        new["FullyQualifiedName"] = own
        new.pop("Level", None)
        if levels:
            new["Level"] = 0
        return
    parent = _parent(draft)
    level = depth(draft, parent)
    if level + _height(draft) > DEEPEST:
        raise Refusal("6180", element="ParentRef")
    path = plain_name(str(parent["FullyQualifiedName"]))
    new["FullyQualifiedName"] = f"{path}:{own}"
    if levels or "Level" in entity.by_name:
        new["Level"] = level


def _has_parent(draft: Draft) -> bool:
    """Where a flag says whether the object is a child (Job, SubItem), a ParentRef without the flag doesn't count."""
    flag = draft.entity.parent_flag
    if draft.entity.by_name[flag].read_only:
        draft.new[flag] = bool(draft.new.get("ParentRef"))
    if draft.new.get(flag) and not draft.new.get("ParentRef"):
        raise Refusal("6150", element="ParentRef")
    return bool(draft.new.get(flag))


def _parent(draft: Draft) -> Json:
    row = draft.realm.find(draft.entity.name, draft.new["ParentRef"]["value"])
    return row.data if row else {}  # references have been resolved: there is one


def depth(draft: Draft, parent: Json) -> int:
    """The level of a child of ``parent``; refuses a circle."""
    level = 1
    while True:
        if draft.old and parent["Id"] == draft.old["Id"]:
            raise Refusal("900", element="ParentRef")
        above = parent.get("ParentRef", {}).get("value")
        row = draft.realm.find(draft.entity.name, above) if above else None
        if row is None:
            return level
        parent, level = row.data, level + 1


def _height(draft: Draft) -> int:
    """Levels below the object that is being written."""
    return _below(draft, draft.old["Id"]) if draft.old else 0


def _below(draft: Draft, id: str) -> int:
    children = draft.realm.children.get((draft.entity.name, id), ())
    return 1 + max(_below(draft, child) for child in children) if children else 0
