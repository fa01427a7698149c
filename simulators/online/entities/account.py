"""Account of the general ledger."""

from __future__ import annotations

from simulators.online.entities.tree import derive_path
from simulators.online.entity import Draft, Entity
from simulators.online.errors import Refusal
from simulators.online.fields import flag, number, raw, ref, text

# account type -> (Classification, the sub-type it gets when none is given)
TYPES = {
    "Bank": ("Asset", "Checking"),
    "Accounts Receivable": ("Asset", "AccountsReceivable"),
    "Other Current Asset": ("Asset", "OtherCurrentAssets"),
    "Fixed Asset": ("Asset", "FurnitureAndFixtures"),
    "Other Asset": ("Asset", "OtherLongTermAssets"),
    "Accounts Payable": ("Liability", "AccountsPayable"),
    "Credit Card": ("Liability", "CreditCard"),
    "Other Current Liability": ("Liability", "OtherCurrentLiabilities"),
    "Long Term Liability": ("Liability", "OtherLongTermLiabilities"),
    "Equity": ("Equity", "OpeningBalanceEquity"),
    "Income": ("Revenue", "SalesOfProductIncome"),
    "Other Income": ("Revenue", "OtherMiscellaneousIncome"),
    "Cost of Goods Sold": ("Expense", "SuppliesMaterialsCogs"),
    "Expense": ("Expense", "OtherMiscellaneousServiceCost"),
    "Other Expense": ("Expense", "OtherMiscellaneousExpense"),
}
_BY_SUBTYPE = {subtype: kind for kind, (_, subtype) in TYPES.items()}


def _derive(draft: Draft) -> None:
    new = draft.new
    kind = new.get("AccountType") or _BY_SUBTYPE.get(new.get("AccountSubType", ""))
    if not kind:
        raise Refusal("6010")
    if kind not in TYPES:
        raise Refusal("2170", f"Invalid Enumeration : {kind}", "AccountType")
    classification, usual = TYPES[kind]
    new["AccountType"], new["Classification"] = kind, classification
    new.setdefault("AccountSubType", usual)
    new["CurrencyRef"] = {"value": draft.realm.currency}
    derive_path(draft)
    new["CurrentBalanceWithSubAccounts"] = new["CurrentBalance"]


ACCOUNT = Entity(
    "Account",
    (
        text("Name", 100, banned=':"\t\n\r', filterable=True),
        flag("SubAccount", default=False, filterable=True),
        ref("ParentRef", "Account"),
        text("FullyQualifiedName", 600, filterable=True),
        flag("Active", default=True, filterable=True),
        raw("Classification", filterable=True),
        text("AccountType", 60, filterable=True),
        text("AccountSubType", 60, filterable=True),
        text("AcctNum", 20, filterable=True),
        text("Description", 100, filterable=True),
        number("CurrentBalance", filterable=True, default=0),
        raw("CurrentBalanceWithSubAccounts"),
        raw("CurrencyRef"),
        raw("TaxCodeRef"),
    ),
    name_field="Name",
    parent_flag="SubAccount",
    suffix_fields=("Name", "FullyQualifiedName"),
    reference_word="Accounts",
    derive=_derive,
)
