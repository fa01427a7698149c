"""What the list pages show: rows filtered, in tree order where there is a tree, a page at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from simulators.online.entity import Json
from simulators.online.realm import Realm
from simulators.online.rows import Row

PAGE = 50
# entity -> (title, columns as (heading, attribute))
LISTS: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "Customer": ("Customers", (("E-mail", "PrimaryEmailAddr"), ("Company", "CompanyName"))),
    "Employee": ("Employees", (("E-mail", "PrimaryEmailAddr"), ("Number", "EmployeeNumber"))),
    "Vendor": ("Vendors", (("E-mail", "PrimaryEmailAddr"), ("1099", "Vendor1099"))),
    "Account": ("Chart of accounts", (("Number", "AcctNum"), ("Type", "AccountType"), ("Detail", "AccountSubType"))),
    "Item": (
        "Products and services",
        (("Type", "Type"), ("Price", "UnitPrice"), ("Income account", "IncomeAccountRef")),
    ),
    "Class": ("Classes", (("Path", "FullyQualifiedName"),)),
    "Term": ("Terms", (("Type", "Type"), ("Due days", "DueDays"), ("Day of month", "DayOfMonthDue"))),
}


@dataclass(frozen=True)
class Line:
    """One row of a page."""

    id: str
    name: str
    level: int
    active: bool
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Page:
    """A slice of what was found; ``number`` counts from 1."""

    lines: list[Any]
    number: int
    total: int

    @property
    def last(self) -> int:
        return max(1, -(-self.total // PAGE))


def sliced(found: list[Any], number: int, make: Callable[[Any], Any]) -> Page:
    """The asked page, or the nearest there is."""
    last = max(1, -(-len(found) // PAGE))
    number = min(max(1, number), last)
    return Page([make(item) for item in found[(number - 1) * PAGE : number * PAGE]], number, len(found))


def list_page(realm: Realm, entity: str, *, search: str, inactive: bool, number: int) -> Page:
    """Lines of a list. Children follow their parents unless a search picks single objects."""
    rows = [row for row in realm.tables[entity].rows.values() if inactive or row.active]
    if search:
        wanted = search.casefold()
        rows = [row for row in rows if wanted in row.raw.decode().casefold()]
    ordered = sorted(rows, key=_path_of(realm, entity))
    return sliced(ordered, number, lambda row: _line(entity, row))


def _path_of(realm: Realm, entity: str) -> Callable[[Row], list[str]]:
    """Sorts by path, so that children follow their parents; read from the columns, since a list can be long."""
    columns = realm.tables[entity].entity.columns
    name = next(name for name in ("FullyQualifiedName", "DisplayName", "Name") if name in columns)
    position = columns.index(name)
    return lambda row: str(row.columns[position]).split(":")


def _line(entity: str, row: Row) -> Line:
    data = row.data
    path = str(data.get("FullyQualifiedName", ""))
    name = str(data.get("DisplayName") or data.get("Name") or row.id)
    cells = tuple(cell(data, attribute) for _, attribute in LISTS[entity][1])
    return Line(row.id, name, min(path.count(":"), 4), row.active, cells)


def cell(data: Json, attribute: str) -> str:
    value = data.get(attribute)
    if isinstance(value, dict):
        value = value.get("name") or value.get("Address") or value.get("value")
    if isinstance(value, bool):
        return "Yes" if value else ""
    return "" if value is None else str(value)


def time_page(realm: Realm, *, person: str, since: str, until: str, search: str, number: int) -> Page:
    """Time activities, newest day first. ``person`` is an id of an employee or vendor."""
    table = realm.tables["TimeActivity"]
    day, employee, vendor = (table.position(name) for name in ("TxnDate", "EmployeeRef", "VendorRef"))

    def wanted(row: Row) -> bool:
        worked = str(row.columns[day])
        return (
            (not person or person in (row.columns[employee], row.columns[vendor]))
            and (not since or worked >= since)
            and (not until or worked <= until)
            and (not search or search.casefold() in row.raw.decode().casefold())
        )

    rows = [row for row in table.in_order() if wanted(row)]
    rows.sort(key=lambda row: (str(row.columns[day]), row.created), reverse=True)
    return sliced(rows, number, lambda row: row.data)


def people(realm: Realm) -> list[tuple[str, str]]:
    """(id, name) of everybody time can belong to."""
    rows = [row.data for kind in ("Employee", "Vendor") for row in realm.tables[kind].rows.values()]
    return sorted(((data["Id"], data["DisplayName"]) for data in rows), key=lambda pair: pair[1].casefold())


def names(realm: Realm, entity: str, most: int = 300) -> list[str]:
    """Names to suggest while a reference is typed."""
    rows = [row for row in realm.tables[entity].rows.values() if row.active][:most]
    found = (row.data for row in rows)
    return [str(data.get("DisplayName") or data.get("FullyQualifiedName") or data.get("Name")) for data in found]
