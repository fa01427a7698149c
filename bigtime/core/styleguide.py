"""The style guide: every component shown in both themes beside the markup that makes it. Served in DEBUG only."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import engines
from django.utils import timezone

from .context import Banner
from .navigation import Entry, Section
from .status_words import WORDS

FOLDER = Path(settings.BASE_DIR) / "templates" / "core" / "styleguide"
# The order of the page. Each is a fragment whose first line is its title and when to use it: {# Title: words #}
NAMES = (
    *("head", "buttons", "tags", "figures", "cards", "tiles", "facts", "list", "sortable", "filters", "bulk", "empty"),
    *("form", "fields", "choices", "notes", "steps", "progress", "tabs", "pages", "menu", "dialog", "toasts"),
    *("timeline", "code", "skeletons", "week", "day", "chart", "icons"),
)


class SampleForm(forms.Form):
    """One field of each kind, two of them with errors."""

    name = forms.CharField(help_text="As it appears on invoices.")
    email = forms.EmailField(label="E-mail", required=False)
    start = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}), initial=date(2026, 11, 20))
    currency = forms.ChoiceField(choices=[("USD", "US dollar"), ("EUR", "Euro"), ("GBP", "Pound sterling")])
    notes = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False)
    billing = forms.ChoiceField(
        widget=forms.RadioSelect, choices=[("tm", "Time and materials"), ("fixed", "Fixed fee")], initial="tm"
    )
    billable = forms.BooleanField(required=False, initial=True, help_text="New entries start as billable.")


@dataclass(frozen=True, slots=True)
class Example:
    name: str
    title: str
    words: str
    source: str
    light: str
    dark: str


def styleguide(request: HttpRequest) -> HttpResponse:
    if "toast" in request.GET:
        messages.success(request, "Saved. This is how Django’s messages arrive.")
    shell = {"navigation": _navigation(), "banners": [], "examples": [_example(request, name) for name in NAMES]}
    return render(request, "core/styleguide.html", shell)


def _example(request: HttpRequest, name: str) -> Example:
    """A fragment rendered once per theme; `uid` keeps the ids apart and is left out of the source shown."""
    text = (FOLDER / f"{name}.html").read_text("utf-8")
    heading, _, source = text.partition("\n")
    found = re.match(r"\{# (.+?): (.+) #\}", heading)
    title, words = found.groups() if found else (name, "")
    template = engines["django"].from_string("{% load ui %}" + source)
    light, dark = (template.render(_context(uid), request) for uid in ("-l", "-d"))
    return Example(name, title, words, source.replace("{{ uid }}", "").strip(), light, dark)


def _context(uid: str) -> dict[str, Any]:
    form = SampleForm({"name": "", "email": "maya@", "start": "2026-11-20"}, auto_id=f"id_%s{uid}")
    return {
        "uid": uid,
        "form": form,
        "fresh_form": SampleForm(auto_id=f"fresh_%s{uid}"),
        "page": Paginator(range(212), 50).page(2),
        "banner": Banner("err", "QuickBooks needs to be reconnected; 12 entries wait.", "#", "Reconnect"),
        "statuses": list({word: status for status, (_, word) in WORDS.items()}.values()),
        "icons": re.findall(r'<symbol id="([^"]+)"', _sprite()),
        "now": timezone.now(),
        "earlier": timezone.now() - timedelta(minutes=4),
        "days": [("Mon", 16), ("Tue", 17), ("Wed", 18), ("Thu", 19), ("Fri", 20), ("Sat", 21), ("Sun", 22)],
    }


def _sprite() -> str:
    return (Path(settings.BASE_DIR) / "static" / "icons" / "sprite.svg").read_text("utf-8")


def _navigation() -> list[Section]:
    entries = [Entry(e.title, f"#c-{e.name}", e.icon, False, e.count) for e in _CHAPTERS]
    return [Section("", entries[:5]), Section("More", entries[5:])]


@dataclass(frozen=True, slots=True)
class _Chapter:
    name: str
    title: str
    icon: str
    count: int | None = None


_CHAPTERS = (
    _Chapter("head", "Page and buttons", "layout-dashboard"),
    _Chapter("list", "Lists", "list"),
    _Chapter("form", "Forms", "pencil"),
    _Chapter("notes", "Messages", "message-square", 3),
    _Chapter("week", "Timesheet", "calendar-clock"),
    _Chapter("menu", "Menus and dialogs", "menu"),
    _Chapter("progress", "Progress", "loader-circle"),
    _Chapter("chart", "Charts", "chart-column"),
    _Chapter("icons", "Icons", "star"),
)
