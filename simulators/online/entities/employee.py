"""Employee."""

from __future__ import annotations

from simulators.online.entities.people import address, derive_names, name_fields, phone
from simulators.online.entity import Draft, Entity
from simulators.online.errors import Refusal
from simulators.online.fields import choice, day, email, flag, number, raw, text


def _derive(draft: Draft) -> None:
    new = draft.new
    if not new.get("GivenName") and not new.get("FamilyName"):
        raise Refusal("6080", "An employee needs a GivenName or a FamilyName.")
    derive_names(draft)
    if "SSN" in new:
        new["SSN"] = "XXX-XX-XXXX"


EMPLOYEE = Entity(
    "Employee",
    (
        *name_fields(),
        text("EmployeeNumber", 100),
        text("SSN", 20),
        address("PrimaryAddr"),
        phone("PrimaryPhone", 20),
        phone("Mobile", 20),
        email("PrimaryEmailAddr"),
        raw("EmailAddress"),
        day("BirthDate"),
        day("HiredDate"),
        day("ReleasedDate"),
        choice("Gender", "Male", "Female"),
        flag("BillableTime", default=False),
        number("BillRate"),
        number("CostRate"),
        flag("Organization"),
        raw("V4IDPseudonym"),
    ),
    names="name",
    name_field="DisplayName",
    suffix_fields=("DisplayName",),
    derive=_derive,
)
