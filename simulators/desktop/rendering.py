"""Pages from this simulator's templates, and the frame of those about a company file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from simulators.desktop.machine import Office
from simulators.desktop.wire import machine
from simulators.shared.rendering import Pages

PAGES = Pages(Path(__file__).parent / "templates")
page = PAGES.show
# Lists with a page of their own, in the order of the side bar
LISTS = {
    "Customer": "Customers & jobs",
    "Employee": "Employees",
    "Vendor": "Vendors",
    "OtherName": "Other names",
    "Account": "Chart of accounts",
    "ItemService": "Service items",
    "ItemOtherCharge": "Other charge items",
    "ItemNonInventory": "Non-inventory items",
    "Class": "Classes",
    "PayrollItemWage": "Payroll wage items",
    "StandardTerms": "Terms",
    "DateDrivenTerms": "Date driven terms",
    "SalesTaxCode": "Sales tax codes",
}


def office_of(request: Request) -> Office:
    """The company file of an address. Raises LookupError with a sentence."""
    office = machine(request).offices.get(request.path_params["file"])
    if office is None:
        raise LookupError("There is no such company file; the simulator may have been reset.")
    return office


def navigation(office: Office) -> list[tuple[str, str, str]]:
    """(key, label, address) of the side bar."""
    root = f"/books/{office.file.id}"
    lists = [(name, title, f"{root}/lists/{name.lower()}") for name, title in LISTS.items()]
    return [
        ("home", "Overview", root),
        *lists[:4],
        ("TimeTracking", "Time", f"{root}/time"),
        *lists[4:],
        ("access", "Integrated apps", f"{root}/access"),
        ("settings", "Company settings", f"{root}/settings"),
        ("faults", "Fault panel", f"{root}/faults"),
        ("journal", "Journal", f"{root}/journal"),
    ]


def shown(request: Request, template: str, office: Office, *, here: str, status: int = 200, **values: Any) -> Response:
    """A page inside a company file's frame."""
    frame = {"office": office, "here": here, "navigation": navigation(office), "root": f"/books/{office.file.id}"}
    asking = [] if here == "access" else list(office.gate.dialogs)
    rules = len(office.faults.rules)
    return page(request, template, status=status, rules=rules, asking=asking, **frame, **values)
