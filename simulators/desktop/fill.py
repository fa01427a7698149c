"""Filling a company file to size. Rows are made past the rules, since they are right by construction."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from simulators.desktop import clock, company_queries
from simulators.desktop.company_file import LIST_COLUMNS, TXN_COLUMNS, CompanyFile
from simulators.desktop.operations import FIRST_LIST_ID

TRADES = ("Foods", "Textiles", "Logistics", "Software", "Energy", "Clinics", "Motors", "Media", "Farms", "Tools")
WORK = ("Website", "Audit", "Roll-out", "Training", "Review", "Support", "Design", "Study")
_PLAIN = '{"JobStatus":"None","PreferredDeliveryMethod":"None"}'
_INSERT_LIST = f"INSERT INTO lists ({LIST_COLUMNS}) VALUES ({', '.join('?' * 13)})"  # noqa: S608
_INSERT_TXN = f"INSERT INTO txns ({TXN_COLUMNS}) VALUES ({', '.join('?' * 9)})"  # noqa: S608
Parent = tuple[str, str]  # id, full name


def fill(file: CompanyFile, *, customers: int, jobs: int, time_entries: int, at: int) -> dict[str, int]:
    """Add so many of each; jobs go below the new customers (or those that are there). Answers the new totals."""
    with file.transaction():
        made = _customers(file, customers, at)
        parents = made or _top_level(file, at)
        below = _jobs(file, jobs, parents, at)
        if time_entries:
            _time(file, time_entries, [own for own, _ in below or parents], at)
    file.forget_paths("names")
    totals = company_queries.counts(file)
    return {name: totals[name] for name in ("Customer", "TimeTracking")}


def _moments(count: int, at: int) -> Iterator[tuple[int, str]]:
    """(epoch, wall clock) in order over the last two hundred days."""
    start = at - 200 * 86_400
    for index in range(count):
        epoch = start + (at - start) * (index + 1) // count
        yield epoch, clock.wall(epoch)


def _customers(file: CompanyFile, count: int, at: int) -> list[Parent]:
    first = file.reserve("names", count) if count else 0
    made, rows = [], []
    for index, (epoch, moment) in enumerate(_moments(count, at)):
        number = first + index
        own, name = f"{FIRST_LIST_ID + number:X}-{epoch}", f"{TRADES[index % 10]} {number:06d}"
        rows.append(("names", own, "Customer", moment, moment, epoch, name, name, name.casefold(), "", 0, 1, _PLAIN))
        made.append((own, name))
    file.db.executemany(_INSERT_LIST, rows)
    return made


def _jobs(file: CompanyFile, count: int, parents: list[Parent], at: int) -> list[Parent]:
    first = file.reserve("names", count) if count else 0
    made, rows = [], []
    for index, (epoch, moment) in enumerate(_moments(count, at)):
        number, (parent, above) = first + index, parents[index % len(parents)]
        own, name = f"{FIRST_LIST_ID + number:X}-{epoch}", f"{WORK[index % 8]} {number:06d}"
        path = f"{above}:{name}"
        key = path.casefold()
        rows.append(("names", own, "Customer", moment, moment, epoch, name, path, key, parent, 1, 1, _PLAIN))
        made.append((own, path))
    file.db.executemany(_INSERT_LIST, rows)
    return made


def _time(file: CompanyFile, count: int, customers: list[str], at: int) -> None:
    first = file.reserve("txn", count)
    people, items = _ids(file, "Employee", at), _ids(file, "ItemService", at)
    newest = date.fromisoformat(clock.wall(at)[:10])
    days = [(newest - timedelta(days=ago)).isoformat() for ago in range(730, 0, -1)]

    def rows() -> Iterator[tuple[str | int, ...]]:
        for index, (epoch, moment) in enumerate(_moments(count, at)):
            number, day, who = first + index, days[index * 730 // count], people[index % len(people)]
            body = (
                f'{{"TxnDate":"{day}","EntityRef":{{"ListID":"{who}"}},'
                f'"CustomerRef":{{"ListID":"{customers[index * 7 % len(customers)]}"}},'
                f'"ItemServiceRef":{{"ListID":"{items[index % len(items)]}"}},'
                f'"Duration":"PT{index % 8}H{15 + index % 3 * 15}M","Notes":"Work item {number}",'
                f'"BillableStatus":"NotBillable"}}'
            )
            yield f"{number:X}-{epoch}", "TimeTracking", number, moment, moment, epoch, day, who, body

    file.db.executemany(_INSERT_TXN, rows())


def _top_level(file: CompanyFile, at: int) -> list[Parent]:
    """Customers to hang things on; one is made where there is none."""
    sql = "SELECT id, path FROM lists WHERE entity = 'Customer' AND level = 0 AND active = 1 ORDER BY key"
    return file.db.execute(sql).fetchall() or _customers(file, 1, at)


def _ids(file: CompanyFile, entity: str, at: int) -> list[str]:
    """Ids of the active employees or services; an employee is made where there is none."""
    sql = "SELECT id FROM lists WHERE entity = ? AND active = 1 ORDER BY key"
    found = [row[0] for row in file.db.execute(sql, (entity,))]
    if not found and entity == "Employee":
        own = f"{FIRST_LIST_ID + file.reserve('names'):X}-{at}"
        moment, body = clock.wall(at), '{"FirstName":"Alex","LastName":"Doe","EmployeeType":"Regular"}'
        row = ("names", own, entity, moment, moment, at, "Alex Doe", "Alex Doe", "alex doe", "", 0, 1, body)
        file.db.execute(_INSERT_LIST, row)
        found = [own]
    return found
