"""Northwind Consulting Group: a lifelike company with the names, nesting and untidiness of real books."""

from __future__ import annotations

from random import Random
from typing import Any

from simulators.online.realm import Realm
from simulators.online.seed import northwind_lists as lists
from simulators.online.seed.basics import set_up
from simulators.online.seed.books import Books

NAME = "Northwind Consulting Group"
CLOSED_DAYS_AGO = 120
NOTES = (
    "Kick-off with the client's team",
    "Draft of the report, chapters 1–3",
    "Review & corrections",
    "Weekly status call; follow-up e-mails",
    'Prototype "B" tested with five users',
    "Travel to site and back",
    "Fixed the export that Aisha reported",
    "",
)


def build(id: str, at: int) -> Realm:
    """The same books for the same moment."""
    books = Books(Realm(id, NAME, "USD"), at, days_ago=200)
    close = books.day(CLOSED_DAYS_AGO)[:8] + "01"
    set_up(books, close_date=close)
    _accounts_and_items(books)
    _people(books)
    _customers(books)
    _time(books)
    return books.realm


def _accounts_and_items(books: Books) -> None:
    for name, kind, subtype, number in lists.ACCOUNTS:
        parent, _, own = name.rpartition(":")
        nested: dict[str, Any] = {"SubAccount": True, "ParentRef": books.ref("Account", parent)} if parent else {}
        books.add("Account", Name=own, AccountType=kind, AccountSubType=subtype, AcctNum=number, **nested)
    for path in lists.CLASSES:
        parent, _, own = path.rpartition(":")
        books.add("Class", Name=own, **({"ParentRef": books.ref("Class", parent)} if parent else {}))
    books.inactivate("Class", books.add("Class", Name="Print shop"))
    income, cost = books.ref("Account", "Services"), books.ref("Account", "Office Supplies")
    for name, kind, price, active in lists.ITEMS:
        accounts = {"IncomeAccountRef": income} if kind == "Service" else {"ExpenseAccountRef": cost}
        item = books.add("Item", Name=name, Type=kind, UnitPrice=price, **accounts)
        if not active:
            books.inactivate("Item", item)
    books.add("Term", Name="Net 10 / 2%", DueDays=30, DiscountDays=10, DiscountPercent=2)
    books.add("Term", Name="25th of next month", DayOfMonthDue=25, DueNextMonthDays=5)


def _people(books: Books) -> None:
    for given, family, number, active in lists.EMPLOYEES:
        mail = f"{given}.{family}".lower().replace("'", "").replace("á", "a") + "@northwind.example.com"
        person = books.add(
            "Employee",
            GivenName=given,
            FamilyName=family,
            EmployeeNumber=number,
            PrimaryEmailAddr={"Address": mail},
            HiredDate=books.day(700),
            BillableTime=True,
        )
        if not active:
            books.inactivate("Employee", person)
    for name, contractor, extra in lists.VENDORS:
        books.add("Vendor", DisplayName=name, Vendor1099=contractor, **extra)


def _customers(books: Books) -> None:
    inactive = []
    for name, extra in lists.CUSTOMERS:
        mail = {"PrimaryEmailAddr": {"Address": extra["mail"]}} if "mail" in extra else {}
        person = {key: value for key, value in extra.items() if key in ("GivenName", "FamilyName", "CompanyName")}
        customer = books.add("Customer", DisplayName=name, SalesTermRef=books.ref("Term", "Net 30"), **mail, **person)
        if extra.get("inactive"):
            inactive.append(customer)
    for parent, name in lists.JOBS:
        books.add("Customer", DisplayName=name, Job=True, ParentRef=books.ref("Customer", parent), BillWithParent=True)
    inactive += [books.ref("Customer", name)["value"] for name in lists.INACTIVE_JOBS]
    for gone in inactive:
        books.inactivate("Customer", gone)


def _time(books: Books) -> None:
    """About 60 entries: most of the last eight weeks, some in the closed period, a few billed already."""
    random = Random(20_260_101)  # the books must come out the same every time
    for index in range(60):
        ago = 155 - index if index < 6 else 60 - index
        books.move_to(ago)
        employee = random.choice([row for row in lists.EMPLOYEES if row[3]])
        status = "HasBeenBilled" if 6 <= index < 10 else random.choice(("Billable", "NotBillable"))
        who: dict[str, Any] = {"NameOf": "Employee"}
        who["EmployeeRef"] = books.ref("Employee", f"{employee[0]} {employee[1]}")
        if index % 11 == 0:
            who = {"NameOf": "Vendor", "VendorRef": books.ref("Vendor", "Ben Ortiz")}
        books.add(
            "TimeActivity",
            TxnDate=books.day(ago),
            CustomerRef=books.ref("Customer", random.choice(lists.JOBS[:20])[1]),
            ItemRef=books.ref("Item", random.choice(lists.SERVICES)),
            BillableStatus=status,
            HourlyRate=random.choice((95, 120, 145.5, 160)),
            Hours=random.randrange(0, 8),
            Minutes=random.choice((15, 30, 45)),
            Description=random.choice(NOTES),
            **who,
        )
