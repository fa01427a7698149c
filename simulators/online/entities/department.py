"""Department: what the screens call a location."""

from __future__ import annotations

from simulators.online.entities.tree import derive_path
from simulators.online.entity import Entity
from simulators.online.fields import NAME_BANNED, flag, raw, ref, text

DEPARTMENT = Entity(
    "Department",
    (
        text("Name", 100, banned=NAME_BANNED, filterable=True),
        raw("SubDepartment", read_only=True, filterable=True),
        ref("ParentRef", "Department"),
        text("FullyQualifiedName", 600, filterable=True),
        flag("Active", default=True, filterable=True),
    ),
    name_field="Name",
    parent_flag="SubDepartment",
    suffix_fields=("Name",),
    counted=True,
    reference_word="Depts",
    derive=derive_path,
)
