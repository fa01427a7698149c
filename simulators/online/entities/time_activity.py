"""TimeActivity: hours of an employee or vendor, with every rule that Intuit lists for it."""

from __future__ import annotations

from typing import Any

from simulators.online import clock
from simulators.online.entities.time_span import DURATION, SPAN, check_duration
from simulators.online.entity import Draft, Entity, Json, Stored
from simulators.online.errors import MADE_INACTIVE, Refusal
from simulators.online.fields import Field, choice, day, flag, raw, ref, text, to_number

HIGHEST_RATE = 99_999_999_999
_PEOPLE = (("Employee", "EmployeeRef"), ("Vendor", "VendorRef"))


def _rate(name: str, code: str) -> Field:
    def clean(value: Any, element: str) -> float | int:
        amount = to_number(value, element)
        if not 0 <= amount <= HIGHEST_RATE:
            raise Refusal(code, f"{element} must be from 0 to {HIGHEST_RATE}.", element)
        return amount

    return Field(name, clean)


def _derive(draft: Draft) -> None:
    new = draft.new
    new.setdefault("TxnDate", clock.today().isoformat())
    _check_period(draft)
    _drop_replaced(draft)
    _name(draft)
    check_duration(new)
    _features(draft)
    _item(draft)
    _billing(draft)


def _drop_replaced(draft: Draft) -> None:
    """A sparse update may change who worked, or the style of the duration: what it replaces goes."""
    for one, other in (
        (("EmployeeRef",), ("VendorRef", "OtherNameRef")),
        (("VendorRef",), ("EmployeeRef", "OtherNameRef")),
        (DURATION, SPAN),
        (SPAN, DURATION),
    ):
        if draft.sent.intersection(one) and not draft.sent.intersection(other):
            for name in other:
                draft.new.pop(name, None)


def _check(draft: Draft) -> None:
    """A delete brings no new object: only the period matters then."""
    if not draft.new:
        _check_period(draft)


def _check_period(draft: Draft) -> None:
    """Neither the old nor the new date may lie in the closed period."""
    closed = draft.realm.book_close_date()
    days = [state["TxnDate"] for state in (draft.old, draft.new) if state]
    if closed and not draft.privileged and any(day <= closed for day in days):
        raise Refusal("6210" if draft.realm.closing_password else "6200", element="TxnDate")


def _name(draft: Draft) -> None:
    """One of the two references, matching NameOf; an id of another kind of name is taken for what it is."""
    new = draft.new
    if new.get("EmployeeRef") and new.get("VendorRef"):
        raise Refusal("6290")
    if new.get("NameOf") not in ("Employee", "Vendor", "Other"):
        raise Refusal("6300", element="NameOf")
    if new["NameOf"] == "Other" and "OtherNameRef" in new and not draft.sent & {"EmployeeRef", "VendorRef"}:
        return
    wanted = dict(_PEOPLE).get(new["NameOf"])
    if wanted is None:
        raise Refusal("6300", element="NameOf")
    if not new.get(wanted):
        raise Refusal("2020", f"Required parameter {wanted} is missing in the request", wanted)
    _settle_name(draft, wanted)


def _settle_name(draft: Draft, given: str) -> None:
    new = draft.new
    named = new.pop(given)["value"]
    for kind in ("Employee", "Vendor", "Customer"):
        row = draft.realm.find(kind, named)
        if row:
            name_of, stored = {"Customer": ("Other", "OtherNameRef")}.get(kind, (kind, f"{kind}Ref"))
            new["NameOf"], new[stored] = name_of, _reference(draft, row, given)
            return
    raise Refusal("2500", f"Invalid Reference Id : Names element id {named} not found", given)


def _reference(draft: Draft, row: Stored, element: str) -> Json:
    if not row.active and not draft.privileged:
        raise Refusal("610", MADE_INACTIVE, element)
    return {"value": row.id, "name": row.name}


def _features(draft: Draft) -> None:
    """Classes and locations only where the company uses them; pay types only for Intuit's closed group."""
    prefs = draft.realm.preferences().get("AccountingInfoPrefs", {})
    classes = prefs.get("ClassTrackingPerTxn") or prefs.get("ClassTrackingPerTxnLine")
    for name, allowed in (
        ("ClassRef", classes),
        ("DepartmentRef", prefs.get("TrackDepartments")),
        ("PayrollItemRef", False),
    ):
        if draft.new.get(name) and not allowed:
            raise Refusal("5030", f"Feature Not Supported Error : {name} can't be used in this company.", name)
    project = draft.new.get("ProjectRef")
    row = draft.realm.find("Customer", project["value"]) if project else None
    if row and not row.data.get("IsProject"):
        raise Refusal("2500", f"Invalid Reference Id : Projects element id {row.id} not found", "ProjectRef")


def _item(draft: Draft) -> None:
    """Only service items; without one the company's own default service is filled in."""
    if "ItemRef" not in draft.new:
        name = ("Item", "hours")
        holder = draft.realm.holder(draft.realm.tables["Item"].entity, name[1])
        row = draft.realm.find("Item", holder[1]) if holder else None
        if row and row.active:
            draft.new["ItemRef"] = {"value": row.id, "name": row.name}
        return
    row = draft.realm.find("Item", draft.new["ItemRef"]["value"])
    if row and row.data["Type"] != "Service":
        raise Refusal("2500", f"Invalid Reference Id : Items element id {row.id} is not a service", "ItemRef")


def _billing(draft: Draft) -> None:
    new, prefs = draft.new, draft.realm.preferences().get("TimeTrackingPrefs", {})
    status = new["BillableStatus"]
    if status == "HasBeenBilled" and not draft.privileged:
        raise Refusal("2170", "Invalid Enumeration : HAS_BEEN_BILLED", "BillableStatus")
    if status == "Billable":
        if not prefs.get("BillCustomers", True):
            raise Refusal("6320", element="BillableStatus")
        if "CustomerRef" not in new:
            raise Refusal("6310", element="CustomerRef")
        if "HourlyRate" not in new:
            new["HourlyRate"] = _item_rate(draft)
    new.setdefault("HourlyRate", 0)


def _item_rate(draft: Draft) -> float:
    item = draft.new.get("ItemRef")
    row = draft.realm.find("Item", item["value"]) if item else None
    rate = float(row.data.get("UnitPrice", 0)) if row else 0.0
    if not rate:
        raise Refusal("6330", element="HourlyRate")
    return rate


TIME_ACTIVITY = Entity(
    "TimeActivity",
    (
        day("TxnDate", filterable=True),
        text("NameOf", 10),
        ref("EmployeeRef"),  # who it really names is settled by the rules below
        ref("VendorRef"),
        raw("OtherNameRef", read_only=True),
        ref("CustomerRef", "Customer"),
        ref("ProjectRef", "Customer", filterable=True),
        ref("ItemRef", "Item"),
        ref("ClassRef", "Class"),
        ref("DepartmentRef", "Department"),
        ref("PayrollItemRef"),
        choice("BillableStatus", "Billable", "NotBillable", "HasBeenBilled", filterable=True, default="NotBillable"),
        flag("Taxable", default=False),
        _rate("HourlyRate", "6330"),
        _rate("CostRate", "2090"),
        raw("Hours"),
        raw("Minutes"),
        raw("Seconds"),
        raw("StartTime"),
        raw("EndTime"),
        raw("BreakHours"),
        raw("BreakMinutes"),
        text("Description", 4000),
        raw("AttachableRef"),
        raw("TimeChargeId", read_only=True),
    ),
    is_list=False,
    kept=("CustomerRef", "EmployeeRef", "VendorRef"),
    derive=_derive,
    check=_check,
)
