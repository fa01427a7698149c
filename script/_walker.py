"""A person with a plain browser, without script: opens pages, follows links, fills forms. Standard library only."""

from __future__ import annotations

import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Optional


class Lost(Exception):
    """The page doesn't have what a person would look for next."""


@dataclass
class Form:
    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)  # words, name, value
    words: str = ""


@dataclass
class Page:
    url: str
    status: int
    html: str
    links: list[tuple[str, str]] = field(default_factory=list)  # words, address
    forms: list[Form] = field(default_factory=list)
    text: str = ""


class _Reader(HTMLParser):
    """Collects what a person sees and can act on; hidden script and style are left out."""

    def __init__(self, page: Page) -> None:
        super().__init__(convert_charrefs=True)
        self.page = page
        self.form: Optional[Form] = None
        self.outer: dict[str, Form] = {}
        self.early: list[tuple[str, tuple[str, str, str]]] = []  # buttons of a form that comes later
        self.link: Optional[list[str]] = None
        self.button: Optional[list[str]] = None
        self.select: Optional[list[str]] = None
        self.area: Optional[list[str]] = None
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, Optional[str]]]) -> None:
        a = {name: value or "" for name, value in attrs}
        opener = getattr(self, f"open_{tag}", None)
        if opener:
            opener(a)
        elif tag in ("script", "style", "template"):
            self.silent += 1

    def handle_endtag(self, tag: str) -> None:
        closer = getattr(self, f"close_{tag}", None)
        if closer:
            closer()
        elif tag in ("script", "style", "template"):
            self.silent -= 1

    def handle_data(self, data: str) -> None:
        if self.silent:
            return
        self.page.text += data
        for place in (self.link, self.button):
            if place is not None:
                place[0] += data
        if self.area is not None:
            self.area[1] += data
        if self.form is not None:
            self.form.words += data

    def open_a(self, a: dict[str, str]) -> None:
        self.link = [a.get("aria-label", ""), a.get("href", "")]

    def close_a(self) -> None:
        if self.link is not None:
            self.page.links.append((" ".join(self.link[0].split()), self.link[1]))
            self.link = None

    def open_form(self, a: dict[str, str]) -> None:
        self.form = Form(a.get("action", ""), a.get("method", "get").lower())
        self.page.forms.append(self.form)
        if "id" in a:
            self.outer[a["id"]] = self.form

    def close_form(self) -> None:
        self.form = None

    def owner(self, a: dict[str, str]) -> Optional[Form]:
        return self.outer.get(a["form"]) if "form" in a else self.form

    def open_input(self, a: dict[str, str]) -> None:
        form, kind = self.owner(a), a.get("type", "text")
        if form is None or ("name" not in a and kind != "submit") or "disabled" in a:
            return
        if kind == "submit":
            form.buttons.append((a.get("value", ""), a.get("name", ""), a.get("value", "")))
        elif kind not in ("checkbox", "radio") or "checked" in a:
            form.fields.append((a["name"], a.get("value", "on" if kind in ("checkbox", "radio") else "")))

    def open_button(self, a: dict[str, str]) -> None:
        self.button = [
            a.get("aria-label", ""),
            a.get("name", ""),
            a.get("value", ""),
            a.get("type", "submit"),
            a.get("form", ""),
        ]

    def close_button(self) -> None:
        if self.button is None:
            return
        words, name, value, kind, owner = self.button
        self.button = None
        button = (" ".join(words.split()), name, value)
        if kind != "submit":
            return
        if owner and owner not in self.outer:
            self.early.append((owner, button))
            return
        form = self.outer[owner] if owner else self.form
        if form is not None:
            form.buttons.append(button)

    def close(self) -> None:
        super().close()
        for owner, button in self.early:
            if owner in self.outer:
                self.outer[owner].buttons.append(button)

    def open_select(self, a: dict[str, str]) -> None:
        self.select = [a.get("name", ""), ""] if self.form is not None and "disabled" not in a else None

    def open_option(self, a: dict[str, str]) -> None:
        if self.select is not None and (len(self.select) == 2 or "selected" in a):
            self.select[1] = a.get("value", "")
            self.select.append("seen")

    def close_select(self) -> None:
        if self.select is not None and self.form is not None and self.select[0]:
            self.form.fields.append((self.select[0], self.select[1]))
        self.select = None

    def open_textarea(self, a: dict[str, str]) -> None:
        self.area = [a.get("name", ""), ""]

    def close_textarea(self) -> None:
        if self.area is not None and self.form is not None and self.area[0]:
            self.form.fields.append((self.area[0], self.area[1]))
        self.area = None


class Walker:
    """Keeps cookies and the current page. Every step raises `Lost` with a sentence when it can't be taken."""

    def __init__(self) -> None:
        jar = CookieJar(policy=DefaultCookiePolicy(allowed_domains=["127.0.0.1", "127.0.0.1.local", "localhost.local"]))
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        self.page = Page("", 0, "")

    def open(self, url: str, data: Optional[list[tuple[str, str]]] = None) -> Page:
        url = urllib.parse.urljoin(self.page.url, url)
        body = urllib.parse.urlencode(data).encode() if data is not None else None
        request = urllib.request.Request(url, body, {"Referer": self.page.url or url, "Accept": "text/html"})
        try:
            with self.opener.open(request, timeout=60) as answer:
                self._arrive(answer.geturl(), answer.status, answer.read().decode())
        except urllib.error.HTTPError as refused:
            self._arrive(refused.geturl() or url, refused.code, refused.read().decode(errors="replace"))
        if self.page.status >= 400:
            raise Lost(f"{url} answered {self.page.status}: {' '.join(self.page.text.split())[:300]}")
        return self.page

    def _arrive(self, url: str, status: int, html: str) -> None:
        self.page = Page(url, status, html)
        reader = _Reader(self.page)
        reader.feed(html)
        reader.close()

    def follow(self, words: str) -> Page:
        """Click the link that says this."""
        for shown, address in self.page.links:
            if words.lower() in shown.lower() and address and not address.startswith("#"):
                return self.open(address)
        raise Lost(f"no link says “{words}” on {self.page.url}")

    def form(self, button: str) -> tuple[Form, tuple[str, str, str]]:
        for form in self.page.forms:
            for found in form.buttons:
                if button.lower() in found[0].lower():
                    return form, found
        raise Lost(f"no button says “{button}” on {self.page.url}: {' '.join(self.page.text.split())[:300]}")

    def press(self, button: str, tick: tuple[tuple[str, str], ...] = (), **filled: str) -> Page:
        """Fill the form with that button (fields by name) and press it; `tick` adds checkboxes."""
        form, (_, name, value) = self.form(button)
        data = [(n, v) for n, v in form.fields if n not in filled] + list(filled.items()) + list(tick)
        if name:
            data.append((name, value))
        action = form.action or self.page.url
        if form.method == "post":
            return self.open(action, data)
        return self.open(f"{action.split('?')[0]}?{urllib.parse.urlencode(data)}")

    def sees(self, words: str) -> bool:
        return words.lower() in " ".join(self.page.text.split()).lower()

    def expect(self, words: str) -> None:
        if not self.sees(words):
            raise Lost(f"“{words}” isn’t on {self.page.url}: {' '.join(self.page.text.split())[:400]}")
