"""Pages from a simulator's own templates, and the checks that every form and address of theirs gets."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

Handler = Callable[[Request], Awaitable[Response]]
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'",
    "Cache-Control": "no-store",
}


class Pages:
    """Those made from the templates in one folder; ``problem.html`` among them says what was refused."""

    def __init__(self, folder: Path) -> None:
        self.templates = Environment(
            loader=FileSystemLoader(folder),
            autoescape=select_autoescape(default=True),
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def show(self, request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
        text = self.templates.get_template(template).render(request=request, **values)
        return HTMLResponse(text, status, headers=HEADERS)

    def route(self, path: str, handler: Handler, *methods: str) -> Route:
        """What isn't there, a LookupError with a sentence, gets a page, and forms from other sites nothing."""

        async def guarded(request: Request) -> Response:
            if request.method == "POST" and not same_site(request):
                return self.show(request, "problem.html", status=403, sentence="This form was sent from another site.")
            try:
                return await handler(request)
            except LookupError as error:
                return self.show(request, "problem.html", status=404, sentence=str(error.args[0]))

        return Route(path, guarded, methods=list(methods or ("GET",)))


def same_site(request: Request) -> bool:
    """Whether a form was sent from a page of ours, judged by the Origin that browsers add."""
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def page_number(request: Request) -> int:
    """The page asked for; anything that is no number is the first."""
    asked = request.query_params.get("page", "1")
    return int(asked) if asked.isdigit() and len(asked) < 8 else 1
