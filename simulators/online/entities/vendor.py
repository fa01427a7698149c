"""Vendor; a contractor is one with Vendor1099."""

from __future__ import annotations

from simulators.online.entities.customer import CURRENCY_NAMES
from simulators.online.entities.people import address, derive_names, name_fields, phone
from simulators.online.entity import Draft, Entity
from simulators.online.fields import email, flag, group, number, raw, ref, text


def _derive(draft: Draft) -> None:
    new = draft.new
    derive_names(draft)
    new.setdefault("CurrencyRef", {"value": draft.realm.currency})
    new["CurrencyRef"]["name"] = CURRENCY_NAMES.get(new["CurrencyRef"]["value"], "")
    if "TaxIdentifier" in new:
        new["TaxIdentifier"] = "XXXXXXX" + str(new["TaxIdentifier"])[-4:]


VENDOR = Entity(
    "Vendor",
    (
        *name_fields(),
        text("CompanyName", 100, filterable=True),
        flag("Vendor1099", default=False),
        text("TaxIdentifier", 20),
        text("TaxReportingBasis", 20),
        text("AcctNum", 100),
        number("Balance", filterable=True, default=0),
        number("BillRate"),
        number("CostRate"),
        email("PrimaryEmailAddr"),  # not filterable here, unlike on Customer
        phone("PrimaryPhone"),
        phone("AlternatePhone"),
        phone("Mobile"),
        phone("Fax"),
        group("WebAddr", URI=1000),
        address("BillAddr"),
        ref("TermRef", "Term"),
        raw("CurrencyRef"),
        raw("APAccountRef"),
        raw("V4IDPseudonym"),
    ),
    names="name",
    name_field="DisplayName",
    suffix_fields=("DisplayName",),
    derive=_derive,
)
