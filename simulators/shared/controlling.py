"""What the control interfaces are made of: bodies as JSON, and refusals answered in a sentence."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

Handler = Callable[[Request], Awaitable[Response]]
# What a simulator's own errors are answered with
Answers = Mapping[type[Exception], Callable[[Any], Response]]


class Wrong(Exception):
    """A control request that can't be carried out, with the sentence to answer."""

    def __init__(self, sentence: str, status: int = 400) -> None:
        super().__init__(sentence)
        self.status = status


def told(error: Exception) -> Response:
    """``{"error": sentence}``."""
    return JSONResponse({"error": str(error)}, getattr(error, "status", 400))


async def sent(request: Request) -> Any:
    """The body. Raises Wrong when it isn't JSON."""
    try:
        return json.loads(await request.body() or b"{}")
    except ValueError:
        raise Wrong("The body is not JSON.") from None


def route(answers: Answers, path: str, handler: Handler, *methods: str) -> Route:
    """An address below ``/_sim``; what its handler refuses is told, or answered by ``answers``."""
    every: Answers = {Wrong: told, **answers}

    async def guarded(request: Request) -> Response:
        try:
            return await handler(request)
        except tuple(every) as error:
            return next(answer(error) for kind, answer in every.items() if isinstance(error, kind))

    return Route(f"/_sim/{path}", guarded, methods=list(methods))
