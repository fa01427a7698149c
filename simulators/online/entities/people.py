"""What customers, vendors and employees have in common: one name space, and a display name made from its parts."""

from __future__ import annotations

from simulators.online.entity import Draft
from simulators.online.errors import Refusal
from simulators.online.fields import NAME_BANNED, Field, flag, group, text
from simulators.online.names import plain_name

PARTS = ("Title", "GivenName", "MiddleName", "FamilyName", "Suffix")
ADDRESS = ("Line1", "Line2", "Line3", "Line4", "Line5", "City", "Country", "PostalCode", "CountrySubDivisionCode")


def name_fields() -> tuple[Field, ...]:
    """The name attributes, with Intuit's lengths."""
    return (
        text("Title", 16, banned=NAME_BANNED),
        text("GivenName", 100, banned=NAME_BANNED, filterable=True),
        text("MiddleName", 100, banned=NAME_BANNED, filterable=True),
        text("FamilyName", 100, banned=NAME_BANNED, filterable=True),
        text("Suffix", 16, banned=NAME_BANNED),
        text("DisplayName", 500, banned=NAME_BANNED, filterable=True),
        text("PrintOnCheckName", 110, filterable=True),
        flag("Active", default=True, filterable=True),
    )


def phone(name: str, longest: int = 30) -> Field:
    return group(name, FreeFormNumber=longest)


def address(name: str) -> Field:
    return group(name, False, **dict.fromkeys(ADDRESS, 500))


def derive_names(draft: Draft) -> None:
    """DisplayName from the parts when it is not given; PrintOnCheckName from DisplayName."""
    new = draft.new
    if "DisplayName" not in new:
        built = " ".join(str(new[part]) for part in PARTS if new.get(part))
        if not built:
            raise Refusal("6080")
        new["DisplayName"] = built
    new.setdefault("PrintOnCheckName", plain_name(str(new["DisplayName"]))[:110])
