"""A person at Intuit's pages, over HTTP: signs in, chooses a company, and answers."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import requests

PERSON = "bookkeeper@example.com"


class _Form(HTMLParser):
    """The first form of a page: where it goes, and its hidden fields."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action, self.fields, self._within = "", {}, False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and not self.action:
            self.action, self._within = given.get("action", ""), True
        elif tag == "input" and self._within and given.get("type") == "hidden":
            self.fields[given["name"]] = given["value"]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._within = False


def walk(address: str, realm: str, answer: str = "authorize") -> str:
    """The callback's path and query, where the person is sent back to."""
    with requests.Session() as browser:
        signing = _Form(browser.get(address, timeout=10).text)
        page = browser.post(urljoin(address, signing.action), {**signing.fields, "email": PERSON}, timeout=10)
        choosing = _Form(page.text)
        page = browser.get(urljoin(address, choosing.action), params={**choosing.fields, "realm": realm}, timeout=10)
        deciding = _Form(page.text)
        fields = {**deciding.fields, "answer": answer}
        back = browser.post(urljoin(address, deciding.action), fields, timeout=10, allow_redirects=False)
        parts = urlsplit(back.headers["Location"])
        return f"{parts.path}?{parts.query}"
