"""Two more companies to choose from: a small one in US dollars and one whose home currency is Canadian."""

from __future__ import annotations

from simulators.online.realm import Realm
from simulators.online.seed.basics import set_up
from simulators.online.seed.books import Books


def build_bakery(id: str, at: int) -> Realm:
    """A handful of everything; classes are switched off."""
    books = Books(Realm(id, "Harbor Street Bakery", "USD"), at, days_ago=60)
    set_up(books, classes=False)
    for name in ("Corner Grocery", "Hotel Astoria", "Saturday Market"):
        books.add("Customer", DisplayName=name)
    books.add("Customer", DisplayName="Astoria weddings", Job=True, ParentRef=books.ref("Customer", "Hotel Astoria"))
    for given, family in (("Pat", "Quinn"), ("Sam", "Rivera")):
        books.add("Employee", GivenName=given, FamilyName=family)
    books.add("Vendor", DisplayName="Flour & Grain Co.")
    for count in range(4):
        books.add(
            "TimeActivity",
            TxnDate=books.day(9 - count),
            NameOf="Employee",
            EmployeeRef=books.ref("Employee", "Pat Quinn"),
            CustomerRef=books.ref("Customer", "Astoria weddings"),
            Hours=3 + count,
            Minutes=30,
            Description="Baking for the wedding",
        )
    return books.realm


def build_maple(id: str, at: int) -> Realm:
    """Another home currency: an application that keeps US dollars must refuse it."""
    books = Books(Realm(id, "Maple Advisory Inc.", "CAD"), at, days_ago=90)
    set_up(books, country="CA")
    for name in ("Acme Corp", "Rideau Partners", "Grands Magasins Québec"):
        books.add("Customer", DisplayName=name)
    for given, family in (("Maya", "Okafor"), ("Étienne", "Tremblay")):
        books.add("Employee", GivenName=given, FamilyName=family)
    return books.realm
