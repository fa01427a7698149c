"""Classes are mirrored: what posting needs to know of them is whether they exist."""

from __future__ import annotations

from integrations.sync.fields import Flag, Ref, Text
from integrations.sync.mapper import Entity


class TrackingClass(Entity):
    key = "class"
    label = "Classes"
    online = desktop = "Class"
    is_tree = True

    name = Text(online="Name", desktop="Name")
    active = Flag(online="Active", desktop="IsActive")
    parent = Ref("class", online="ParentRef", desktop="ParentRef")
