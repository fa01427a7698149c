"""The companies a simulator begins with. The same name and moment always give the same books."""

from __future__ import annotations

from simulators.online.realm import Realm
from simulators.online.seed import northwind
from simulators.online.seed.basics import set_up
from simulators.online.seed.books import Books
from simulators.online.seed.small import build_bakery, build_maple

NAMES = ("demo", "empty")
NORTHWIND, BAKERY, MAPLE = "9341453172000001", "9341453172000002", "9341453172000003"
BLANK = "9341453172000009"


def build(name: str, at: int) -> dict[str, Realm]:
    """``demo``: three companies; ``empty``: one, with accounts and one service but nobody in it."""
    if name == "empty":
        return {BLANK: small_company(BLANK, "Blank Books LLC", "USD", at)}
    companies = (
        northwind.build(NORTHWIND, at),
        build_bakery(BAKERY, at),
        build_maple(MAPLE, at),
    )
    return {realm.id: realm for realm in companies}


def small_company(id: str, name: str, currency: str, at: int) -> Realm:
    """Settings, a chart of accounts, terms and the default service item."""
    books = Books(Realm(id, name, currency), at, days_ago=30)
    set_up(books, country="CA" if currency == "CAD" else "US")
    return books.realm
