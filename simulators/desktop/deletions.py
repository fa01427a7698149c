"""Deleting by request, and what QuickBooks remembers of it."""

from __future__ import annotations

from simulators.desktop import clock, filters, operations
from simulators.desktop.company_file import CompanyFile
from simulators.desktop.entities import ENTITIES
from simulators.desktop.operations import Author, Change
from simulators.desktop.qbxml import Answer, Request
from simulators.desktop.queries import chosen
from simulators.desktop.rows import Json
from simulators.desktop.statuses import NO_MATCH, OK, not_found


def delete(file: CompanyFile, request: Request, *, author: Author) -> tuple[Change, Json]:
    """ListDel or TxnDel: (what was done, the elements of its answer). Raises Refusal."""
    kind = request.name.removesuffix("Del")
    type_name, id_name = f"{kind}DelType", f"{kind}ID"
    values, now = request.read.values, clock.now()
    entity = ENTITIES.get(values[type_name])
    if entity is None:
        raise not_found(values[id_name])
    change = operations.delete(file, entity, values[id_name], now=now, author=author)
    plain: Json = {type_name: entity.name, id_name: change.row.id, "TimeDeleted": clock.stamp(clock.wall(now))}
    return change, plain | ({} if entity.is_txn else {"FullName": change.row.path})


def listed(file: CompanyFile, request: Request) -> Answer:
    """ListDeletedQuery or TxnDeletedQuery, oldest first."""
    kind = request.name.removesuffix("DeletedQuery")
    asked, where = request.read.values, filters.Where()
    where.add("kind = ?", kind.lower())
    where.one_of("entity", asked[f"{kind}DelType"])
    dates = asked.get("DeletedDateRangeFilter", {})
    filters.moments(where, "deleted", dates.get("FromDeletedDate", ""), dates.get("ToDeletedDate", ""))
    sql = f"SELECT entity, id, created, deleted, name FROM deleted WHERE {where.sql} ORDER BY deleted, rowid"  # noqa: S608
    records = []
    for entity, own, created, deleted, name in file.db.execute(sql, where.values):
        times = {"TimeCreated": clock.stamp(created), "TimeDeleted": clock.stamp(deleted)}
        values = {f"{kind}DelType": entity, f"{kind}ID": own, **times, **({"FullName": name} if name else {})}
        records.append((f"{kind}DeletedRet", chosen(values, asked.get("IncludeRetElement"))))
    answer = Answer(request.name, request.id, *(OK if records else NO_MATCH), records=records)
    if request.attributes.get("metaData", "NoMetaData") != "NoMetaData":
        answer.counts["retCount"] = str(len(records))
    if request.attributes.get("metaData") == "MetaDataOnly":
        answer.records = []
    return answer
