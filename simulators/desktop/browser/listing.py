"""What the list pages show: rows filtered, in tree order where there is a tree, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from simulators.desktop.company_file import LIST_COLUMNS, TXN_COLUMNS, CompanyFile
from simulators.desktop.filters import Where
from simulators.desktop.records import shown
from simulators.desktop.rows import Json
from simulators.desktop.values import interval_minutes

PAGE = 50
# entity -> columns as (heading, path of the element)
COLUMNS: dict[str, tuple[tuple[str, str], ...]] = {
    "Customer": (("E-mail", "Email"), ("Job status", "JobStatus"), ("Terms", "TermsRef")),
    "Employee": (
        ("E-mail", "Email"), ("Number", "AccountNumber"),
        ("Paid by", "EmployeePayrollInfo.UseTimeDataToCreatePaychecks"),
    ),
    "Vendor": (("E-mail", "Email"), ("1099", "IsVendorEligibleFor1099")),
    "OtherName": (("E-mail", "Email"),),
    "Account": (("Number", "AccountNumber"), ("Type", "AccountType")),
    "ItemService": (("Rate", "SalesOrPurchase.Price"), ("Account", "SalesOrPurchase.AccountRef")),
    "ItemOtherCharge": (("Price", "SalesOrPurchase.Price"), ("Account", "SalesOrPurchase.AccountRef")),
    "ItemNonInventory": (("Price", "SalesOrPurchase.Price"), ("Account", "SalesOrPurchase.AccountRef")),
    "Class": (),
    "PayrollItemWage": (("Type", "WageType"), ("Account", "ExpenseAccountRef")),
    "StandardTerms": (("Due days", "StdDueDays"), ("Discount days", "StdDiscountDays"), ("Discount", "DiscountPct")),
    "DateDrivenTerms": (("Day of month", "DayOfMonthDue"), ("Discount day", "DiscountDayOfMonth")),
    "SalesTaxCode": (("Taxable", "IsTaxable"), ("Description", "Desc")),
}  # fmt: skip


@dataclass(frozen=True)
class Page:
    """A slice of what was found; ``number`` counts from 1."""

    lines: list[Any]
    number: int
    total: int

    @property
    def last(self) -> int:
        return max(1, -(-self.total // PAGE))


def _slice(file: CompanyFile, table: str, columns: str, where: Where, order: str, number: int) -> Page:
    """The asked page, or the nearest there is."""
    counting = f"SELECT count(*) FROM {table} WHERE {where.sql}"  # noqa: S608
    total = int(file.db.execute(counting, where.values).fetchone()[0])
    number = min(max(1, number), max(1, -(-total // PAGE)))
    sql = f"SELECT {columns} FROM {table} WHERE {where.sql} ORDER BY {order} LIMIT ? OFFSET ?"  # noqa: S608
    rows = file.rows(table == "txns", sql, (*where.values, PAGE, (number - 1) * PAGE))
    return Page([shown(file, row) for row in rows], number, total)


def list_page(file: CompanyFile, entity: str, *, search: str, inactive: bool, number: int) -> Page:
    """Records of a list, children below their parents."""
    where = Where()
    where.add("entity = ?", entity)
    if not inactive:
        where.add("active = 1")
    if search:
        where.add("instr(fold(path || ' ' || body), ?) > 0", search.casefold())
    return _slice(file, "lists", LIST_COLUMNS, where, "replace(key, ':', char(1))", number)


def time_page(file: CompanyFile, *, person: str, since: str, until: str, search: str, number: int) -> Page:
    """Time entries, newest day first. ``person`` is a ListID."""
    where = Where()
    where.add("entity = 'TimeTracking'")
    for condition, value in (("who = ?", person), ("day >= ?", since), ("day <= ?", until)):
        if value:
            where.add(condition, value)
    if search:
        where.add("instr(fold(body), ?) > 0", search.casefold())
    return _slice(file, "txns", TXN_COLUMNS, where, "day DESC, number DESC", number)


def cell(values: Json, path: str) -> str:
    """What a column shows of a record."""
    value: Any = values
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    if isinstance(value, dict):
        value = value.get("FullName")
    return {"true": "Yes", "false": "", "None": ""}.get(str(value), str(value))


def hours_and_minutes(interval: str) -> str:
    """``PT2H5M`` as ``2:05``."""
    minutes = interval_minutes(interval)
    return f"{minutes // 60}:{minutes % 60:02}"


def people(file: CompanyFile) -> list[tuple[str, str]]:
    """(ListID, name) of everybody time can belong to."""
    sql = "SELECT id, path FROM lists WHERE entity IN ('Employee', 'Vendor', 'OtherName') ORDER BY key"
    return list(file.db.execute(sql))


def names(file: CompanyFile, pool: str, kinds: tuple[str, ...], most: int = 300) -> list[str]:
    """Full names to suggest while a reference is typed."""
    where = Where()
    where.add("pool = ? AND active = 1", pool)
    if kinds:
        where.one_of("entity", list(kinds))
    sql = f"SELECT path FROM lists WHERE {where.sql} ORDER BY key LIMIT ?"  # noqa: S608
    return [row[0] for row in file.db.execute(sql, (*where.values, most))]
