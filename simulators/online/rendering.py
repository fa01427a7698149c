"""Pages from templates, and the one check every form here gets."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(default=True),
    trim_blocks=True,
    lstrip_blocks=True,
)
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'",
    "Cache-Control": "no-store",
}


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
    text = TEMPLATES.get_template(template).render(request=request, **values)
    return HTMLResponse(text, status, headers=HEADERS)


def same_site(request: Request) -> bool:
    """Whether a form was sent from a page of ours, judged by the Origin that browsers add."""
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")
