"""What can be edited by hand, list by list, and how a form becomes an object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulators.online.entities import ENTITIES
from simulators.online.entities.account import TYPES
from simulators.online.entity import Json
from simulators.online.errors import Refusal
from simulators.online.realm import Realm


@dataclass(frozen=True)
class Input:
    """One control. ``kind`` is text, area, number, date, check, choice, email or the name of an entity referred to."""

    name: str
    label: str
    kind: str = "text"
    choices: tuple[str, ...] = ()

    @property
    def refers(self) -> bool:
        return self.kind in ENTITIES

    def shown(self, data: Json) -> str:
        """The stored value as the control shows it."""
        value = data.get(self.name, "")
        if isinstance(value, dict):
            value = value.get("name") or value.get("value") or value.get("Address", "")
        return "" if value is None or value is False else str(value)


FORMS: dict[str, tuple[Input, ...]] = {
    "Customer": (
        Input("DisplayName", "Display name"),
        Input("ParentRef", "Sub-customer of", "Customer"),
        Input("CompanyName", "Company"),
        Input("PrimaryEmailAddr", "E-mail", "email"),
        Input("Notes", "Notes", "area"),
    ),
    "Employee": (
        Input("GivenName", "First name"),
        Input("FamilyName", "Last name"),
        Input("DisplayName", "Display name"),
        Input("PrimaryEmailAddr", "E-mail", "email"),
        Input("EmployeeNumber", "Employee ID"),
        Input("BillRate", "Billing rate", "number"),
    ),
    "Vendor": (
        Input("DisplayName", "Display name"),
        Input("CompanyName", "Company"),
        Input("PrimaryEmailAddr", "E-mail", "email"),
        Input("Vendor1099", "Track payments for 1099", "check"),
        Input("BillRate", "Billing rate", "number"),
    ),
    "Account": (
        Input("Name", "Name"),
        Input("AcctNum", "Number"),
        Input("AccountType", "Type", "choice", tuple(TYPES)),
        Input("ParentRef", "Sub-account of", "Account"),
        Input("Description", "Description"),
    ),
    "Item": (
        Input("Name", "Name"),
        Input("Type", "Type", "choice", ("Service", "NonInventory", "Category")),
        Input("UnitPrice", "Price or rate", "number"),
        Input("IncomeAccountRef", "Income account", "Account"),
        Input("ExpenseAccountRef", "Expense account", "Account"),
        Input("Description", "Description", "area"),
    ),
    "Class": (Input("Name", "Name"), Input("ParentRef", "Sub-class of", "Class")),
    "Term": (Input("Name", "Name"), Input("DueDays", "Due in days", "number")),
    "TimeActivity": (
        Input("TxnDate", "Date", "date"),
        Input("EmployeeRef", "Employee", "Employee"),
        Input("VendorRef", "or vendor", "Vendor"),
        Input("CustomerRef", "Customer or job", "Customer"),
        Input("ItemRef", "Service", "Item"),
        Input("ClassRef", "Class", "Class"),
        Input("Hours", "Hours", "number"),
        Input("Minutes", "Minutes", "number"),
        Input("BillableStatus", "Billable", "choice", ("NotBillable", "Billable", "HasBeenBilled")),
        Input("HourlyRate", "Rate per hour", "number"),
        Input("Description", "Description", "area"),
    ),
}
_FLAGS = {"Customer": "Job", "Account": "SubAccount"}


def to_object(realm: Realm, entity: str, form: Mapping[str, str], stored: Json | None) -> Json:
    """The whole object with the form's values in it. Raises Refusal when a name means nobody."""
    body: Json = {key: value for key, value in (stored or {}).items() if key not in ("MetaData", "SyncToken")}
    for control in FORMS[entity]:
        value = _value(realm, control, form.get(control.name, "").strip())
        body.pop(control.name, None)
        if value not in ("", None):
            body[control.name] = value
    if form.get("SyncToken"):
        body["SyncToken"] = form["SyncToken"]
    if entity in _FLAGS:
        body[_FLAGS[entity]] = "ParentRef" in body
    if entity == "TimeActivity":
        body["NameOf"] = "Vendor" if "VendorRef" in body and "EmployeeRef" not in body else "Employee"
        body.pop("OtherNameRef", None)
    return body


def _value(realm: Realm, control: Input, text: str) -> Any:
    if control.kind == "check":
        return bool(text)
    if text and control.kind == "email":
        return {"Address": text}
    if text and control.refers:
        return {"value": _found(realm, control, text)}
    return text


def _found(realm: Realm, control: Input, text: str) -> str:
    """The id of what a person typed: a name, a path or an id."""
    entity = ENTITIES[control.kind]
    holder = realm.holder(entity, text)
    if holder and holder[0] == entity.name:
        return holder[1]
    wanted = text.casefold()
    for row in realm.tables[entity.name].rows.values():
        if row.id == text or str(row.data.get("FullyQualifiedName", "")).casefold() == wanted:
            return row.id
    raise Refusal("2500", f"There is no {entity.name.lower()} called {text}.", control.name)
