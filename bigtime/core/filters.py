"""Filters of list pages, shown as chips: what is chosen, what else could be, and the address of each choice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.forms import ChoiceField, Field, ModelChoiceField
from django.http import QueryDict

from .pickers import FIND, Box, box, of_model

ACTIVITY = (("active", "Active"), ("archived", "Archived"), ("all", "All"))


class ListFilter(django_filters.FilterSet):
    """The base of every list's filters: `q` searches every word in any of `search`."""

    search: tuple[str, ...] = ()
    q = django_filters.CharFilter(method="find", label="Search", max_length=200)

    def find(self, rows: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        for word in text.split()[:10]:
            rows = rows.filter(self.saying(word))
        return rows

    def saying(self, word: str) -> Q:
        """The rows that say this word somewhere."""
        return Q(*((f"{field}__icontains", word) for field in self.search), _connector=Q.OR)


class ActivityFilter(django_filters.ChoiceFilter):
    """Active (unless said otherwise), archived, or all."""

    def __init__(self, field_name: str = "is_active", **options: Any) -> None:
        options.setdefault("label", "Show")
        super().__init__(field_name=field_name, choices=ACTIVITY, empty_label=None, **options)

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        return qs if value in ("", None, "all") else qs.filter(**{self.field_name: value == "active"})


@dataclass(frozen=True, slots=True)
class Option:
    label: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter as a chip: links, or `fields` (dates, text) to fill in, or the `box` of a picker of very many rows."""

    name: str
    label: str
    chosen: str
    options: list[Option]
    clear_url: str
    fields: list[Any]
    box: Box | None = None


def address(path: str, query: QueryDict, **changes: str) -> str:
    """The list's own address with these parameters; back on page 1. An empty value removes its parameter."""
    changed = query.copy()
    for name in ("page", "format"):
        changed.pop(name, None)
    for name, value in changes.items():
        changed.pop(name, None)
        if value:
            changed[name] = value
    encoded = changed.urlencode()
    return f"{path}?{encoded}" if encoded else path


def chips(filters: ListFilter, path: str, query: QueryDict, defaults: dict[str, str]) -> list[Chip]:
    return [_chip(filters, name, path, query, defaults) for name in filters.filters if name != "q"]


def _chip(filters: ListFilter, name: str, path: str, query: QueryDict, defaults: dict[str, str]) -> Chip:
    bound, kind = filters.form[name], filters.filters[name]
    label = str(kind.label)
    if not hasattr(bound.field, "choices"):
        return _typed(bound, name, label, path, query)
    chosen_raw, picked = str(filters.data.get(name, "") or ""), _picked(filters, name, bound.field, query)
    options = [
        Option(text, address(path, query, **{name: "" if defaults.get(name) == value else value}), value == chosen_raw)
        for value, text in (_choices(bound.field) if picked is None else [(o.value, o.label) for o in picked.options])
    ]
    chosen = next((o.label for o in options if o.current), "")
    many = picked if picked is not None and picked.more else None
    clear = address(path, query, **{name: ""}) if query.get(name) else ""
    return Chip(name, label, chosen, [] if many else options, clear, [], many)


def _typed(bound: Any, name: str, label: str, path: str, query: QueryDict) -> Chip:
    """A filter whose value is typed: text, or the two ends of a range of dates."""
    names = [n for n in (name, f"{name}_min", f"{name}_max", f"{name}_after", f"{name}_before") if query.get(n)]
    chosen = " – ".join(query.get(n, "") for n in names)
    return Chip(name, label, chosen, [], address(path, query, **dict.fromkeys(names, "")), [bound])


def _choices(field: Field) -> list[tuple[str, str]]:
    listed: Any = field.choices if isinstance(field, ChoiceField) else ()
    return [(str(value), str(text)) for value, text in listed if str(value)]


def _picked(filters: ListFilter, name: str, field: Field, query: QueryDict) -> Box | None:
    """The rows of another list that can be filtered by; None when the choices are few and fixed."""
    if not isinstance(field, ModelChoiceField):
        return None
    rows: Any = field.queryset
    chosen = filters.form.cleaned_data.get(name) if not filters.form.errors.get(name) else None
    picker, sought = of_model(rows.model), query.get(f"{FIND}{name}", "")
    if picker is None:
        raise LookupError(f"{rows.model.__name__} can be many: register a Picker for it.")
    return box(picker, name, rows, [chosen.pk] if chosen else [], empty_label="Any", sought=sought)
