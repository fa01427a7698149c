"""Answers to query requests: selection, iterators, counts, chosen elements."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field

from simulators.desktop import extensions, filters
from simulators.desktop.company_file import LIST_COLUMNS, TXN_COLUMNS, CompanyFile
from simulators.desktop.entities import ENTITIES, MIXED, Entity
from simulators.desktop.qbxml import Answer, Request
from simulators.desktop.records import shown
from simulators.desktop.rows import Json, Row
from simulators.desktop.statuses import NO_MATCH, OK, bad_id, missing


@dataclass
class Iterator:
    """What is left of a query that is answered in pages; ``rowids`` in order, the next one first."""

    query: str
    rowids: list[int]
    at: int = 0

    @property
    def remaining(self) -> int:
        return len(self.rowids) - self.at


@dataclass
class Iterators:
    """Those of one session; they end with it."""

    known: dict[str, Iterator] = field(default_factory=dict)

    def start(self, query: str, rowids: list[int]) -> str:
        text = secrets.token_hex(16)
        key = "{" + "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:])) + "}"
        self.known[key] = Iterator(query, rowids)
        return key

    def get(self, id: str, query: str) -> Iterator:
        """Raises Refusal for one that is over, of another session, or of another kind of query."""
        found = self.known.get(id)
        if found is None or found.query != query:
            raise bad_id(id, "iteratorID")
        return found


def run(file: CompanyFile, request: Request, iterators: Iterators) -> Answer:
    """Raises Refusal."""
    kinds = kinds_of(request.name.removesuffix("Query"))
    asked, mode = request.read.values, request.attributes.get("iterator")
    if mode in ("Continue", "Stop"):
        return _continued(file, request, kinds, iterators)
    by_id = _by_names(file, kinds, asked)
    if by_id is not None:
        rows, absent = by_id
        return _answer(file, request, rows, absent=absent)
    rowids = _selected(file, kinds, asked)
    if request.attributes.get("metaData") == "MetaDataOnly":
        return _counted(request, len(rowids))
    most = int(asked.get("MaxReturned") or 0)
    if mode == "Start":
        if most < 1:
            raise missing("MaxReturned")
        key = iterators.start(request.name, rowids)
        return _page(file, request, kinds, iterators, key, most)
    return _answer(file, request, _fetch(file, kinds, rowids[:most] if most > 0 else rowids))


def kinds_of(name: str) -> list[Entity]:
    return [ENTITIES[kind] for kind in MIXED.get(name, (name,))]


def _continued(file: CompanyFile, request: Request, kinds: list[Entity], iterators: Iterators) -> Answer:
    key = request.attributes.get("iteratorID", "")
    if request.attributes["iterator"] == "Stop":
        iterators.get(key, request.name)
        del iterators.known[key]
        return Answer(request.name, request.id, *OK)
    most = int(request.read.values.get("MaxReturned") or 0)
    if most < 1:
        raise missing("MaxReturned")
    return _page(file, request, kinds, iterators, key, most)


def _page(file: CompanyFile, request: Request, kinds: list[Entity], iterators: Iterators, id: str, most: int) -> Answer:
    """The next ``most`` records. Those deleted since the start are passed over."""
    iterator = iterators.get(id, request.name)
    rowids = iterator.rowids[iterator.at : iterator.at + most]
    iterator.at += len(rowids)
    answer = _answer(file, request, _fetch(file, kinds, rowids))
    answer.counts |= {"iteratorRemainingCount": str(iterator.remaining), "iteratorID": id}
    if not iterator.remaining:
        del iterators.known[id]
    return answer


def _by_names(file: CompanyFile, kinds: list[Entity], asked: Json) -> tuple[list[Row], list[str]] | None:
    """(rows, what wasn't found) for a query by id or full name; None for any other."""
    if "FullName" in asked:
        found = {}
        for path in asked["FullName"]:
            holder = file.holder(kinds[0].pool, path)
            kind = next((kind for kind in kinds if holder and kind.name == holder[0]), None)
            found[path] = file.find(kind, holder[1]) if kind and holder else None
    elif asked.keys() & {"ListID", "TxnID"}:
        ids = asked.get("ListID") or asked.get("TxnID")
        found = {own: next((row for kind in kinds if (row := file.find(kind, own))), None) for own in ids or ()}
    else:
        return None
    return [row for row in found.values() if row], [name for name, row in found.items() if row is None]


def _selected(file: CompanyFile, kinds: list[Entity], asked: Json) -> list[int]:
    if kinds[0].is_txn:
        where, table, order = filters.of_txns(file, kinds[0], asked), "txns", "day, number"
    else:
        where, table, order = filters.of_lists(file, kinds, asked), "lists", "replace(key, ':', char(1))"
    sql = f"SELECT rowid FROM {table} WHERE {where.sql} ORDER BY {order}"  # noqa: S608
    return [found[0] for found in file.db.execute(sql, where.values)]


def _fetch(file: CompanyFile, kinds: list[Entity], rowids: list[int]) -> Iterable[Row]:
    """Rows in the order of their row ids, a thousand to a statement."""
    txns = kinds[0].is_txn
    table, columns = ("txns", TXN_COLUMNS) if txns else ("lists", LIST_COLUMNS)
    make = Row.of_txn if txns else Row.of_list
    for start in range(0, len(rowids), 1000):
        part = rowids[start : start + 1000]
        marks = ", ".join("?" * len(part))
        sql = f"SELECT rowid, {columns} FROM {table} WHERE rowid IN ({marks})"  # noqa: S608
        found = {row[0]: row[1:] for row in file.db.execute(sql, part)}
        yield from (make(found[rowid]) for rowid in part if rowid in found)


def _counted(request: Request, count: int) -> Answer:
    return Answer(request.name, request.id, *(OK if count else NO_MATCH), counts={"retCount": str(count)})


def _answer(file: CompanyFile, request: Request, rows: Iterable[Row], absent: list[str] | None = None) -> Answer:
    only = request.read.values.get("IncludeRetElement")
    extra = extensions.reader(file, request.read.values.get("OwnerID"))
    records = [
        (f"{row.entity}Ret", chosen(shown(file, row, extra(extensions.target_of(row.pool, row.id))), only))
        for row in rows
    ]
    answer = Answer(request.name, request.id, *(OK if records else NO_MATCH), records=records)
    if absent:
        text = "The query request has not been fully completed. There was a required element "
        answer.code, answer.message = 500, f'{text}("{absent[0]}") that could not be found in QuickBooks.'
    if request.attributes.get("metaData") == "MetaDataAndResponseData":
        answer.counts["retCount"] = str(len(records))
    return answer


def chosen(values: Json, only: list[str] | None) -> Json:
    """The record cut down to the elements of IncludeRetElement."""
    return values if not only else {name: value for name, value in values.items() if name in only}
