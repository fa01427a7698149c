"""Customer, and the jobs (sub-customers, projects) below it."""

from __future__ import annotations

from simulators.online.entities.people import address, derive_names, name_fields, phone
from simulators.online.entities.tree import derive_path
from simulators.online.entity import Draft, Entity
from simulators.online.errors import Refusal
from simulators.online.fields import choice, day, email, flag, group, number, raw, ref, text

CURRENCY_NAMES = {
    "USD": "United States Dollar",
    "CAD": "Canadian Dollar",
    "EUR": "Euro",
    "GBP": "British Pound Sterling",
}


def _derive(draft: Draft) -> None:
    new = draft.new
    derive_names(draft)
    new["Job"] = bool(new.get("Job"))
    derive_path(draft, levels=True)
    new.setdefault("CurrencyRef", {"value": draft.realm.currency})
    new["CurrencyRef"]["name"] = CURRENCY_NAMES.get(new["CurrencyRef"]["value"], "")
    if draft.old and not draft.privileged:
        new["Balance"] = draft.old["Balance"]  # an opening balance is given once, at creation
    new["BalanceWithJobs"] = new["Balance"]
    if not new["Job"]:
        new["BillWithParent"] = False


def _check(draft: Draft) -> None:
    if draft.old and draft.old.get("Active", True) and not draft.new.get("Active", True) and _unbilled(draft):
        raise Refusal("6280")


def _unbilled(draft: Draft) -> bool:
    """Whether billable time that nobody has invoiced hangs on the customer."""
    if draft.old is None:
        return False
    table = draft.realm.tables["TimeActivity"]
    customer, status = table.position("CustomerRef"), table.position("BillableStatus")
    owner = draft.old["Id"]
    return any(row.columns[customer] == owner and row.columns[status] == "billable" for row in table.rows.values())


CUSTOMER = Entity(
    "Customer",
    (
        *name_fields(),
        text("CompanyName", 100, filterable=True),
        text("FullyQualifiedName", 2600, filterable=True),
        flag("Job", default=False),
        flag("BillWithParent", default=False),
        ref("ParentRef", "Customer"),
        raw("Level", default=0),
        raw("IsProject", read_only=True, default=False),
        number("Balance", filterable=True, default=0),
        raw("BalanceWithJobs"),
        day("OpenBalanceDate"),
        flag("Taxable", default=False),
        raw("DefaultTaxCodeRef"),
        text("ResaleNum", 16),
        text("PrimaryTaxIdentifier", 20),
        email("PrimaryEmailAddr", filterable=True),
        phone("PrimaryPhone"),
        phone("AlternatePhone"),
        phone("Mobile"),
        phone("Fax"),
        group("WebAddr", URI=1000),
        address("BillAddr"),
        address("ShipAddr"),
        text("Notes", 2000),
        choice("PreferredDeliveryMethod", "Print", "Email", "None", default="None"),
        ref("SalesTermRef", "Term"),
        ref("PaymentMethodRef", "PaymentMethod"),
        raw("CurrencyRef"),
        raw("CustomerTypeRef"),
        raw("ARAccountRef"),
        raw("ClientEntityId", default="0"),
        raw("V4IDPseudonym"),
    ),
    names="name",
    name_field="DisplayName",
    parent_flag="Job",
    suffix_fields=("DisplayName", "FullyQualifiedName"),
    derive=_derive,
    check=_check,
)
