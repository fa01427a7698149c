"""A QuickBooks service item is a labor code here; other items are mirrored for the pickers."""

from __future__ import annotations

from typing import Any

from integrations.sync.fields import Amount, Dialect, Field, Flag, Ref, Text
from integrations.sync.mapper import Entity
from integrations.sync.targets import Incoming, Rules, Target

LABOR_CODE = "codes.laborcode"


class Item(Entity):
    """Services become labor codes with the item's price as default rate. An item under another shows the path."""

    key = "item"
    label = "Service items"
    online = "Item"
    desktop = "ItemService"
    is_tree = True
    order, first_look = 30, 40
    linkable = (LABOR_CODE,)
    places = ("code",)
    only_kind = "Service"
    whole_label = "Products and services"
    mends = {"link_item": ("Link the service", "codes:list")}

    name = Text("name", online="Name", desktop="Name")
    active = Flag("is_active", online="Active", desktop="IsActive")
    parent = Ref("item", online="ParentRef", desktop="ParentRef")
    kind = Text(online="Type")
    description = Text("description", online="Description", desktop="SalesOrPurchase.Desc")
    rate = Amount("rate", online="UnitPrice", desktop="SalesOrPurchase.Price")

    def read_kind(self, raw: dict[str, Any], dialect: Dialect) -> str:
        """Desktop has a list of its own for each kind; this one is the services."""
        return "Service" if dialect.key == "desktop" else Item.fields["kind"].read(raw, dialect)

    def read_description(self, raw: dict[str, Any], dialect: Dialect) -> str:
        text: str = Item.fields["description"].read(raw, dialect)
        return text or self._of_both(raw, dialect, Item.fields["description"], "SalesDesc", "")

    def read_rate(self, raw: dict[str, Any], dialect: Dialect) -> Any:
        rate = Item.fields["rate"].read(raw, dialect)
        return self._of_both(raw, dialect, Item.fields["rate"], "SalesPrice", None) if rate is None else rate

    @staticmethod
    def _of_both(raw: dict[str, Any], dialect: Dialect, field: Field, part: str, absent: Any) -> Any:
        """Desktop writes an item that is both bought and sold under other names."""
        found = dialect.get(raw, f"SalesAndPurchase.{part}") if dialect.key == "desktop" else None
        return absent if found is None else field.parse(found)

    def targets(self, record: Incoming, rules: Rules) -> list[Target]:
        if record.values["kind"] != self.only_kind:
            return []
        # Absent is "no rate yet", not a rate of nothing: QuickBooks writes 0 for a price nobody gave.
        rate = record.values["rate"] or None
        path = " › ".join(record.path)
        name = path if len(path) <= 100 else record.name
        return [Target(LABOR_CODE, {**self.ours(record.values), "name": name, "rate": rate})]
