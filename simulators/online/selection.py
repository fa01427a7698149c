"""Answering a parsed query from a company's tables."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

from simulators.online import clock
from simulators.online.entities import entity_named
from simulators.online.entity import META, Entity
from simulators.online.errors import Refusal
from simulators.online.query_language import Predicate, Query
from simulators.online.realm import Realm
from simulators.online.rows import Column, Row, Table, column_value, encode

Test = Callable[[Row], bool]
Getter = Callable[[Row], Any]
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    ">": lambda left, right: left > right,
    "<=": lambda left, right: left <= right,
    ">=": lambda left, right: left >= right,
}


def answer(realm: Realm, query: Query, *, strict: bool = True) -> bytes:
    """The ``QueryResponse`` object as JSON text. Raises Refusal 4001."""
    entity = entity_named(query.entity)
    if entity is None:
        raise Refusal("4001", f"QueryValidationError: Metadata not found for Entity: {query.entity}")
    if query.count:
        return encode({"totalCount": sum(1 for _ in rows(realm, entity, query, strict=strict))})
    page = list(islice(rows(realm, entity, query, strict=strict), query.start - 1, query.start - 1 + query.most))
    if not page:
        return b"{}"
    texts = (row.raw for row in page) if not query.names else _partial(entity, query.names, page)
    tail = b',"startPosition":%d,"maxResults":%d' % (query.start, len(page))
    if entity.counted:
        tail += b',"totalCount":%d' % len(page)
    return b'{"' + entity.name.encode() + b'":[' + b",".join(texts) + b"]" + tail + b"}"


def rows(realm: Realm, entity: Entity, query: Query, *, strict: bool) -> Iterable[Row]:
    """Every row that the WHERE lets through, in the order asked for; inactive list objects hide unless asked for."""
    table = realm.tables[entity.name]
    where = tuple(_named(entity, predicate, strict=strict) for predicate in query.where)
    order = tuple((_attribute(entity, name, strict=strict), descending) for name, descending in query.order)
    if entity.is_list and "Active" in entity.filterable.values() and all(p.name != "Active" for p in where):
        where = (*where, Predicate("Active", "=", ("true",)))
    key = (where, order)
    if key not in table.found:
        candidates, rest, ordered = _candidates(table, where, order)
        tests = [_test(table, predicate) for predicate in rest]
        found = (row for row in candidates if all(test(row) for test in tests))
        if ordered and not query.count:
            return found  # in an index's order already: no need to see more than the page
        table.found[key] = _sorted(table, list(found), order if not ordered else ())
    return table.found[key]


def _named(entity: Entity, predicate: Predicate, *, strict: bool) -> Predicate:
    name = _attribute(entity, predicate.name, strict=strict)
    if name == "Id" and predicate.op not in ("=", "IN"):
        raise Refusal("4001", "QueryValidationError: property 'Id' allows only = and IN")
    return Predicate(name, predicate.op, predicate.values)


def _attribute(entity: Entity, name: str, *, strict: bool) -> str:
    lowered = name.lower()
    lowered = {"metadata.createtime": META[0].lower(), "metadata.lastupdatedtime": META[1].lower()}.get(
        lowered, lowered
    )
    lowered = lowered.removesuffix(".value").removesuffix(".address")
    found = entity.filterable.get(lowered)
    if found is None and not strict:
        found = next((item for item in entity.by_name if item.lower() == lowered), None)
    if found is None:
        raise Refusal("4001", f"QueryValidationError: property '{name}' is not queryable")
    return found


def _candidates(
    table: Table, where: tuple[Predicate, ...], order: tuple[tuple[str, bool], ...]
) -> tuple[Iterable[Row], tuple[Predicate, ...], bool]:
    """(rows to look at, predicates still to test, whether they come in the order asked for)."""
    for predicate in where:
        if predicate.name == "Id":
            wanted = sorted({value for value in predicate.values if value in table.rows}, key=int)
            rest = tuple(other for other in where if other is not predicate)
            return [table.rows[number] for number in wanted], rest, False
    for predicate in where:
        if predicate.op in (">", ">=") and predicate.name in META:
            inclusive, moment = predicate.op == ">=", _instant(predicate.values[0])
            changed = predicate.name == META[1]
            rest = tuple(other for other in where if other is not predicate)
            if changed and order == ((META[1], False),):
                return table.changed_since(moment, inclusive=inclusive), rest, True
            if not changed:
                return table.created_since(moment, inclusive=inclusive), rest, order in ((), ((META[0], False),))
    return table.in_order(), where, order == ((META[0], False),)


def _sorted(table: Table, found: list[Row], order: tuple[tuple[str, bool], ...]) -> list[Row]:
    """By the last key first, since sorting is stable; what has no value comes before what has one."""
    for name, descending in reversed(order):
        found.sort(key=_sort_key(_getter(table, name)), reverse=descending)
    return found


def _sort_key(get: Getter) -> Callable[[Row], tuple[bool, Any]]:
    def key(row: Row) -> tuple[bool, Any]:
        value = get(row)
        return (value is not None, 0 if value is None else value)

    return key


def _getter(table: Table, name: str) -> Getter:
    if name == "Id":
        return lambda row: int(row.id)
    if name == META[0]:
        return lambda row: row.created
    if name == META[1]:
        return lambda row: row.updated
    try:
        position = table.position(name)
    except KeyError:  # only where the strict list of filterable attributes is switched off
        return lambda row: column_value(row.data.get(name))
    return lambda row: row.columns[position]


def _test(table: Table, predicate: Predicate) -> Test:
    get, op = _getter(table, predicate.name), predicate.op
    if predicate.name == "Active" and op == "=":
        wanted = predicate.values[0].lower() == "true"
        return lambda row: row.active is wanted
    if op == "LIKE":
        pattern = _like(predicate.values[0])
        return lambda row: (value := get(row)) is not None and pattern.fullmatch(_text(value)) is not None
    if predicate.name in META:
        moments = [_instant(value) for value in predicate.values]
        compare = _COMPARE["=" if op == "IN" else op]
        return lambda row: any(compare(get(row), moment) for moment in moments)
    if op == "IN":
        return lambda row: any(_compare(_COMPARE["="], get(row), value) for value in predicate.values)
    compare, literal = _COMPARE[op], predicate.values[0]
    return lambda row: _compare(compare, get(row), literal)


def _like(text: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in text.casefold().split("%")), re.DOTALL)


def _text(value: Column) -> str:
    return str(value).casefold() if isinstance(value, bool) or not isinstance(value, float) else f"{value:g}"


def _compare(compare: Callable[[Any, Any], bool], left: Any, literal: str) -> bool:
    """An attribute without a value matches nothing but ``!=``."""
    if left is None:
        return compare is _COMPARE["!="]
    right = _literal(literal, left)
    return right is not None and compare(left, right)


def _instant(literal: str) -> float:
    try:
        return clock.parse_instant(literal)
    except ValueError:
        raise Refusal("4001", f"QueryValidationError: '{literal}' is not a date and time") from None


def _literal(literal: str, like: Any) -> Any:
    """The literal as what it is compared with; None if it can't be that."""
    if isinstance(like, bool):
        return {"true": True, "false": False}.get(literal.lower())
    if isinstance(like, float):
        try:
            return float(literal)
        except ValueError:
            return None
    return clock.today().isoformat() if literal.upper() == "CURRENT_DATE" else literal.casefold()


def _partial(entity: Entity, names: tuple[str, ...], page: list[Row]) -> list[bytes]:
    """Only the attributes asked for, marked sparse."""
    known = {name.lower(): name for name in [*entity.by_name, "Id", "SyncToken", "MetaData"]}
    wanted = []
    for name in names:
        top = known.get(name.split(".", 1)[0].lower())
        if top is None:
            raise Refusal("4001", f"QueryValidationError: Property {name} not found for Entity {entity.name}")
        wanted.append(top)
    texts = []
    for row in page:
        data = json.loads(row.raw)
        chosen = {name: data[name] for name in wanted if name in data}
        texts.append(encode({**chosen, "domain": "QBO", "sparse": True}))
    return texts
