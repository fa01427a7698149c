"""One API call: read from the request into a Work, and carried out on a company."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request

from simulators.online import cdc, clock, operations, query_language, selection, serving
from simulators.online.entities import entity_named
from simulators.online.entity import Entity, Json
from simulators.online.errors import Refusal
from simulators.online.journal import Origin
from simulators.online.realm import Realm
from simulators.online.rows import encode
from simulators.online.world import World

MOST_ITEMS = 30
_FROM = re.compile(r"\bfrom\s+([A-Za-z]+)", re.IGNORECASE)
NO_ENTITIES: frozenset[str] = frozenset()


class CutOff(Exception):
    """The call ran longer than Intuit lets any call run; what was done stays done."""


@dataclass(frozen=True)
class Work:
    """What a call asks for. ``kind`` is query, get, create, update, delete, batch, cdc or unknown."""

    kind: str
    entity: str = ""
    id: str = ""
    body: Any = None
    statement: str = ""
    parameters: dict[str, str] = field(default_factory=dict)
    requestid: str | None = None
    operations: frozenset[str] = NO_ENTITIES
    entities: frozenset[str] = NO_ENTITIES
    error: Refusal | None = None

    @property
    def bids(self) -> list[str]:
        return [str(item.get("bId", "")) for item in batch_items(self.body)] if self.kind == "batch" else []


def batch_items(body: Any) -> list[Json]:
    items = body.get("BatchItemRequest") if isinstance(body, dict) else None
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def read_call(request: Request, body: bytes) -> Work:
    """Never raises: what can't be read becomes a Work that is refused when performed."""
    parameters = dict(request.query_params)
    requestid = parameters.get("requestid")
    head, *rest = request.path_params["rest"].strip("/").split("/")
    name = head.lower()
    if name == "query":
        statement = parameters.get("query") or _text(body)
        return Work("query", statement=statement, entities=_queried(statement))
    if name == "cdc":
        entities = frozenset(part.strip() for part in parameters.get("entities", "").split(",") if part.strip())
        return Work("cdc", parameters=parameters, entities=entities)
    if name == "batch":
        return _batch(body, requestid)
    entity = entity_named(name)
    known = frozenset({entity.name}) if entity else NO_ENTITIES
    if request.method == "GET":
        return Work("get", entity=head, id=rest[0] if rest else "", entities=known)
    return _write(request.method, head, parameters, body, requestid, known)


def _write(
    method: str, head: str, parameters: dict[str, str], body: bytes, requestid: str | None, known: frozenset[str]
) -> Work:
    parsed, error = _parsed(body)
    kind = parameters.get("operation", "").lower()
    if method != "POST" or kind not in ("", "create", "update", "delete"):
        return Work("unknown", entity=head, error=Refusal("500", f"Operation {kind or method} is not supported."))
    if kind != "delete":
        kind = "update" if isinstance(parsed, dict) and parsed.get("Id") else "create"
    return Work(kind, head, body=parsed, requestid=requestid, operations=frozenset({kind}), entities=known, error=error)


def _batch(body: bytes, requestid: str | None) -> Work:
    parsed, error = _parsed(body)
    items = batch_items(parsed)
    kinds = frozenset(item_operation(item) for item in items)
    entities = frozenset(entity.name for item in items if (entity := item_entity(item)))
    return Work("batch", body=parsed, requestid=requestid, operations=kinds, entities=entities, error=error)


def item_operation(item: Json) -> str:
    return "query" if "Query" in item else str(item.get("operation", "")).lower()


def item_entity(item: Json) -> Entity | None:
    """The entity whose object a batch item carries."""
    return next((found for key in item if key != "Query" and (found := entity_named(key))), None)


def _text(body: bytes) -> str:
    return body.decode("utf-8", "replace")


def _queried(statement: str) -> frozenset[str]:
    match = _FROM.search(statement)
    entity = entity_named(match.group(1)) if match else None
    return frozenset({entity.name}) if entity else NO_ENTITIES


def _parsed(body: bytes) -> tuple[Any, Refusal | None]:
    try:
        return json.loads(body), None
    except UnicodeDecodeError:
        return None, Refusal("500", "Unsupported Operation : the body is not UTF-8.")
    except ValueError:
        return None, Refusal("2010", "JSON parse error: the request body can't be read.")


async def perform(world: World, realm: Realm, work: Work) -> bytes:
    """The whole answer document. Raises Refusal and CutOff."""
    if work.error:
        raise work.error
    action: dict[str, Callable[[World, Realm, Work], Awaitable[bytes]]] = {
        "query": _query,
        "get": _get,
        "cdc": _cdc,
        "batch": _run_batch,
        "delete": _single,
        "create": _single,
        "update": _single,
    }
    return await action[work.kind](world, realm, work)


def _enveloped(name: str, content: bytes) -> bytes:
    return b'{"%s":%s,"time":"%s"}' % (name.encode(), content, clock.envelope_time().encode())


async def _query(world: World, realm: Realm, work: Work) -> bytes:
    query = query_language.parse(work.statement)
    return _enveloped("QueryResponse", selection.answer(realm, query, strict=world.config.strict_filters))


async def _cdc(world: World, realm: Realm, work: Work) -> bytes:
    entities, since = work.parameters.get("entities", ""), work.parameters.get("changedSince", "")
    found = cdc.changes(realm, entities, since, time_activity=world.config.cdc_time_activity)
    return _enveloped("CDCResponse", found)


async def _get(world: World, realm: Realm, work: Work) -> bytes:
    entity = _entity(work.entity)
    if not work.id and not entity.single:
        raise Refusal("2030", element="Id")
    return _enveloped(entity.name, operations.read(realm, entity, work.id).raw)


def _entity(name: str) -> Entity:
    entity = entity_named(name)
    if entity is None:
        raise Refusal("2000", f"{name} is not a valid object name.")
    return entity


async def _single(world: World, realm: Realm, work: Work) -> bytes:
    entity = _entity(work.entity)
    rule = world.faults(realm.id).take_item(work.kind, entity.name, None)
    if rule:
        world.state.stats.faults[rule.kind] += 1
        raise rule.refusal()
    content = apply(world, realm, entity, work.kind, work.body, Origin(requestid=work.requestid))
    return _enveloped(entity.name, content)


def apply(world: World, realm: Realm, entity: Entity, operation: str, body: Any, origin: Origin) -> bytes:
    """One write, committed to memory and to the log's queue; the object as the answer shows it. Raises Refusal."""
    if operation == "delete":
        change = operations.delete(realm, entity, body, now=clock.now())
        world.commit(realm, change, origin)
        return encode({"status": "Deleted", "domain": "QBO", "Id": change.row.id})
    if operation == "create" and isinstance(body, dict) and body.get("Id") and origin.batch is not None:
        body = {key: value for key, value in body.items() if key != "Id"}
    change = operations.write(realm, entity, body, now=clock.now(), strict=world.config.strict_properties)
    world.commit(realm, change, origin)
    return change.row.raw


async def _run_batch(world: World, realm: Realm, work: Work) -> bytes:
    """One item after the other; each stands alone. Items not reached before the cut-off are never done."""
    items = batch_items(work.body)
    if not items:
        raise Refusal("2020", "Required parameter BatchItemRequest is missing in the request", "BatchItemRequest")
    if len(items) > MOST_ITEMS:
        raise Refusal("1040")
    world.state.stats.batch(len(items))
    began, answers = time.monotonic(), []
    for index, item in enumerate(items):
        await serving.pause(world.config.item_latency)
        if time.monotonic() - began > world.config.execution_limit:
            raise CutOff
        answers.append(_item_answer(world, realm, item, index, work.requestid))
        if world.config.item_latency:
            world.log.flush()
    return _enveloped("BatchItemResponse", b"[" + b",".join(answers) + b"]")


def _item_answer(world: World, realm: Realm, item: Json, index: int, requestid: str | None) -> bytes:
    bid = str(item.get("bId", ""))
    try:
        name, content = _item(world, realm, item, index, Origin(requestid=requestid, batch=bid))
    except Refusal as refusal:
        name, content = "Fault", encode(refusal.fault())
    return b'{"%s":%s,"bId":%s}' % (name.encode(), content, encode(bid))


def _item(world: World, realm: Realm, item: Json, index: int, origin: Origin) -> tuple[str, bytes]:
    if "Query" in item:
        query = query_language.parse(str(item["Query"]))
        return "QueryResponse", selection.answer(realm, query, strict=world.config.strict_filters)
    entity, operation = item_entity(item), item_operation(item)
    if entity is None:
        raise Refusal("2000")
    if operation not in ("create", "update", "delete"):
        raise Refusal("500", f"Operation {operation or '(none)'} is not supported.")
    rule = world.faults(realm.id).take_item(operation, entity.name, index)
    if rule:
        world.state.stats.faults[rule.kind] += 1
        raise rule.refusal()
    body = next(value for key, value in item.items() if key != "Query" and entity_named(key) is entity)
    if operation == "update" and (not isinstance(body, dict) or not body.get("Id")) and not entity.single:
        raise Refusal("2020", "Required parameter Id is missing in the request", "Id")
    return entity.name, apply(world, realm, entity, operation, body, origin)
