"""Discovery, token, revoke, userinfo and keys."""

from __future__ import annotations

import base64
import binascii
import secrets
import time
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulators.online import serving, wire
from simulators.online.faults import Call
from simulators.online.grants import Grant, GrantError
from simulators.online.oauth import keys
from simulators.online.oauth.people import PEOPLE
from simulators.online.world import World

TOKENS = "/oauth2/v1/tokens/bearer"
REVOKE = "/v2/oauth2/tokens/revoke"
USERINFO = "/v1/openid_connect/userinfo"
JWKS = "/op/v1/jwks"
AUTHORIZE = "/connect/oauth2"
HARD_EXPIRY_HEADER = "x-include-refresh-token-hard-expires-in"


def issuer(request: Request) -> str:
    return f"{_base(request)}/op/v1"


def _base(request: Request) -> str:
    return str(request.base_url).rstrip("/")


async def discovery(request: Request) -> Response:
    base = _base(request)
    document = {
        "issuer": issuer(request),
        "authorization_endpoint": base + AUTHORIZE,
        "token_endpoint": base + TOKENS,
        "userinfo_endpoint": base + USERINFO,
        "revocation_endpoint": base + REVOKE,
        "jwks_uri": base + JWKS,
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "email", "profile", "address", "phone"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "claims_supported": ["aud", "exp", "iat", "iss", "realmid", "sub"],
    }
    return _json(document)


async def token(request: Request) -> Response:
    """Both grants. Faults whose operation is ``token`` befall refreshes."""
    world = serving.world(request)
    form = {key: str(value) for key, value in (await request.form()).items()}
    try:
        client_id = _client(request, world, form)
        if form.get("grant_type") == "authorization_code":
            return await _redeem(request, world, client_id, form)
        if form.get("grant_type") == "refresh_token":
            return await _refresh(request, world, client_id, form)
        raise GrantError("unsupported_grant_type", "The grant type is not supported.")
    except GrantError as error:
        return _refused(error)
    finally:
        world.remember_grants()


async def _redeem(request: Request, world: World, client_id: str, form: dict[str, str]) -> Response:
    grants, code = world.state.grants, form.get("code", "")
    body = grants.redeem(world.config, code=code, client_id=client_id, redirect_uri=form.get("redirect_uri", ""))
    grant = grants.find(body["access_token"])
    if grant and "openid" in grant.scopes:
        user = PEOPLE[grant.user].subject if grant.user in PEOPLE else grant.user
        body["id_token"] = keys.id_token(issuer=issuer(request), client_id=client_id, subject=user, realm=grant.realm)
    return _json(_with_hard_end(request, world, grant, body))


async def _refresh(request: Request, world: World, client_id: str, form: dict[str, str]) -> Response:
    """A cut ``after`` leaves the tokens rotated and the client without them."""
    grants, given = world.state.grants, form.get("refresh_token", "")
    grant = grants.find(given)
    rule = world.faults(grant.realm).take_call(Call("token")) if grant else None
    if rule and rule.kind in ("reset_before", "late_commit"):
        wire.reset(request)
        return Response()
    if rule and rule.kind in ("error_500", "error_503", "throttled", "html"):
        return serving.broken(rule.kind)
    body = grants.refresh(world.config, token=given, client_id=client_id)
    world.state.stats.token_refreshes += 1
    if rule:
        world.remember_grants()
        await serving.pause(rule.seconds)
    if rule and rule.kind == "reset_after":
        wire.reset(request)
    return _json(_with_hard_end(request, world, grant, body))


def _with_hard_end(request: Request, world: World, grant: Grant | None, body: dict[str, Any]) -> dict[str, Any]:
    if grant and request.headers.get(HARD_EXPIRY_HEADER, "").lower() == "true":
        left = grant.granted_at + world.config.refresh_hard_seconds - time.time()
        body["x_refresh_token_hard_expires_in"] = int(left)
    return body


async def revoke(request: Request) -> Response:
    """Either token ends the whole grant."""
    world = serving.world(request)
    try:
        client_id = _client(request, world, {})
        given = (await serving.json_body(request)).get("token", "")
        grant = world.state.grants.find(str(given))
        if grant is None or grant.client_id != client_id or grant.revoked:
            raise GrantError("invalid_request", "The token is not valid.")
    except GrantError as error:
        return _refused(error)
    world.state.grants.revoke(grant)
    world.remember_grants()
    return Response(status_code=200, headers={"intuit_tid": serving.tid()})


async def userinfo(request: Request) -> Response:
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    found = serving.world(request).state.grants.access(given)
    if not found or found[0].revoked or found[1].expires < time.time() or "openid" not in found[0].scopes:
        return _refused(GrantError("invalid_token", "The access token is not valid.", 401))
    return _json(PEOPLE[found[0].user].userinfo() if found[0].user in PEOPLE else {"sub": found[0].user})


async def jwks(request: Request) -> Response:
    return _json(keys.jwks())


def _client(request: Request, world: World, form: dict[str, str]) -> str:
    """The client id, proved by its secret in the header or the form. Raises GrantError invalid_client."""
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    client_id, secret = form.get("client_id", ""), form.get("client_secret", "")
    if kind.lower() == "basic":
        try:
            client_id, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            client_id, secret = "", ""
    right = secrets.compare_digest(secret.encode(), world.app.client_secret.encode())
    if client_id != world.app.client_id or not right:
        raise GrantError("invalid_client", "", 401)
    return client_id


def _json(body: dict[str, Any], status: int = 200) -> Response:
    return JSONResponse(body, status, headers={"intuit_tid": serving.tid(), "Cache-Control": "no-store"})


def _refused(error: GrantError) -> Response:
    body = {"error": error.error}
    if error.description:
        body["error_description"] = error.description
    return _json(body, error.status)


ROUTES = [
    *(
        Route(f"/.well-known/{name}{end}", discovery)
        for name in ("openid_configuration", "openid_sandbox_configuration")
        for end in ("", "/")
    ),
    Route(TOKENS, token, methods=["POST"]),
    Route(REVOKE, revoke, methods=["POST"]),
    Route(USERINFO, userinfo),
    Route(JWKS, jwks),
]
