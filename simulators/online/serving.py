"""Small things every endpoint needs: the world behind a request, a transaction id, broken answers."""

from __future__ import annotations

import asyncio
import json
import secrets
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import Response

from simulators.online.errors import gateway_body
from simulators.online.world import World

HTML = (
    "<html><head><title>Service Unavailable</title></head>"
    "<body><h1>Sorry, QuickBooks is not available right now.</h1></body></html>"
)


def world(request: Request) -> World:
    return cast(World, request.app.state.world)


def tid() -> str:
    """Intuit's transaction id, one per answer."""
    return f"1-{secrets.token_hex(4)}-{secrets.token_hex(12)}"


async def pause(seconds: float) -> None:
    if seconds > 0:
        await asyncio.sleep(seconds)


async def json_body(request: Request) -> dict[str, Any]:
    """The body as an object; an empty one when it is none."""
    try:
        parsed = json.loads(await request.body() or b"{}")
    except (ValueError, UnicodeDecodeError):
        return {}
    return parsed if isinstance(parsed, dict) else {}


def json_answer(body: bytes, status: int = 200, **headers: str) -> Response:
    extra = {"intuit_tid": tid(), "QBO-Version": "1974.253", "Content-Type": "application/json;charset=UTF-8"}
    return Response(body, status, headers={**extra, **headers})


def broken(kind: str, *, retry_after: int | None = None) -> Response:
    """The answers that aren't Intuit's accounting service speaking."""
    if kind == "unauthorized":
        return json_answer(gateway_body(401, "Token expired: the access token is no longer valid"), 401)
    if kind == "forbidden":
        return json_answer(gateway_body(403, "The application is not connected to this company"), 403)
    if kind == "throttled":
        extra = {"Retry-After": str(retry_after)} if retry_after is not None else {}
        return json_answer(gateway_body(429, "The request limit was reached. Try again later"), 429, **extra)
    if kind == "html":
        return Response(HTML, 200, headers={"intuit_tid": tid()}, media_type="text/html")
    status = int(kind.removeprefix("error_"))
    return Response(HTML if status != 500 else "", status, headers={"intuit_tid": tid()}, media_type="text/html")
