"""What can be edited by hand, list by list, and how a form becomes values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulators.desktop.browser.listing import cell
from simulators.desktop.entities import ENTITIES, Entity, target
from simulators.desktop.rows import Json
from simulators.desktop.schema import TABLES, Element, flat


@dataclass(frozen=True)
class Input:
    """One control for the element at ``path`` (``SalesOrPurchase.Price``)."""

    path: str
    label: str
    area: bool = False

    def element(self, entity: Entity) -> Element:
        """Its line in the table of the record."""
        parts = TABLES[f"{entity.name}Ret"].parts
        for name in self.path.split("."):
            element = next(element for element in flat(parts) if element.name == name)
            parts = element.parts
        return element

    def kind(self, entity: Entity) -> str:
        """text, area, date, check, choice or reference."""
        kind = self.element(entity).kind
        if self.area:
            return "area"
        return {"flag": "check", "one": "choice", "ref": "reference", "date": "date"}.get(kind, "text")

    def pool(self, entity: Entity) -> tuple[str, tuple[str, ...]]:
        """Where a reference looks."""
        goal = target(self.path.rpartition(".")[2], entity)
        return goal.pool, goal.kinds

    def shown(self, values: Json) -> str:
        found = cell(values, self.path)
        return "None" if found == "" and self.path == "JobStatus" else found


_PERSON = (Input("FirstName", "First name"), Input("LastName", "Last name"))
_ITEM = (
    Input("Name", "Name"),
    Input("ParentRef", "Sub-item of"),
    Input("SalesOrPurchase.Desc", "Description", area=True),
    Input("SalesOrPurchase.Price", "Rate"),
    Input("SalesOrPurchase.AccountRef", "Account"),
    Input("SalesTaxCodeRef", "Tax code"),
)
FORMS: dict[str, tuple[Input, ...]] = {
    "Customer": (
        Input("Name", "Customer or job name"), Input("ParentRef", "Job of"), Input("CompanyName", "Company"),
        Input("Email", "E-mail"), Input("Phone", "Phone"), Input("JobStatus", "Job status"),
        Input("TermsRef", "Terms"), Input("Notes", "Notes", area=True),
    ),
    "Employee": (
        *_PERSON, Input("JobTitle", "Job title"), Input("Email", "E-mail"), Input("AccountNumber", "Number"),
        Input("HiredDate", "Hired"),
        Input("EmployeePayrollInfo.UseTimeDataToCreatePaychecks", "Use time data to create paychecks"),
    ),
    "Vendor": (
        Input("Name", "Vendor name"), *_PERSON, Input("CompanyName", "Company"), Input("Email", "E-mail"),
        Input("AccountNumber", "Number"), Input("IsVendorEligibleFor1099", "Eligible for 1099"),
    ),
    "OtherName": (Input("Name", "Name"), *_PERSON, Input("Email", "E-mail")),
    "Account": (
        Input("Name", "Account name"), Input("ParentRef", "Sub-account of"), Input("AccountNumber", "Number"),
        Input("AccountType", "Type"), Input("Desc", "Description"),
    ),
    "ItemService": _ITEM,
    "ItemOtherCharge": _ITEM,
    "ItemNonInventory": _ITEM,
    "Class": (Input("Name", "Class name"), Input("ParentRef", "Sub-class of")),
    "PayrollItemWage": (
        Input("Name", "Name"), Input("WageType", "Type"), Input("ExpenseAccountRef", "Expense account"),
    ),
    "StandardTerms": (
        Input("Name", "Name"), Input("StdDueDays", "Due in days"), Input("StdDiscountDays", "Discount in days"),
        Input("DiscountPct", "Discount percent"),
    ),
    "DateDrivenTerms": (
        Input("Name", "Name"), Input("DayOfMonthDue", "Due on day"),
        Input("DueNextMonthDays", "Next month within days"),
    ),
    "SalesTaxCode": (Input("Name", "Code"), Input("IsTaxable", "Taxable"), Input("Desc", "Description")),
    "TimeTracking": (
        Input("TxnDate", "Date"), Input("EntityRef", "Name"), Input("CustomerRef", "Customer or job"),
        Input("ItemServiceRef", "Service item"), Input("Duration", "Duration"), Input("ClassRef", "Class"),
        Input("PayrollItemWageRef", "Payroll item"), Input("BillableStatus", "Billable"),
        Input("Notes", "Notes", area=True),
    ),
}  # fmt: skip


def to_values(entity: Entity, form: Mapping[str, str]) -> Json:
    """The form as values of the record; an empty control clears its field."""
    values: Json = {}
    for control in FORMS[entity.name]:
        *outer, name = control.path.split(".")
        holder = values
        for part in outer:
            holder = holder.setdefault(part, {})
        holder[name] = _value(entity, control, form.get(control.path, "").strip())
    return values


def _value(entity: Entity, control: Input, text: str) -> Any:
    kind = control.kind(entity)
    if kind == "check":
        return "true" if text else "false"
    if kind == "reference":
        return {"FullName": text}
    return duration(text) if control.path == "Duration" else text


def duration(text: str) -> str:
    """``7:30``, ``7.5`` or ``PT7H30M`` as qbXML writes it; anything else as it is, to be refused."""
    hours, colon, minutes = text.partition(":")
    if colon and hours.isdigit() and minutes.isdigit():
        return f"PT{int(hours)}H{int(minutes)}M"
    try:
        whole = round(float(text) * 60)
    except ValueError:
        return text
    return f"PT{whole // 60}H{whole % 60}M"


def is_editable(name: str) -> Entity | None:
    """By name in any case."""
    return next((ENTITIES[known] for known in FORMS if known.casefold() == name.casefold()), None)
