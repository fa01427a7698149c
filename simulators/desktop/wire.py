"""``POST /rp``: one JSON call of a host, one JSON answer."""

from __future__ import annotations

import json
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulators.desktop.hresults import HostError
from simulators.desktop.machine import Machine
from simulators.desktop.request_processor import BadCall, RequestProcessor

LARGEST = 64 * 1024 * 1024


def machine(request: Request) -> Machine:
    return cast(Machine, request.app.state.machine)


async def call(request: Request) -> Response:
    """``{"id", "method", "args"}`` and, from the host, its own id, ``opened`` (file on its screen) and ``computer``."""
    body = await request.body()
    try:
        asked = json.loads(body) if len(body) <= LARGEST else None
    except ValueError:
        asked = None
    if not isinstance(asked, dict) or not isinstance(asked.get("args", []), list):
        return JSONResponse({"error": {"hresult": "", "message": "That isn't a call."}}, 400)
    processor = cast(RequestProcessor, request.app.state.processor)
    host, opened = str(asked.get("host") or "anybody"), str(asked.get("opened") or "")
    answer: dict[str, Any] = {"id": asked.get("id")}
    try:
        computer = str(asked.get("computer") or "")
        method, args = str(asked.get("method")), asked.get("args", [])
        answer["result"] = await processor.call(host, opened, method, args, computer)
    except HostError as error:
        answer["error"] = {"hresult": error.hresult, "message": error.message}
    except BadCall as error:
        answer["error"] = {"hresult": "0x80020003", "message": str(error)}
    return JSONResponse(answer)


ROUTES = [Route("/rp", call, methods=["POST"])]
