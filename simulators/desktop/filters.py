"""What a query asks for, as conditions on the rows of a company file."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from simulators.desktop import clock, date_macros
from simulators.desktop.company_file import CompanyFile
from simulators.desktop.entities import ENTITIES, Entity, target
from simulators.desktop.references import found
from simulators.desktop.rows import Json
from simulators.desktop.statuses import Refusal, not_enabled

_ACTIVE = {"ActiveOnly": "active = 1", "InactiveOnly": "active = 0", "All": ""}
_COMPARE = {
    "LessThan": lambda balance: balance > 0,
    "LessThanEqual": lambda balance: balance >= 0,
    "Equal": lambda balance: balance == 0,
    "GreaterThan": lambda balance: balance < 0,
    "GreaterThanEqual": lambda balance: balance <= 0,
}


@dataclass
class Where:
    """SQL conditions, all of which must hold, and their values."""

    conditions: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)

    def add(self, condition: str, *values: Any) -> None:
        self.conditions.append(condition)
        self.values.extend(values)

    def one_of(self, column: str, values: list[str]) -> None:
        self.add(f"{column} IN ({', '.join('?' * len(values))})", *values)

    @property
    def sql(self) -> str:
        return " AND ".join(self.conditions) or "1"


def moments(where: Where, column: str, since: str, until: str) -> None:
    """Both ends belong to the range. Raises Refusal (3020, 3030)."""
    try:
        first = clock.bound(since, upper=False) if since else ""
        last = clock.bound(until, upper=True) if until else ""
    except ValueError:
        raise Refusal(3020, f'There was an error when converting the date value "{since or until}".') from None
    if first and last and first > last:
        raise Refusal(3030, f'The value "{since}" in the field "From" is greater than "{until}" in the field "To".')
    if first:
        where.add(f"{column} >= ?", first)
    if last:
        where.add(f"{column} <= ?", last)


def of_lists(file: CompanyFile, kinds: list[Entity], asked: Json) -> Where:
    """Conditions on ``lists``. Raises Refusal."""
    where = Where()
    where.one_of("entity", [kind.name for kind in kinds])
    active = _ACTIVE[asked.get("ActiveStatus") or "ActiveOnly"]
    if active:
        where.add(active)
    moments(where, "modified", asked.get("FromModifiedDate", ""), asked.get("ToModifiedDate", ""))
    _names(where, asked)
    if asked.get("AccountType"):
        where.one_of("json_extract(body, '$.AccountType')", asked["AccountType"])
    if "TotalBalanceFilter" in asked:
        wanted = asked["TotalBalanceFilter"]
        where.add("1" if _COMPARE[wanted["Operator"]](Decimal(wanted["Amount"] or 0)) else "0")
    if "CurrencyFilter" in asked:
        raise not_enabled()
    if "ClassFilter" in asked:
        where.one_of("json_extract(body, '$.ClassRef.ListID')", _classes(file, kinds[0], asked["ClassFilter"]))
    return where


def _names(where: Where, asked: Json) -> None:
    if "NameFilter" in asked:
        text = asked["NameFilter"]["Name"].casefold()
        criterion = asked["NameFilter"]["MatchCriterion"]
        conditions = {
            "StartsWith": "substr(fold(name), 1, length(?)) = ?",
            "EndsWith": "substr(fold(name), -length(?)) = ?",
            "Contains": "? IS NOT NULL AND instr(fold(name), ?) > 0",
        }
        where.add(conditions[criterion], text, text)
    if "NameRangeFilter" in asked:
        wanted = asked["NameRangeFilter"]
        if wanted.get("FromName"):
            where.add("fold(name) >= ?", wanted["FromName"].casefold())
        if wanted.get("ToName"):
            where.add("fold(name) <= ?", wanted["ToName"].casefold())


def _classes(file: CompanyFile, owner: Entity, wanted: Json) -> list[str]:
    if not file.uses_classes():
        raise not_enabled()
    ids = _named(file, owner, "ClassRef", wanted)
    if "ListIDWithChildren" in wanted or "FullNameWithChildren" in wanted:
        for one in ids:
            row = file.find(ENTITIES["Class"], one)
            ids.extend(child.id for child in (file.children(row) if row else []))
    return ids


def _named(file: CompanyFile, owner: Entity, reference: str, wanted: Json) -> list[str]:
    goal = target(reference, owner)
    ids: list[str] = []
    paths: list[str] = []
    for name, value in wanted.items():
        (ids if name.startswith("ListID") else paths).extend(value if isinstance(value, list) else [value])
    return [found(file, goal, one, "", owner) for one in ids] + [found(file, goal, "", path, owner) for path in paths]


def of_txns(file: CompanyFile, entity: Entity, asked: Json) -> Where:
    """Conditions on ``txns``. Raises Refusal."""
    where = Where()
    where.add("entity = ?", entity.name)
    changed = asked.get("ModifiedDateRangeFilter", {})
    moments(where, "modified", changed.get("FromModifiedDate", ""), changed.get("ToModifiedDate", ""))
    days = asked.get("TxnDateRangeFilter", {})
    since, until = days.get("FromTxnDate", ""), days.get("ToTxnDate", "")
    if "DateMacro" in days:
        since, until = date_macros.span(days["DateMacro"], clock.today())
    if since and until and since > until:
        raise Refusal(3030, f'The value "{since}" in the field "FromTxnDate" is greater than "{until}".')
    if since:
        where.add("day >= ?", since)
    if until:
        where.add("day <= ?", until)
    if asked.get("TimeTrackingEntityFilter"):
        where.one_of("who", _named(file, entity, "EntityRef", asked["TimeTrackingEntityFilter"]))
    return where
