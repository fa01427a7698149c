"""Is what was posted still in the company file, and the same? Asked along with the lists of every sync.

One answer tells what was deleted, and the versions of what was saved since; only what has another version than ours is
then asked for whole. QuickBooks forgets deletions after about ninety days, and a restored company file never knew of
them: then everything posted lately is asked for by its id.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from integrations import registry
from integrations.models import Connection, SyncRun, Watermark
from integrations.sync import presence
from integrations.sync.books import Found
from integrations.sync.mapper import Entity

from . import books, cursors, qbxml, statuses
from .dialect import wall_clock
from .models import Looked
from .qbxml import Request, Response
from .visit import Ask, Outcome, Visit

log = logging.getLogger(__name__)
KIND = "holdings"
VERSIONS, NEWEST, DELETED = "versions", "newest", "deleted_txns"
# A version takes some 170 bytes, a whole record some 900.
VERSIONS_A_PAGE, RECORDS_A_PAGE = 10_000, 500
VERSION = ["TxnID", "TimeModified", "EditSequence"]
Parts = list[dict[str, Any]]


def begin(visit: Visit, run: SyncRun) -> Parts:
    """What to ask along with the lists of a run; what has to be asked for by its id is put in line for afterwards."""
    visit.state["holdings"], visit.state["run"] = {}, run.pk
    parts: Parts = []
    for entity in _outgoing(visit.connection):
        newest = presence.newest(visit.connection, entity.key)
        asked_from = cursors.since(_mark(visit.connection, entity.key)) if newest else ""
        if asked_from:
            # What was missing with much else is looked for by its id until it is there or somebody has decided.
            unsure = presence.unsure(visit.connection).filter(entity=entity.key)
            _line(visit, entity.key).delete()
            _line_up(visit, entity.key, unsure.values_list("remote_id", flat=True))
            parts.append({"entity": entity.key, "from": asked_from, "newest": newest})
        elif newest:
            _everything(visit, entity.key, cursors.begun(""))
            _end(visit, entity.key)
    return parts


def requests(visit: Visit, parts: Parts) -> list[Request]:
    if not parts:
        return []
    kinds = [_name(visit, part["entity"]) for part in parts]
    deleted = {
        "TxnDelType": kinds,
        "DeletedDateRangeFilter": {"FromDeletedDate": min(part["from"] for part in parts)},
    }
    asked = [Request("TxnDeletedQuery", f"{visit.number}.{DELETED}", deleted)]
    for kind, part in zip(kinds, parts, strict=True):
        one = {"TxnID": part["newest"], "IncludeRetElement": "TxnID"}
        asked.append(Request(f"{kind}Query", f"{visit.number}.{NEWEST}.{part['entity']}", one))
        asked.append(_versions(visit, part["entity"], part["from"], ""))
    return asked


def _versions(visit: Visit, entity: str, asked_from: str, iterator: str) -> Request:
    content: dict[str, Any] = {"MaxReturned": VERSIONS_A_PAGE}
    if not iterator:
        content["ModifiedDateRangeFilter"] = {"FromModifiedDate": asked_from}
    content["IncludeRetElement"] = VERSION
    going_on = {"iterator": "Continue", "iteratorID": iterator}
    attributes = going_on if iterator else {"iterator": "Start"}
    return Request(f"{_name(visit, entity)}Query", f"{visit.number}.{VERSIONS}.{entity}", content, attributes)


def take(visit: Visit, parts: Parts, answered: Mapping[str, Response]) -> None:
    """What was asked along. What QuickBooks doesn't answer is asked again with the next sync."""
    told = answered.get(DELETED)
    for part in parts:
        entity = part["entity"]
        versions, newest = (answered.get(f"{name}.{entity}") for name in (VERSIONS, NEWEST))
        if told is None or versions is None or newest is None or not all(map(_is_told, (told, versions, newest))):
            log.info("QuickBooks didn't say what became of what was posted", extra={"entity": entity})
            continue
        gone = {str(row["TxnID"]) for row in told.rows if row.get("TxnDelType") == _name(visit, entity)}
        _count(visit, presence.deleted(visit.connection, entity, gone))
        going = cursors.begun(part["from"])
        visit.state["holdings"][entity] = going
        if not newest.rows and part["newest"] not in gone:
            _everything(visit, entity, going)
        else:
            _compare_versions(visit, entity, going, versions)
        _end(visit, entity)


def _is_told(response: Response) -> bool:
    return response.status < statuses.FIRST_ERROR


def _compare_versions(visit: Visit, entity: str, going: dict[str, Any], response: Response) -> None:
    """Puts in line what was saved since with another version than ours."""
    _note_time(going, response)
    going["iterator"] = response.iterator if response.remaining else ""
    there = {str(row["TxnID"]): str(row.get("EditSequence") or "") for row in response.rows if row.get("TxnID")}
    _line_up(visit, entity, presence.outdated(visit.connection, entity, there))


def _note_time(going: dict[str, Any], response: Response) -> None:
    times = [wall_clock(str(row.get("TimeModified") or "")) for row in response.rows]
    going["newest"] = max([going["newest"], *times])


def _everything(visit: Visit, entity: str, going: dict[str, Any]) -> None:
    visit.state["holdings"][entity] = going
    _line(visit, entity).delete()
    mark = _mark(visit.connection, entity)
    _line_up(visit, entity, presence.lately(visit.connection, entity, before=mark.high))


def looked(visit: Visit, entity: str, since: datetime) -> None:
    """The poster has looked at everything since then: before it adds to it, a restored company file shows here."""
    newest = presence.newest(visit.connection, entity, since=since)
    if newest and newest not in books.ids(visit.session):
        begun = cursors.begun(cursors.since(_mark(visit.connection, entity)))
        visit.state.setdefault("holdings", {})
        _everything(visit, entity, begun)


def needed(visit: Visit) -> bool:
    return bool(visit.state.get("holdings"))


def ask(visit: Visit) -> Ask | None:
    """The page that follows, or the next ids in line. None when nothing is left."""
    for entity, going in visit.state.get("holdings", {}).items():
        if going["iterator"]:
            request = _versions(visit, entity, "", going["iterator"])
        else:
            ids = list(_line(visit, entity).filter(data={}).order_by("pk").values_list("remote_id", flat=True))
            some = {"TxnID": ids[:RECORDS_A_PAGE]}
            request = Request(f"{_name(visit, entity)}Query", f"{visit.number}.records.{entity}", some)
        return Ask(KIND, qbxml.build([request]), {"entity": entity, "ids": not going["iterator"]})
    return None


def answered(visit: Visit, asked: dict[str, Any], outcome: Outcome) -> None:
    """Takes the answer to `ask`. Without one, the next sync begins this anew."""
    entity = asked["entity"]
    going = visit.state["holdings"].get(entity)
    response = outcome.answer.of(f"{_name(visit, entity)}Query") if outcome.answer else None
    if going is None or response is None or not _is_told(response):
        log.info("QuickBooks didn't say what became of what was posted", extra={"entity": entity})
        visit.state["holdings"].pop(entity, None)
        return
    if asked["ids"]:
        _note_time(going, response)
        _keep(visit, entity, response)
    else:
        _compare_versions(visit, entity, going, response)
    _end(visit, entity)


def _keep(visit: Visit, entity: str, response: Response) -> None:
    """Of the ids that were next in line; one without a record is gone."""
    rows = {str(row["TxnID"]): row for row in response.rows if row.get("TxnID")}
    some = list(_line(visit, entity).filter(data={}).order_by("pk")[:RECORDS_A_PAGE])
    for each in some:
        each.data = rows.get(each.remote_id) or {"gone": True}
    Looked.objects.bulk_update(some, ["data"])


def _end(visit: Visit, entity: str) -> None:
    """When nothing is left to ask: the engine compares, and the next sync asks from here on."""
    going, line = visit.state["holdings"][entity], _line(visit, entity)
    if going["iterator"] or line.filter(data={}).exists():
        return
    looked = dict(line.values_list("remote_id", "data"))
    if looked:
        found = [Found(books.done(row), row) for row in looked.values() if row.get("TxnID")]
        _count(visit, presence.judge(visit.connection, entity, looked, found))
        line.delete()
    mark = _mark(visit.connection, entity)
    going["newest"] = going["newest"] or _newest_of_lists(visit.connection)
    cursors.advance(mark, going)
    mark.save(update_fields=["high", "position", "updated_at"])
    del visit.state["holdings"][entity]


def start(visit: Visit) -> None:
    """After the lists were read: where nothing is posted yet, what will be is compared from this time on."""
    for entity in _outgoing(visit.connection):
        mark = _mark(visit.connection, entity.key)
        newest = _newest_of_lists(visit.connection)
        if mark.high is None and newest and not presence.newest(visit.connection, entity.key):
            cursors.advance(mark, {**cursors.begun(""), "newest": newest})
            mark.save(update_fields=["high", "position", "updated_at"])


def _newest_of_lists(connection: Connection) -> str:
    """The newest local time that the company file is known to have shown; "" where none is."""
    positions = Watermark.objects.filter(connection=connection).values_list("position__from", flat=True)
    return max((str(each) for each in positions if each), default="")


def _count(visit: Visit, seen: presence.Seen) -> None:
    visit.state["changed"] = visit.state.get("changed", 0) + seen.news
    if visit.state.get("run"):
        presence.tell(visit.state["run"], seen)


def _outgoing(connection: Connection) -> list[Entity]:
    entities = registry.get(connection.system).entities.values()
    return [entity for entity in entities if getattr(entity, "local_model", "") and entity.desktop]


def _name(visit: Visit, entity: str) -> str:
    name: str = registry.get(visit.connection.system).entities[entity].desktop
    return name


def _mark(connection: Connection, entity: str) -> Watermark:
    return Watermark.objects.get_or_create(connection=connection, entity=entity)[0]


def _line(visit: Visit, entity: str) -> QuerySet[Looked]:
    """What waits to be asked for, and what was found of it."""
    return Looked.objects.filter(session=visit.session, why=f"posted {entity}")


def _line_up(visit: Visit, entity: str, ids: Iterable[str]) -> None:
    why = f"posted {entity}"
    rows = (Looked(session=visit.session, why=why, remote_id=each, data={}) for each in ids)
    Looked.objects.bulk_create(rows, batch_size=1000)
