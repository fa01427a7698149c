"""``/_sim``: what tests and the demo turn, count and read. No sign-in: it listens on this machine only."""

from __future__ import annotations

from functools import partial

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from simulators.online import clock, operations, seed, serving
from simulators.online.config import BadConfig
from simulators.online.entities import entity_named
from simulators.online.entity import Entity
from simulators.online.errors import Refusal
from simulators.online.faults import BadRule
from simulators.online.grants import ACCOUNTING
from simulators.online.journal import Origin
from simulators.online.realm import Realm
from simulators.online.rows import encode
from simulators.online.stats import Stats
from simulators.shared.controlling import Answers, Wrong, route, sent, told

REFUSALS: Answers = {
    BadConfig: told,
    BadRule: told,
    Refusal: lambda refusal: Response(refusal.body(), refusal.status, media_type="application/json"),
}
_route = partial(route, REFUSALS)


def _realm(request: Request) -> Realm:
    realm = serving.world(request).state.realms.get(request.path_params["realm"])
    if realm is None:
        raise Wrong("There is no such company.", 404)
    return realm


def _entity(request: Request) -> Entity:
    entity = entity_named(request.path_params["entity"])
    if entity is None:
        raise Wrong("There is no such entity.", 404)
    return entity


async def reset(request: Request) -> Response:
    name = (await sent(request)).get("seed", "demo")
    if name not in seed.NAMES:
        raise Wrong(f"seed must be one of {', '.join(seed.NAMES)}.")
    world = serving.world(request)
    world.reset(name)
    return JSONResponse({"seed": name, "realms": list(world.state.realms)})


async def config(request: Request) -> Response:
    world = serving.world(request)
    if request.method == "PUT":
        world.configure(await sent(request))
    return JSONResponse({**world.config.as_json(), "execution_limit": world.config.execution_limit})


async def realms(request: Request) -> Response:
    world = serving.world(request)
    if request.method == "POST":
        body = await sent(request)
        realm = world.add_realm(str(body.get("name") or "New company"), str(body.get("currency") or "USD"))
        return JSONResponse({"realm": realm.id})
    found = [
        {"realm": realm.id, "name": realm.name, "currency": realm.currency} for realm in world.state.realms.values()
    ]
    return JSONResponse({"realms": found})


async def faults(request: Request) -> Response:
    """GET lists, PUT replaces all (``{"faults": [...]}``), POST adds one, DELETE takes all away."""
    rules = serving.world(request).faults(_realm(request).id)
    if request.method == "PUT":
        body = await sent(request)
        rules.replace(body.get("faults", []) if isinstance(body, dict) else body)
    elif request.method == "POST":
        rules.add(await sent(request))
    elif request.method == "DELETE":
        rules.replace([])
    return JSONResponse({"faults": [rule.as_json() for rule in rules.rules]})


async def fill(request: Request) -> Response:
    realm, body = _realm(request), await sent(request)
    counts = {name: int(body.get(name) or 0) for name in ("customers", "jobs", "time_activities")}
    if any(count < 0 for count in counts.values()):
        raise Wrong("Counts can't be negative.")
    return JSONResponse(serving.world(request).fill(realm, **counts))


async def journal(request: Request) -> Response:
    """Entries after ``after``, oldest first, at most ``limit`` of them; filters: realm, entity, op."""
    wanted, found = request.query_params, []
    after, most = int(wanted.get("after") or 0), int(wanted.get("limit") or 10**9)
    for entry in serving.world(request).state.entries[after:]:
        facts = {"realm": entry.realm, "entity": entry.entity, "op": entry.op}
        if all(not wanted.get(name) or wanted[name] == value for name, value in facts.items()):
            found.append(entry.as_bytes())
        if len(found) >= most:
            break
    last = serving.world(request).state.seq
    body = b'{"entries":[%s],"last":%d}' % (b",".join(found), last)
    return Response(body, media_type="application/json")


async def stats(request: Request) -> Response:
    world = serving.world(request)
    if request.method == "POST":
        world.state.stats = Stats()
    return JSONResponse(world.state.stats.as_json())


async def dump(request: Request) -> Response:
    """Every object of an entity, inactive ones too."""
    rows = _realm(request).tables[_entity(request).name].in_order()
    texts = b",".join(row.raw for row in rows)
    return Response(b'{"items":[%s],"count":%d}' % (texts, len(rows)), media_type="application/json")


async def grant(request: Request) -> Response:
    """Tokens without the pages: the same answer as the token endpoint's, with the realm."""
    world, realm, body = serving.world(request), _realm(request), await sent(request)
    grants = world.state.grants
    new = grants.consent(
        realm=realm.id,
        client_id=str(body.get("client_id") or world.app.client_id),
        user=str(body.get("user") or "bookkeeper@example.com"),
        scopes=list(body.get("scopes") or [ACCOUNTING]),
        redirect_uri="",
    )
    new.code_used = True
    answer = grants.issue(world.config, new)
    world.remember_grants()
    return JSONResponse({**answer, "realm": realm.id, "grant": new.id})


async def revoke(request: Request) -> Response:
    """End every grant of a company, as its user can inside QuickBooks."""
    world, realm = serving.world(request), _realm(request)
    live = world.state.grants.live(realm.id)
    for item in live:
        world.state.grants.revoke(item)
    world.remember_grants()
    return JSONResponse({"revoked": len(live)})


async def expire(request: Request) -> Response:
    """End every access token of a company now; refresh tokens stay good."""
    world = serving.world(request)
    count = world.state.grants.expire_access(_realm(request).id)
    world.remember_grants()
    return JSONResponse({"expired": count})


async def objects(request: Request) -> Response:
    """Write or (``?operation=delete``) delete past limits, tokens and closing date; answers the object."""
    world, realm, entity, body = serving.world(request), _realm(request), _entity(request), await sent(request)
    if request.query_params.get("operation") == "delete":
        change = operations.delete(realm, entity, body, now=clock.now(), privileged=True)
    else:
        change = operations.write(realm, entity, body, now=clock.now(), privileged=True)
    world.commit(realm, change, Origin(via="control"))
    world.log.flush()
    return Response(change.row.raw, media_type="application/json")


async def closing(request: Request) -> Response:
    """``{"date": "YYYY-MM-DD" or null, "password": bool}``."""
    world, realm, body = serving.world(request), _realm(request), await sent(request)
    if request.method == "PUT":
        world.close_books(realm, str(body.get("date") or ""), password=bool(body.get("password")))
    return Response(
        encode({"date": realm.book_close_date() or None, "password": realm.closing_password}),
        media_type="application/json",
    )


ROUTES = [
    _route("reset", reset, "POST"),
    _route("config", config, "GET", "PUT"),
    _route("realms", realms, "GET", "POST"),
    _route("journal", journal, "GET"),
    _route("stats", stats, "GET"),
    _route("stats/reset", stats, "POST"),
    _route("{realm}/faults", faults, "GET", "PUT", "POST", "DELETE"),
    _route("{realm}/fill", fill, "POST"),
    _route("{realm}/dump/{entity}", dump, "GET"),
    _route("{realm}/grant", grant, "POST"),
    _route("{realm}/revoke", revoke, "POST"),
    _route("{realm}/expire", expire, "POST"),
    _route("{realm}/objects/{entity}", objects, "POST"),
    _route("{realm}/closing", closing, "GET", "PUT"),
]
