"""What every answer carries, pages and refusals alike."""

from __future__ import annotations

import pytest
from django.test import Client

from .addresses import Address
from .people import People
from .test_matrix import OURS, by_name

pytestmark = pytest.mark.django_db
POLICY = {f"{kind} 'self'" for kind in ("default-src", "script-src", "style-src")}
POLICY |= {f"{kind} 'none'" for kind in ("object-src", "base-uri", "frame-ancestors")}


@pytest.mark.parametrize("address", [a for a in OURS if "GET" in a.methods], ids=by_name)
def test_pages_carry_the_headers(address: Address, people: People) -> None:
    client = people.visitor((address.roles or ("administrator",))[0])
    answer = client.get(address.url(people.firm))
    directives = {part.strip() for part in answer.headers["Content-Security-Policy"].split(";")}
    assert directives >= POLICY
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "no-store" in answer.headers["Cache-Control"]
    assert "Permissions-Policy" in answer.headers


@pytest.mark.parametrize("path", ["/healthz", "/no-such-page", "/accounts/login/"])
def test_public_answers_carry_them_too(path: str) -> None:
    answer = Client().get(path)
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("address", [a for a in OURS if "GET" in a.methods], ids=by_name)
def test_pages_hold_no_inline_script_or_style(address: Address, people: People) -> None:
    client = people.visitor((address.roles or ("administrator",))[0])
    html = client.get(address.url(people.firm)).content.decode(errors="replace")
    for bad in (" style=", "<style", " onclick=", " onload=", " onsubmit=", " onchange=", "javascript:"):
        assert bad not in html, bad
    for script in html.split("<script")[1:]:
        head = script.split(">", 1)[0]
        assert "src=" in head or 'type="application/json"' in head, head
