"""Class: tracks what part of the business a transaction belongs to."""

from __future__ import annotations

from simulators.online.entities.tree import derive_path
from simulators.online.entity import Entity
from simulators.online.fields import NAME_BANNED, flag, raw, ref, text

CLASS = Entity(
    "Class",
    (
        text("Name", 100, banned=NAME_BANNED, filterable=True),
        raw("SubClass", read_only=True, filterable=True),
        ref("ParentRef", "Class"),
        text("FullyQualifiedName", 600, filterable=True),
        flag("Active", default=True, filterable=True),
    ),
    name_field="Name",
    parent_flag="SubClass",
    suffix_fields=("Name",),
    counted=True,
    reference_word="Klasses",
    derive=derive_path,
)
