"""What a company file holds: lists and transactions, which share names, and what their references point to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Entity:
    """``pool`` is the list whose ids and names it shares with others (empty for transactions).

    ``defaults`` are what QuickBooks fills in when an Add leaves it out; ``shown`` are figures it works out for itself.
    """

    name: str
    pool: str = ""
    tree: bool = False
    built_name: bool = False
    words: str = ""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    shown: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_txn(self) -> bool:
        return not self.pool

    @property
    def id_name(self) -> str:
        return "TxnID" if self.is_txn else "ListID"

    @property
    def said(self) -> str:
        """How QuickBooks' messages call the list."""
        return self.words or self.name


_MONEY = {"Balance": "0.00", "TotalBalance": "0.00"}
_ALL = (
    Entity(
        "Customer", "names", tree=True, words="Customers",
        defaults={"JobStatus": "None", "PreferredDeliveryMethod": "None"}, shown=_MONEY,
    ),
    Entity("Employee", "names", built_name=True, words="Employees", defaults={"EmployeeType": "Regular"}),
    Entity(
        "Vendor", "names", words="Vendors", defaults={"IsVendorEligibleFor1099": "false"}, shown={"Balance": "0.00"}
    ),
    Entity("OtherName", "names", words="Other Names"),
    Entity("Account", "accounts", tree=True, words="Accounts", shown=_MONEY),
    Entity("ItemService", "items", tree=True, words="Items"),
    Entity("ItemOtherCharge", "items", tree=True, words="Items"),
    Entity("ItemNonInventory", "items", tree=True, words="Items"),
    Entity("Class", "classes", tree=True, words="Classes"),
    Entity("SalesTaxCode", "tax_codes", words="Sales Tax Codes"),
    Entity("PayrollItemWage", "payroll", words="Payroll Items"),
    Entity("StandardTerms", "terms", words="Terms"),
    Entity("DateDrivenTerms", "terms", words="Terms"),
    Entity("TimeTracking", words="Time Tracking"),
)  # fmt: skip
ENTITIES = {entity.name: entity for entity in _ALL}
# A query that answers with several kinds of record
MIXED = {
    "Item": ("ItemService", "ItemOtherCharge", "ItemNonInventory"),
    "Entity": ("Customer", "Employee", "Vendor", "OtherName"),
    "Terms": ("StandardTerms", "DateDrivenTerms"),
}
# Name of a reference -> the pool it looks into, the kinds allowed there (none: all), and how messages call it
_REFERENCES: dict[str, tuple[str, tuple[str, ...], str]] = {
    "CustomerRef": ("names", ("Customer",), "Customer"),
    "EntityRef": ("names", ("Employee", "Vendor", "OtherName"), "Entity"),
    "PrefVendorRef": ("names", ("Vendor",), "Vendor"),
    "SupervisorRef": ("names", ("Employee",), "Employee"),
    "ItemServiceRef": ("items", ("ItemService",), "Item"),
    "ItemRef": ("items", (), "Item"),
    "ClassRef": ("classes", (), "Class"),
    "PayrollItemWageRef": ("payroll", ("PayrollItemWage",), "PayrollItemWage"),
    "TermsRef": ("terms", (), "Terms"),
    "SalesTaxCodeRef": ("tax_codes", (), "SalesTaxCode"),
    "AccountRef": ("accounts", (), "Account"),
    "IncomeAccountRef": ("accounts", (), "Account"),
    "ExpenseAccountRef": ("accounts", (), "Account"),
    "PrefillAccountRef": ("accounts", (), "Account"),
}


@dataclass(frozen=True)
class Target:
    """Where a reference may point. An empty pool is a list this file doesn't have: nothing is ever found in it."""

    pool: str
    kinds: tuple[str, ...]
    said: str


def target(name: str, owner: Entity) -> Target:
    """The target of the reference called ``name`` in a record of ``owner``."""
    if name == "ParentRef":
        return Target(owner.pool, (owner.name,), owner.name)
    pool, kinds, said = _REFERENCES.get(name, ("", (), name.removesuffix("Ref")))
    return Target(pool, kinds, said)


def entity_named(name: str) -> Entity | None:
    """By name in any case."""
    wanted = name.casefold()
    return next((entity for entity in _ALL if entity.name.casefold() == wanted), None)
