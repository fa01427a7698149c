"""Item: services, goods, and the categories that group them."""

from __future__ import annotations

from simulators.online.entities.tree import derive_path
from simulators.online.entity import Draft, Entity
from simulators.online.errors import Refusal
from simulators.online.fields import NAME_BANNED, choice, day, flag, number, raw, ref, text


def _derive(draft: Draft) -> None:
    new = draft.new
    if "Type" not in new:
        raise Refusal("2020", "Required parameter Type is missing in the request", "Type")
    derive_path(draft)
    if new["Type"] == "Category":
        return
    if not new.get("IncomeAccountRef") and not new.get("ExpenseAccountRef"):
        raise Refusal("2020", "Required parameter IncomeAccountRef is missing in the request", "IncomeAccountRef")
    if new["Type"] == "Inventory":
        for name in ("AssetAccountRef", "InvStartDate", "QtyOnHand"):
            if name not in new:
                raise Refusal("2020", f"Required parameter {name} is missing in the request", name)
    _check_accounts(draft)


def _check_accounts(draft: Draft) -> None:
    for name, kinds in (("IncomeAccountRef", ("Revenue", "Expense")), ("ExpenseAccountRef", ("Expense",))):
        given = draft.new.get(name)
        row = draft.realm.find("Account", given["value"]) if given else None
        if row and row.data["Classification"] not in kinds:
            raise Refusal("6430", f"Invalid account type used : {name} must be of {' or '.join(kinds)}.", name)


ITEM = Entity(
    "Item",
    (
        text("Name", 100, banned=NAME_BANNED, filterable=True),
        text("Description", 4000),
        flag("Active", default=True, filterable=True),
        text("FullyQualifiedName", 600, filterable=True),
        flag("Taxable", default=False, filterable=True),
        number("UnitPrice", filterable=True, default=0),
        choice("Type", "Service", "NonInventory", "Inventory", "Category", "Group", filterable=True),
        ref("IncomeAccountRef", "Account"),
        text("PurchaseDesc", 1000),
        number("PurchaseCost", default=0),
        ref("ExpenseAccountRef", "Account"),
        ref("AssetAccountRef", "Account"),
        flag("TrackQtyOnHand", default=False),
        number("QtyOnHand"),
        day("InvStartDate"),
        text("Sku", 100, filterable=True),
        flag("SubItem", default=False),
        ref("ParentRef", "Item"),
        raw("Level"),
        ref("ClassRef", "Class"),
        ref("PrefVendorRef", "Vendor"),
        raw("SalesTaxCodeRef"),
        raw("PurchaseTaxCodeRef"),
        raw("SalesTaxIncluded"),
        raw("PurchaseTaxIncluded"),
        raw("ItemCategoryType"),
        raw("ServiceType"),
        raw("AbatementRate"),
        raw("ReverseChargeRate"),
        number("ReorderPoint"),
    ),
    name_field="Name",
    parent_flag="SubItem",
    suffix_fields=("Name", "FullyQualifiedName"),
    reference_word="Items",
    derive=_derive,
)
