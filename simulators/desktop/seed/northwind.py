"""Northwind Consulting in QuickBooks Desktop: the people, customers and jobs of the Online demo, as Desktop takes them.

Desktop's code page lacks some letters and its names are shorter, so a few customers are left out or cut; it allows
the same job name below different customers, and its employees are paid by the hour or by salary.
"""

from __future__ import annotations

from random import Random
from typing import Any

from simulators.desktop.company_file import CompanyFile
from simulators.desktop.seed.basics import named, service, set_up
from simulators.desktop.seed.books import Books
from simulators.online.seed import northwind_lists as lists

FILE_NAME = "Northwind Consulting (Desktop)"
NAME = "Northwind Consulting Group"
CLOSED_DAYS_AGO = 120
HOURLY = {"Chloe", "Finn", "Grace", "Ines", "Liam", "Oscar"}
OTHER_CHARGES = (
    ("Airfare", "Travel:Airfare"),
    ("Hotel", "Travel:Hotels"),
    ("Ground transport", "Travel:Ground Transport"),
    ("Mileage charge", "Mileage"),
    ("Client meals", "Meals and Entertainment"),
)
# Desktop allows these; Online would refuse the second of each name
SAME_NAMES = (("Acme Corp", "Website"), ("Globex", "Website"), ("Hooli", "Website"), ("Initech", "Support"))
NOTES = (
    "Kick-off with the client's team",
    "Draft of the report, chapters 1-3",
    "Review & corrections",
    "Weekly status call; follow-up e-mails",
    'Prototype "B" tested with five users',
    "Café meeting, résumé of the workshop",
    "",
)


def build(file: CompanyFile, at: int) -> None:
    """The same books for the same moment."""
    books = Books(file, at, days_ago=200)
    set_up(books, NAME, closing_date=books.day(CLOSED_DAYS_AGO)[:8] + "01")
    _accounts_and_items(books)
    _people(books)
    jobs = _customers(books)
    _time(books, jobs)


def _accounts_and_items(books: Books) -> None:
    for path, kind, _, number in lists.ACCOUNTS:
        parent, _, own = path.rpartition(":")
        words = "".join(word[0].upper() + word[1:] for word in kind.split())
        books.add("Account", Name=own, AccountType=words, AccountNumber=number, **_below(parent))
    for path in lists.CLASSES:
        parent, _, own = path.rpartition(":")
        books.add("Class", Name=own, **_below(parent))
    books.add("Class", Name="Print shop", active=False)
    for name, kind, price, active in lists.ITEMS:
        if kind == "Service":
            service(books, name, f"{price:.2f}", active=active)
        else:
            bought = {"Desc": name, "Price": "0.00", "AccountRef": named("Office Supplies")}
            books.add("ItemNonInventory", Name=name, SalesOrPurchase=bought, active=active)
    for name, account in OTHER_CHARGES:
        books.add("ItemOtherCharge", Name=name, SalesOrPurchase={"Desc": name, "AccountRef": named(account)})
    books.add("StandardTerms", Name="Net 10 / 2%", StdDueDays="30", StdDiscountDays="10", DiscountPct="2.00")
    books.add("DateDrivenTerms", Name="25th of next month", DayOfMonthDue="25", DueNextMonthDays="5")


def _below(parent: str) -> dict[str, Any]:
    return {"ParentRef": named(parent)} if parent else {}


def _people(books: Books) -> None:
    for given, family, number, active in lists.EMPLOYEES:
        mail = f"{given}.{family}".lower().replace("'", "").replace("á", "a") + "@northwind.example.com"
        paid: dict[str, Any] = {"PayPeriod": "Biweekly"}
        wage = "Hourly Regular" if given in HOURLY else "Salary Regular"
        paid["Earnings"] = [{"PayrollItemWageRef": named(wage), "Rate": "38.50" if given in HOURLY else "72000.00"}]
        paid["UseTimeDataToCreatePaychecks"] = "UseTimeData" if given in HOURLY else "DoNotUseTimeData"
        books.add(
            "Employee", FirstName=given, LastName=family, Email=mail, AccountNumber=number, HiredDate=books.day(700),
            EmployeePayrollInfo=paid, active=active,
        )  # fmt: skip
    for name, contractor, extra in lists.VENDORS:
        person = {"FirstName": extra["GivenName"], "LastName": extra["FamilyName"]} if "GivenName" in extra else {}
        company = {"CompanyName": extra["CompanyName"]} if "CompanyName" in extra else {}
        books.add("Vendor", Name=name, IsVendorEligibleFor1099=str(contractor).lower(), **person, **company)
    books.add("OtherName", Name="Petty cash box")


def _customers(books: Books) -> list[str]:
    """Full names of the active jobs."""
    paths: dict[str, str] = {}
    for name, extra in lists.CUSTOMERS:
        if not _keepable(name):
            continue
        values = {"Email": extra["mail"]} if "mail" in extra else {}
        values |= {"CompanyName": extra["CompanyName"][:41]} if "CompanyName" in extra else {}
        values |= {"FirstName": extra["GivenName"], "LastName": extra["FamilyName"]} if "GivenName" in extra else {}
        short = name[:41].rstrip()
        books.add("Customer", Name=short, TermsRef=named("Net 30"), active=not extra.get("inactive"), **values)
        paths[name] = short
    jobs = []
    for parent, name in (*lists.JOBS, *SAME_NAMES):
        if parent in paths and _keepable(name):
            active = name not in lists.INACTIVE_JOBS
            books.add(
                "Customer", Name=name, ParentRef=named(paths[parent]), JobStatus="InProgress" if active else "Closed",
                active=active,
            )  # fmt: skip
            paths[name] = f"{paths[parent]}:{name}"
            jobs += [paths[name]] if active else []
    return jobs


def _keepable(name: str) -> bool:
    """Whether the Windows code page has all its letters."""
    return name.encode("cp1252", "replace").decode("cp1252") == name


def _time(books: Books, jobs: list[str]) -> None:
    """About 60 entries: most of the last eight weeks, some in the closed period, a few billed already."""
    random = Random(20_260_101)  # the books must come out the same every time
    people = [row for row in lists.EMPLOYEES if row[3]]
    for index in range(60):
        ago = 155 - index if index < 6 else 60 - index
        books.move_to(ago)
        given, family, *_ = random.choice(people)
        who = "Ben Ortiz" if index % 11 == 0 else f"{given} {family}"
        wage = {"PayrollItemWageRef": named("Hourly Regular")} if given in HOURLY and index % 11 else {}
        minutes = random.randrange(0, 8) * 60 + random.choice((15, 30, 45))
        status = "HasBeenBilled" if 6 <= index < 10 else random.choice(("Billable", "NotBillable"))
        books.add(
            "TimeTracking", TxnDate=books.day(ago), EntityRef=named(who), CustomerRef=named(random.choice(jobs[:20])),
            ItemServiceRef=named(random.choice(lists.SERVICES)), Duration=f"PT{minutes // 60}H{minutes % 60}M",
            Notes=random.choice(NOTES), BillableStatus=status, **wage,
        )  # fmt: skip
