"""The v3 Accounting API over HTTP: who calls, may they, what befalls them, and the answer."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulators.online import calls, request_ids, serving, wire
from simulators.online.calls import Work
from simulators.online.errors import Refusal, gateway_body
from simulators.online.faults import Call, Rule
from simulators.online.grants import ACCOUNTING, Grant
from simulators.online.realm import Realm
from simulators.online.serving import broken, json_answer
from simulators.online.world import World

METERED = frozenset({"query", "get", "cdc"})


@dataclass(frozen=True)
class Incoming:
    """One authenticated call to one company."""

    request: Request
    world: World
    realm: Realm
    grant: Grant
    work: Work


async def endpoint(request: Request) -> Response:
    """Everything under ``/v3/company/{realm}/``."""
    world = serving.world(request)
    response = await _answer(request, world)
    world.state.stats.answered(response.status_code)
    return response


async def _answer(request: Request, world: World) -> Response:
    realm_id = request.path_params["realm"]
    grant = _authenticated(request, world, realm_id)
    if isinstance(grant, Response):
        return grant
    realm = world.state.realms[realm_id]
    work = calls.read_call(request, await request.body())
    world.state.stats.called(work.kind, metered=work.kind in METERED)
    incoming = Incoming(request, world, realm, grant, work)
    if not world.state.limiter.allow(world.config, realm_id, grant.client_id, batch=work.kind == "batch"):
        return broken("throttled", retry_after=int(world.config.minute) if world.config.retry_after else None)
    rule = world.faults(realm_id).take_call(Call(work.kind, work.operations, work.entities))
    if rule:
        world.state.stats.faults[rule.kind] += 1
        return await _faulty(incoming, rule)
    return await _run(incoming)


def _authenticated(request: Request, world: World, realm_id: str) -> Grant | Response:
    """The grant of the bearer, or the gateway's refusal."""
    kind, _, given = request.headers.get("authorization", "").partition(" ")
    found = world.state.grants.access(given) if kind == "Bearer" else None
    if found is None:
        words = "Malformed bearer token: token is not valid" if given else "Token missing: no bearer token was sent"
        return json_answer(gateway_body(401, words), 401)
    grant, access = found
    if grant.revoked:
        return json_answer(gateway_body(401, "Token revoked: the user has disconnected the app"), 401)
    if access.expires < time.time():
        return json_answer(gateway_body(401, f"Token expired: {given[:24]}"), 401)
    if grant.realm != realm_id or realm_id not in world.state.realms or ACCOUNTING not in grant.scopes:
        return broken("forbidden")
    return grant


async def _faulty(incoming: Incoming, rule: Rule) -> Response:
    """The call with a fault from the panel; each kind does its work, or not, before it fails."""
    action: dict[str, Callable[[Incoming, Rule], Awaitable[Response]]] = {
        "slow": _slow,
        "truncated": _truncated,
        "reset_before": _reset_before,
        "reset_after": _reset_after,
        "late_commit": _late,
    }
    if rule.kind in action:
        return await action[rule.kind](incoming, rule)
    if rule.commit and rule.kind not in ("unauthorized", "forbidden", "throttled"):
        await _run(incoming)
    await serving.pause(rule.seconds)
    return broken(rule.kind)


async def _slow(incoming: Incoming, rule: Rule) -> Response:
    """Nothing outlasts Intuit's cut-off: beyond it the call dies without having done anything."""
    limit = incoming.world.config.execution_limit
    await serving.pause(min(rule.seconds, limit))
    return broken("error_504") if rule.seconds > limit else await _run(incoming)


async def _truncated(incoming: Incoming, rule: Rule) -> Response:
    whole = await _run(incoming)
    body = bytes(whole.body)
    return json_answer(body[: max(1, len(body) // 2)], whole.status_code)


async def _reset_before(incoming: Incoming, rule: Rule) -> Response:
    await serving.pause(rule.seconds)
    wire.reset(incoming.request)
    return Response(status_code=499)


async def _reset_after(incoming: Incoming, rule: Rule) -> Response:
    await _run(incoming)
    await serving.pause(rule.seconds)
    wire.reset(incoming.request)
    return Response(status_code=499)


async def _late(incoming: Incoming, rule: Rule) -> Response:
    """The client is gone at once; the work is done later, but never later than the cut-off allows."""
    wire.reset(incoming.request)
    await serving.pause(min(rule.seconds, incoming.world.config.execution_limit))
    await _run(incoming)
    return Response(status_code=499)


async def _run(incoming: Incoming) -> Response:
    """Do the work once per requestid, answer it, and write the log before a byte leaves."""
    world, work, realm = incoming.world, incoming.work, incoming.realm
    if world.state.realms.get(realm.id) is not realm:
        return Response(status_code=499)  # a late write whose company a reset has taken away meanwhile
    batch = work.kind == "batch"
    try:
        if work.requestid is None:
            return json_answer(await _execute(incoming))
        request_ids.check(work.requestid, batch=batch, bids=work.bids)
        async with world.state.requests.turn(realm.id, work.requestid):
            stored = world.state.requests.replay(world.config, realm.id, work.requestid, batch=batch)
            if stored is not None:
                world.state.stats.replayed += 1
                return json_answer(stored)
            return json_answer(await _execute(incoming))
    except Refusal as refusal:
        return json_answer(refusal.body(), refusal.status)
    except calls.CutOff:
        return broken("error_504")
    finally:
        world.log.flush()


async def _execute(incoming: Incoming) -> bytes:
    """The work itself. Writes and the kept answer go into the log together."""
    world, work = incoming.world, incoming.work
    await serving.pause(world.config.call_latency)
    body = await calls.perform(world, incoming.realm, work)
    if work.requestid is not None and work.operations & {"create", "update", "delete"}:
        world.log.add("reply", world.state.requests.keep(incoming.realm.id, work.requestid, body))
    return body


async def not_here(request: Request) -> Response:
    """Other addresses of the API that this simulator doesn't offer."""
    return json_answer(Refusal("500", f"{request.url.path} is not offered.").body(), 400)


ROUTES: list[Any] = [
    Route("/v3/company/{realm}/{rest:path}", endpoint, methods=["GET", "POST", "PUT", "DELETE", "PATCH"]),
    Route("/v3/{rest:path}", not_here, methods=["GET", "POST"]),
]
