"""Filling a company to size. Rows are made as text, past the rules, since they are right by construction."""

from __future__ import annotations

from datetime import date, timedelta

from simulators.online import clock
from simulators.online.entities import ENTITIES
from simulators.online.realm import Realm
from simulators.online.rows import Column, Row, Table, encode
from simulators.online.seed.books import Books

TRADES = ("Foods", "Textiles", "Logistics", "Software", "Energy", "Clinics", "Motors", "Media", "Farms", "Tools")
WORK = ("Website", "Audit", "Roll-out", "Training", "Review", "Support", "Design", "Study")
_CUSTOMER, _TIME = ENTITIES["Customer"], ENTITIES["TimeActivity"]


def fill(realm: Realm, *, customers: int, jobs: int, time_activities: int, at: int) -> dict[str, int]:
    """Add so many of each; jobs go below the new customers (or those that are there). Answers the new totals."""
    parents = _customers(realm, customers, at)
    jobs_made = _jobs(realm, jobs, parents or _top_level(realm, at), at)
    _time(realm, time_activities, jobs_made or parents or _top_level(realm, at), at)
    return {name: len(realm.tables[name].rows) for name in ("Customer", "TimeActivity")}


def _times(table: Table, count: int, at: int) -> list[int]:
    """Moments between the table's last change and now, in order, as evenly spread as whole seconds allow."""
    last = max((row.updated for row in table.rows.values()), default=at - 200 * 86_400)
    start = min(last, at)
    return [start + (at - start) * (index + 1) // count for index in range(count)]


def _common(id: int, moment: int) -> str:
    time = clock.stamp(moment)
    meta = f'"MetaData":{{"CreateTime":"{time}","LastUpdatedTime":"{time}"}}'
    return f'"domain":"QBO","sparse":false,"Id":"{id}","SyncToken":"0",{meta}}}'


def _customers(realm: Realm, count: int, at: int) -> list[tuple[str, str]]:
    """New top-level customers as (id, name)."""
    first = realm.reserve(_CUSTOMER, count) if count else 0
    made = [(str(first + index), f"{TRADES[index % 10]} {first + index:06d}") for index in range(count)]
    times = _times(realm.tables["Customer"], count, at)
    for (number, name), moment in zip(made, times, strict=True):
        _put_customer(realm, number, name, name, moment, "")
    return made


def _jobs(realm: Realm, count: int, parents: list[tuple[str, str]], at: int) -> list[tuple[str, str]]:
    first = realm.reserve(_CUSTOMER, count) if count else 0
    times, made = _times(realm.tables["Customer"], count, at), []
    for index, moment in enumerate(times):
        number, (parent, parent_name) = str(first + index), parents[index % len(parents)]
        name = f"{WORK[index % 8]} {first + index:06d}"
        reference = encode({"value": parent, "name": parent_name}).decode()
        _put_customer(realm, number, name, f"{parent_name}:{name}", moment, f'"ParentRef":{reference},')
        realm.children.setdefault(("Customer", parent), set()).add(number)
        made.append((number, name))
    return made


def _put_customer(realm: Realm, id: str, name: str, path: str, moment: int, parent: str) -> None:
    job, level = ("true", 1) if parent else ("false", 0)
    full = encode(path).decode()
    raw = (
        f'{{"Active":true,"Job":{job},"BillWithParent":{job},{parent}"Level":{level},"IsProject":false,"Balance":0,'
        f'"BalanceWithJobs":0,"Taxable":false,"PreferredDeliveryMethod":"None","DisplayName":"{name}",'
        f'"PrintOnCheckName":"{name}","FullyQualifiedName":{full},"CurrencyRef":{{"value":"{realm.currency}"}},'
        + _common(int(id), moment)
    )
    known: dict[str, Column] = {
        "DisplayName": name.casefold(),
        "PrintOnCheckName": name.casefold(),
        "Active": True,
        "Balance": 0.0,
    }
    known["FullyQualifiedName"] = path.casefold()
    columns = tuple(known.get(column) for column in _CUSTOMER.columns)
    realm.tables["Customer"].put(Row(id, raw.encode(), 0, moment, moment, True, columns, name))
    realm.claim_name(_CUSTOMER, name, id)


def _time(realm: Realm, count: int, customers: list[tuple[str, str]], at: int) -> None:
    if not count:
        return
    table, first = realm.tables["TimeActivity"], realm.reserve(_TIME, count)
    people, items = _names(realm, "Employee", at), _names(realm, "Item", at)
    newest = date.fromisoformat(clock.stamp(at)[:10])
    days = [(newest - timedelta(days=ago)).isoformat() for ago in range(730, 0, -1)]
    refs = [encode({"value": number, "name": name}).decode() for number, name in customers]
    for index, moment in enumerate(_times(table, count, at)):
        person, item = people[index % len(people)], items[index % len(items)]
        which, day = index * 7 % len(customers), days[index * 730 // count]
        raw = (
            f'{{"TxnDate":"{day}","NameOf":"Employee","EmployeeRef":{{"value":"{person[0]}","name":{person[1]}}},'
            f'"CustomerRef":{refs[which]},"ItemRef":{{"value":"{item[0]}","name":{item[1]}}},'
            f'"BillableStatus":"NotBillable","Taxable":false,"HourlyRate":0,"Hours":{index % 8},'
            f'"Minutes":{15 + index % 3 * 15},"Description":"Work item {first + index}",'
            + _common(first + index, moment)
        )
        known: dict[str, Column] = {"TxnDate": day, "BillableStatus": "notbillable", "CustomerRef": customers[which][0]}
        known["EmployeeRef"] = person[0]
        columns = tuple(known.get(column) for column in _TIME.columns)
        table.put(Row(str(first + index), raw.encode(), 0, moment, moment, True, columns, ""))


def _top_level(realm: Realm, at: int) -> list[tuple[str, str]]:
    """Customers to hang things on; one is made where there is none."""
    rows = [row.data for row in realm.tables["Customer"].rows.values() if row.active]
    found = [(data["Id"], data["DisplayName"]) for data in rows if not data["Job"]]
    return found or _customers(realm, 1, at)


def _names(realm: Realm, entity: str, at: int) -> list[tuple[str, str]]:
    """(id, name as JSON) of the active employees or services; an employee is made where there is none."""
    if entity == "Employee" and not any(row.active for row in realm.tables[entity].rows.values()):
        Books(realm, at, days_ago=1).add("Employee", GivenName="Alex", FamilyName="Doe")
    rows = [row.data for row in realm.tables[entity].rows.values() if row.active]
    chosen = [data for data in rows if entity == "Employee" or data["Type"] == "Service"]
    return [(data["Id"], encode(data.get("DisplayName") or data["Name"]).decode()) for data in chosen]
