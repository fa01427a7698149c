"""A QuickBooks vendor is mirrored; staff members (contractors) are linked to vendors by hand, never wholesale."""

from __future__ import annotations

from integrations.sync.fields import Email, Flag, Text
from integrations.sync.mapper import Entity


class Vendor(Entity):
    key = "vendor"
    label = "Vendors"
    online = desktop = "Vendor"
    order, first_look = 60, 30
    linkable = ("staff.staff",)
    by_choice = True
    made_as = {"kind": "contractor"}

    name = Text(online="DisplayName", desktop="Name")
    active = Flag(online="Active", desktop="IsActive")
    company = Text(online="CompanyName", desktop="CompanyName")
    phone = Text(online="PrimaryPhone.FreeFormNumber", desktop="Phone")
    email = Email(online="PrimaryEmailAddr.Address", desktop="Email")
    number = Text(online="AcctNum", desktop="AccountNumber")
    is_1099 = Flag(online="Vendor1099", desktop="IsVendorEligibleFor1099", default=False)
