"""A QuickBooks class is a class here: kept in step, never edited, and never deleted once time carries it."""

from __future__ import annotations

from integrations.sync.fields import Flag, Ref, Text
from integrations.sync.mapper import Entity
from integrations.sync.targets import Incoming, Rules, Target

CLASS = "codes.trackingclass"


class TrackingClass(Entity):
    """A class under another shows the path, so that a list in order of names is the tree."""

    key = "class"
    label = "Classes"
    online = desktop = "Class"
    is_tree = True
    order = 70
    linkable = (CLASS,)
    places = ("class",)
    mends = {"link_class": ("Link the class", "codes:classes")}

    name = Text("name", online="Name", desktop="Name")
    active = Flag("is_active", online="Active", desktop="IsActive")
    parent = Ref("class", online="ParentRef", desktop="ParentRef")

    def targets(self, record: Incoming, rules: Rules) -> list[Target]:
        """Deleted there it is inactive here: what carries it keeps it."""
        return [Target(CLASS, {"name": " › ".join(record.path), "is_active": record.active})]
