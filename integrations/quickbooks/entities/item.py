"""A QuickBooks service item is a labor code here; other items are mirrored for the pickers."""

from __future__ import annotations

from integrations.sync.fields import Amount, Flag, Ref, Text
from integrations.sync.mapper import Entity
from integrations.sync.targets import Incoming, Rules, Target

LABOR_CODE = "codes.laborcode"


class Item(Entity):
    """Services become labor codes with the item's price as default rate. An item under another shows the path."""

    key = "item"
    label = "Service items"
    online = desktop = "Item"
    is_tree = True
    linkable = (LABOR_CODE,)

    name = Text("name", online="Name", desktop="Name")
    active = Flag("is_active", online="Active", desktop="IsActive")
    parent = Ref("item", online="ParentRef", desktop="ParentRef")
    kind = Text(online="Type", desktop="Type")
    description = Text("description", online="Description", desktop="SalesOrPurchase.Desc")
    rate = Amount("rate", online="UnitPrice", desktop="SalesOrPurchase.Price")

    def targets(self, record: Incoming, rules: Rules) -> list[Target]:
        if record.values["kind"] != "Service":
            return []
        # Absent is "no rate yet", not a rate of nothing: QuickBooks writes 0 for a price nobody gave.
        rate = record.values["rate"] or None
        path = " › ".join(record.path)
        name = path if len(path) <= 100 else record.name
        return [Target(LABOR_CODE, {**self.ours(record.values), "name": name, "rate": rate})]
