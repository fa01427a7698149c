"""Lakeside Studio in QuickBooks Desktop: two architects and their few clients, much like they are in the demo firm."""

from __future__ import annotations

from typing import Any

from simulators.desktop.company_file import CompanyFile
from simulators.desktop.seed.basics import named, service, set_up
from simulators.desktop.seed.books import Books

NAME = "Lakeside Studio"
# Given name, family name, paid by the hour or by salary: who is paid by the hour needs a payroll item on each entry.
EMPLOYEES = (("Leo", "Hart", False), ("Mina", "Park", True), ("Noor", "Haddad", True))
SERVICES = (("Architecture", "140.00"), ("Drawing", "95.00"), ("Site visit", "110.00"))
# Client, e-mail, jobs. The studio itself writes "Boat shed"; a third client is known to the books only.
CUSTOMERS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Harbor House", "office@harborhouse.example.com", ("Boat Shed",)),
    ("Acme Corp", "facilities@acme.example.com", ("Lobby", "Canteen")),
    ("Pine Street School", "", ("Library extension", "Gymnasium")),
)
TIME = (("Leo Hart", "Acme Corp:Lobby", "Architecture", 150), ("Noor Haddad", "Acme Corp:Canteen", "Drawing", 240))


def build(file: CompanyFile, at: int) -> None:
    """The same books for the same moment."""
    books = Books(file, at, days_ago=90)
    set_up(books, NAME)
    for name, price in SERVICES:
        service(books, name, price)
    for given, family, hourly in EMPLOYEES:
        _employee(books, given, family, hourly=hourly)
    for name, mail, jobs in CUSTOMERS:
        books.add("Customer", Name=name, TermsRef=named("Net 30"), **({"Email": mail} if mail else {}))
        for job in jobs:
            books.add("Customer", Name=job, ParentRef=named(name), JobStatus="InProgress")
    books.add("Vendor", Name="Dock & Pier Surveyors", IsVendorEligibleFor1099="true")
    for who, job, item, minutes in TIME:
        _worked(books, who, job, item, minutes)


def _employee(books: Books, given: str, family: str, *, hourly: bool) -> None:
    wage, rate = ("Hourly Regular", "42.00") if hourly else ("Salary Regular", "96000.00")
    paid: dict[str, Any] = {
        "PayPeriod": "Biweekly",
        "Earnings": [{"PayrollItemWageRef": named(wage), "Rate": rate}],
        "UseTimeDataToCreatePaychecks": "UseTimeData" if hourly else "DoNotUseTimeData",
    }
    mail = f"{given}.{family}@lakeside.example.com".lower()
    books.add("Employee", FirstName=given, LastName=family, Email=mail, EmployeePayrollInfo=paid)


def _worked(books: Books, who: str, job: str, item: str, minutes: int) -> None:
    """Typed into QuickBooks by hand, long before."""
    wage = {} if who == "Leo Hart" else {"PayrollItemWageRef": named("Hourly Regular")}
    books.add(
        "TimeTracking", TxnDate=books.day(60), EntityRef=named(who), CustomerRef=named(job),
        ItemServiceRef=named(item), Duration=f"PT{minutes // 60}H{minutes % 60}M", BillableStatus="NotBillable", **wage,
    )  # fmt: skip
