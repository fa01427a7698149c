"""The left navigation: each app registers its entries from `AppConfig.ready()`, so the shell imports no app."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.http import HttpRequest
from django.urls import reverse

SECTIONS = ("", "QuickBooks", "My Company")


def always(request: HttpRequest) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry. `roles` empty means every role; `count` gives the number in the badge, None for no badge."""

    label: str
    url_name: str
    icon: str
    section: str = ""
    order: int = 100
    roles: frozenset[str] = field(default_factory=frozenset)
    visible: Callable[[HttpRequest], bool] = always
    count: Callable[[HttpRequest], int | None] | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    label: str
    url: str
    icon: str
    active: bool
    count: int | None


@dataclass(frozen=True, slots=True)
class Section:
    label: str
    items: list[Entry]


_items: dict[str, NavItem] = {}


def register(*items: NavItem) -> None:
    for item in items:
        _items[item.url_name] = item


def sections_for(request: HttpRequest, role: str) -> list[Section]:
    """The sections this request's person may see, in order; an empty section is left out."""
    shown = [i for i in _items.values() if (not i.roles or role in i.roles) and i.visible(request)]
    shown.sort(key=lambda i: (i.order, i.label))
    urls = {item.url_name: reverse(item.url_name) for item in shown}
    current = _current(request, urls.values())
    entries = [(item.section, _entry(request, item, urls[item.url_name], current)) for item in shown]
    sections = [Section(label, [entry for section, entry in entries if section == label]) for label in SECTIONS]
    return [s for s in sections if s.items]


def _entry(request: HttpRequest, item: NavItem, url: str, current: str) -> Entry:
    return Entry(item.label, url, item.icon, url == current, item.count(request) if item.count else None)


def label_at(path: str) -> str:
    """What the navigation calls the page that this address belongs to; "" for one that it doesn't know."""
    found = {url: item.label for item in _items.values() if (url := reverse(item.url_name)) != "/"}
    return found.get(max((url for url in found if path.startswith(url)), key=len, default=""), "")


def _current(request: HttpRequest, urls: Iterable[str]) -> str:
    """The longest registered address that the request's path starts with."""
    matches = [u for u in urls if request.path == u or (u != "/" and request.path.startswith(u))]
    return max(matches, key=len, default="")
