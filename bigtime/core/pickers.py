"""Choosing one of very many: what a search picker offers, at most `MOST` at a time, found by typing.

An app registers the lists that can be picked from in `AppConfig.ready()`; forms, filters and pages then offer them by
`templates/forms/picker.html`, which is a plain select while there are few.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, IntegerField, Model, Q, QuerySet, Value, When
from django.urls import reverse

MOST = 50
LONGEST = 200
FIND = "find:"


@dataclass(frozen=True, slots=True)
class Picker:
    """One list that can be picked from. `rows(firm)` are those offered, in order, with the joins their names need.

    `search` are the fields of which each word must be in one; the first is what a name begins with. `roles` empty:
    whoever may use pickers at all.
    """

    kind: str
    model: type[Model]
    rows: Callable[[Any], QuerySet[Any]]
    search: tuple[str, ...]
    roles: frozenset[str] = field(default_factory=frozenset)

    @property
    def url(self) -> str:
        return reverse("firm:pick", args=[self.kind])


_pickers: dict[str, Picker] = {}


def register(*pickers: Picker) -> None:
    for picker in pickers:
        _pickers[picker.kind] = picker


def named(kind: str) -> Picker | None:
    return _pickers.get(kind)


def known(kind: str) -> Picker:
    """The picker by that name, which must be registered."""
    return _pickers[kind]


def of_model(model: type[Model]) -> Picker | None:
    return next((picker for picker in _pickers.values() if picker.model is model), None)


def found(rows: QuerySet[Any], search: tuple[str, ...], text: str) -> QuerySet[Any]:
    """The rows of which every word of `text` is in one of the fields; names that begin with it come first."""
    text = text.replace("\x00", "").strip()[:LONGEST]
    for word in text.split()[:8]:
        rows = rows.filter(Q(*((f"{name}__icontains", word) for name in search), _connector=Q.OR))
    if not text:
        return rows
    begins = When(**{f"{search[0]}__istartswith": text}, then=Value(0))
    ordering = rows.query.order_by or rows.model._meta.ordering
    rank = Case(begins, default=Value(1), output_field=IntegerField())
    ranked: QuerySet[Any] = rows.annotate(_rank=rank).order_by("_rank", *ordering)
    return ranked


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Box:
    """A picker on a page, for `forms/picker.html`: the first rows, and what is chosen even where it isn't among them.

    `sought` is what was looked for without script; `empty_label` "" means that something must be chosen.
    """

    picker: Picker
    name: str
    empty_label: str
    options: list[Option]
    more: bool
    sought: str = ""

    @property
    def find(self) -> str:
        return f"{FIND}{self.name}"


def box(
    picker: Picker,
    name: str,
    rows: QuerySet[Any],
    chosen: Iterable[Any] = (),
    *,
    empty_label: str = "",
    sought: str = "",
    label: Callable[[Any], str] = str,
) -> Box:
    """One SQL statement, and one more when what is chosen isn't among the first."""
    first = list(found(rows, picker.search, sought)[: MOST + 1])
    wanted = {str(value) for value in chosen}
    missing = [v for v in wanted - {str(row.pk) for row in first[:MOST]} if v.isdecimal() and len(v) < 19]
    shown = [*(rows.order_by().filter(pk__in=missing) if missing else ()), *first[:MOST]]
    options = [Option(str(row.pk), label(row), str(row.pk) in wanted) for row in shown]
    return Box(picker, name, empty_label, options, bool(sought) or len(first) > MOST, sought)
