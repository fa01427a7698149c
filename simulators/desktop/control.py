"""``/_sim``: what tests and the demo turn, count and read. No sign-in: it listens on this machine only."""

from __future__ import annotations

from functools import partial

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from simulators.desktop import access, by_hand, clock, company_queries, fill, seed
from simulators.desktop.conditions import ANSWERS, BadCondition
from simulators.desktop.entities import Entity, entity_named
from simulators.desktop.machine import Office, Stats
from simulators.desktop.rows import encode
from simulators.desktop.statuses import Refusal
from simulators.desktop.wire import machine
from simulators.shared.controlling import Answers, Wrong, route, sent, told

REFUSALS: Answers = {
    BadCondition: told,
    Refusal: lambda refusal: JSONResponse({"error": refusal.message, "code": refusal.code}, 400),
}
_route = partial(route, REFUSALS)


def _office(request: Request) -> Office:
    office = machine(request).offices.get(request.path_params["file"])
    if office is None:
        raise Wrong("There is no such company file.", 404)
    return office


def _entity(request: Request) -> Entity:
    entity = entity_named(request.path_params["entity"])
    if entity is None:
        raise Wrong("There is no such entity.", 404)
    return entity


def _described(office: Office) -> dict[str, str]:
    return {"file": office.file.id, "name": office.file.name, "path": str(office.file.path)}


async def reset(request: Request) -> Response:
    """Throw every company file and the journal away and begin with a named set."""
    name = (await sent(request)).get("seed", "demo")
    if name not in seed.NAMES:
        raise Wrong(f"seed must be one of {', '.join(seed.NAMES)}.")
    machine(request).clear()
    seed.build(machine(request), name, clock.now())
    return JSONResponse({"seed": name, "files": list(machine(request).offices)})


async def files(request: Request) -> Response:
    """GET lists; POST ``{"name"}`` makes one more, with accounts and services but nobody in it."""
    if request.method == "POST":
        body = await sent(request)
        name = str(body.get("name") or "New company")
        office = seed.blank(machine(request), name, clock.now())
        return JSONResponse(_described(office))
    return JSONResponse({"files": [_described(office) for office in machine(request).offices.values()]})


async def conditions(request: Request) -> Response:
    office = _office(request)
    if request.method == "PUT":
        office.conditions.update(await sent(request))
    return JSONResponse(office.conditions.as_json())


async def faults(request: Request) -> Response:
    """GET lists, PUT replaces all (``{"faults": [...]}``), POST adds one, DELETE takes all away."""
    rules = _office(request).faults
    if request.method == "PUT":
        body = await sent(request)
        rules.replace(body.get("faults", []) if isinstance(body, dict) else body)
    elif request.method == "POST":
        rules.add(await sent(request))
    elif request.method == "DELETE":
        rules.replace([])
    return JSONResponse({"faults": [rule.as_json() for rule in rules.rules]})


async def grants(request: Request) -> Response:
    """Access rights and open dialogs. PUT ``{"app", "access"}`` sets one (``""`` removes), POST answers a dialog."""
    gate = _office(request).gate
    if request.method != "GET":
        body = await sent(request)
        app, word = str(body.get("app") or ""), str(body.get("access") or body.get("answer") or "")
        if request.method == "PUT" and not word:
            gate.remove(app)
        elif word not in (*ANSWERS, access.REFUSED):
            raise Wrong(f"The answer must be one of {', '.join(ANSWERS)}.")
        elif request.method == "PUT":
            gate.set_access(app, word)
        elif not gate.answer(app or next(iter(gate.dialogs), ""), word):
            raise Wrong("No such dialog is open.", 409)
    names = ("app", "access", "user", "at")
    listed = [dict(zip(names, row, strict=True)) for row in gate.grants()]
    return JSONResponse({"grants": listed, "dialogs": list(gate.dialogs)})


async def fill_up(request: Request) -> Response:
    office, body = _office(request), await sent(request)
    try:
        counts = {name: int(body.get(name) or 0) for name in ("customers", "jobs", "time_entries")}
    except (TypeError, ValueError):
        raise Wrong("Counts are whole numbers.") from None
    if any(count < 0 for count in counts.values()):
        raise Wrong("Counts can't be negative.")
    totals = fill.fill(office.file, at=clock.now(), **counts)
    machine(request).note(office, "fill", counts, "control")
    return JSONResponse(totals)


async def copies(request: Request) -> Response:
    """POST ``…/backup`` and ``…/restore`` ``{"name"}``: a copy of the company file, and going back to it."""
    office, name = _office(request), str((await sent(request)).get("name") or "backup")
    if not name.replace("-", "").replace("_", "").isalnum():
        raise Wrong("The name of a copy has letters, digits, - and _.")
    copy = machine(request).data / f"{office.file.id}.{name}.qbb"
    if request.url.path.endswith("/backup"):
        office.file.backup(copy)
        machine(request).note(office, "backup", {"name": name}, "control")
    elif copy.exists():
        request.app.state.processor.end_sessions(office.file.id)
        office.file.restore(copy)
        machine(request).note(office, "restore", {"name": name}, "control")
    else:
        raise Wrong("There is no such copy.", 404)
    return JSONResponse({"name": name})


async def close(request: Request) -> Response:
    """QuickBooks is closed and started again: every session in the file ends."""
    request.app.state.processor.end_sessions(_office(request).file.id)
    return JSONResponse({})


async def journal(request: Request) -> Response:
    """Entries after ``after``, oldest first, at most ``limit`` of them; filters: file, entity, op."""
    wanted = request.query_params
    entries = machine(request).journal(
        file=wanted.get("file", ""),
        entity=wanted.get("entity", ""),
        op=wanted.get("op", ""),
        after=int(wanted.get("after") or 0),
        limit=int(wanted.get("limit") or -1),
    )
    body = encode({"entries": entries, "last": machine(request).last_seq()})
    return Response(body, media_type="application/json")


async def stats(request: Request) -> Response:
    if request.method == "POST":
        machine(request).stats = Stats()
    return JSONResponse(machine(request).stats.as_json())


async def dump(request: Request) -> Response:
    """Every record of an entity, inactive ones too, as qbXML shows them."""
    items = by_hand.dump(_office(request).file, _entity(request))
    return Response(encode({"items": items, "count": len(items)}), media_type="application/json")


async def counts(request: Request) -> Response:
    return JSONResponse(company_queries.counts(_office(request).file))


async def objects(request: Request) -> Response:
    """Write or (``?operation=delete``) delete as the bookkeeper does, past edit sequence and closing date."""
    office, entity, body = _office(request), _entity(request), await sent(request)
    removing = request.query_params.get("operation") == "delete"
    act = by_hand.remove if removing else by_hand.save
    values = act(machine(request), office, entity, body, via="control")
    return Response(encode(values), media_type="application/json")


async def settings(request: Request) -> Response:
    """``{"company": {...}, "preferences": {...}}``; PUT merges what is given, section by section."""
    file = _office(request).file
    if request.method == "PUT":
        by_hand.change_settings(file, await sent(request))
    return JSONResponse({"company": file.fact("company", {}), "preferences": file.preferences()})


ROUTES = [
    _route("reset", reset, "POST"),
    _route("files", files, "GET", "POST"),
    _route("journal", journal, "GET"),
    _route("stats", stats, "GET"),
    _route("stats/reset", stats, "POST"),
    _route("{file}/conditions", conditions, "GET", "PUT"),
    _route("{file}/faults", faults, "GET", "PUT", "POST", "DELETE"),
    _route("{file}/access", grants, "GET", "PUT", "POST"),
    _route("{file}/fill", fill_up, "POST"),
    _route("{file}/backup", copies, "POST"),
    _route("{file}/restore", copies, "POST"),
    _route("{file}/close", close, "POST"),
    _route("{file}/counts", counts, "GET"),
    _route("{file}/settings", settings, "GET", "PUT"),
    _route("{file}/dump/{entity}", dump, "GET"),
    _route("{file}/objects/{entity}", objects, "POST"),
]
