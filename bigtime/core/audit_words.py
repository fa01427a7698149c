"""Audit entries in words: what each is about, and old and new of every field, names in the place of ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import models

from .models import AuditEntry
from .navigation import label_at

# Columns that only say where a row belongs.
PLACES = frozenset({"firm_id", "timesheet_id"})
# Two columns that together name a row of any model.
MODEL, NUMBER = "local_model", "local_id"
MINUTES = "minutes"
# Columns whose name in the code says nothing to those who read.
LABELS = {"entity": "List", "remote_id": "There"}
# Keys inside a column of JSON that hold the id of a row, and the label of its model.
_in_json: dict[str, str] = {}
# Names of the keys in a column, by column.
_values: dict[str, dict[str, str]] = {}
# What has addresses and isn't in the navigation, by how these begin.
_places: dict[str, str] = {}


def name_in_json(label: str, *keys: str) -> None:
    """From an `AppConfig.ready()`: under these keys stands the id of such a row, 0 for none; its name is shown."""
    _in_json.update(dict.fromkeys(keys, label))


def name_values(column: str, names: Mapping[str, str]) -> None:
    """From an `AppConfig.ready()`: what a person calls the keys that stand in such a column."""
    _values.setdefault(column, {}).update(names)


def name_place(beginning: str, words: str) -> None:
    """From an `AppConfig.ready()`: what a person calls that which has addresses beginning so, beside the navigation."""
    _places[beginning] = words


def place(source: str) -> str:
    """Where it was done, in words: the page as the navigation calls it, the run of a sync."""
    path = source.partition(" ")[2]
    if not path.startswith("/"):
        return source[:1].upper() + source[1:]
    named = max((beginning for beginning in _places if path.startswith(beginning)), key=len, default="")
    return _places.get(named) or label_at(path) or source


@dataclass(frozen=True, slots=True)
class Changed:
    """One field: its label, what it was and what it is; "" where there was, or is, nothing."""

    label: str
    was: str
    now: str


@dataclass(slots=True)
class Names:
    """The names of rows by model and id, read once for many entries: one statement for each model that occurs."""

    known: dict[tuple[type[models.Model], int], str] = field(default_factory=dict)

    def learn(self, wanted: Iterable[tuple[type[models.Model], int]]) -> None:
        asked: dict[type[models.Model], set[int]] = {}
        for model, pk in wanted:
            asked.setdefault(model, set()).add(pk)
        for model, ids in asked.items():
            links = [f.name for f in model._meta.concrete_fields if f.many_to_one and f.name != "firm"]
            found = model._default_manager.filter(pk__in=ids).select_related(*links)
            self.known |= {(model, row.pk): str(row) for row in found}

    def of(self, model: type[models.Model] | None, pk: Any) -> str:
        """The row's name; its number where it is gone."""
        return self.known.get((model, pk)) or f"number {pk}" if model else f"number {pk}"


def model_of(entry: AuditEntry) -> type[models.Model] | None:
    """None for a model that a later version no longer has."""
    try:
        return apps.get_model(entry.model)
    except LookupError:
        return None


def kind_of(entry: AuditEntry) -> str:
    model = model_of(entry)
    return str(model._meta.verbose_name).capitalize() if model else entry.model


def describe(entries: Sequence[AuditEntry]) -> None:
    """Gives each entry `kind`, `subject`, `changes`, `place`; constant SQL: one statement for each model they name."""
    names = Names()
    names.learn(pair for entry in entries for pair in _named(entry))
    places = {source: place(source) for source in {entry.source for entry in entries}}
    for entry in entries:
        said: Any = entry
        said.kind = kind_of(entry)
        said.subject = names.of(model_of(entry), entry.object_id)
        said.changes = list(_changes(entry, names))
        said.place = places[entry.source]


def _named(entry: AuditEntry) -> Iterable[tuple[type[models.Model], int]]:
    """Every row that this entry needs a name for: what it is about, and what its ids lead to."""
    model = model_of(entry)
    if model is None:
        return
    yield model, entry.object_id
    for side in (entry.before, entry.after):
        if any_model := _any_model(side):
            yield any_model
        for column, value in side.items():
            leads_to = _related(model, column)
            if leads_to and isinstance(value, int):
                yield leads_to, value
            elif isinstance(value, dict):
                yield from ((named, pk) for key, pk in value.items() if (named := _model_in_json(key, pk)))


def _field(model: type[models.Model], column: str) -> Any:
    return next((field for field in model._meta.concrete_fields if field.column == column), None)


def _related(model: type[models.Model], column: str) -> type[models.Model] | None:
    found = _field(model, column)
    related: type[models.Model] | None = found.related_model if found is not None and found.many_to_one else None
    return related


def _any_model(side: dict[str, Any]) -> tuple[type[models.Model], int] | None:
    """The row that a model's label and a number name; None where either is missing or not known any more."""
    if not side.get(MODEL) or not side.get(NUMBER):
        return None
    try:
        return apps.get_model(side[MODEL]), side[NUMBER]
    except LookupError:
        return None


def _model_in_json(key: str, value: Any) -> type[models.Model] | None:
    return apps.get_model(_in_json[key]) if key in _in_json and value and isinstance(value, int) else None


def _changes(entry: AuditEntry, names: Names) -> Iterable[Changed]:
    model = model_of(entry)
    was_here, is_here = _any_model(entry.before), _any_model(entry.after)
    told = {MODEL, NUMBER} if was_here or is_here else set()
    if told:
        yield Changed("Here", *(names.of(*each) if each else "" for each in (was_here, is_here)))
    for column in sorted({*entry.before, *entry.after} - PLACES - told):
        was, now = (_words(model, column, side.get(column), names) for side in (entry.before, entry.after))
        if was != now:
            yield Changed(_label(model, column), was, now)


def _label(model: type[models.Model] | None, column: str) -> str:
    found = _field(model, column) if model else None
    if column in LABELS:
        return LABELS[column]
    return str(found.verbose_name).capitalize() if found is not None else column


def _words(model: type[models.Model] | None, column: str, value: Any, names: Names) -> str:
    found = _field(model, column) if model else None
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if found is not None and found.many_to_one:
        return names.of(found.related_model, value)
    if found is not None and found.choices:
        return str(dict(found.flatchoices).get(value, value))
    if column in _values:
        return _values[column].get(value, str(value))
    if MINUTES in column and isinstance(value, int):
        return f"{value // 60}:{value % 60:02}"
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_in_words(key, each, names)}" for key, each in sorted(value.items()))
    return str(value)


def _in_words(key: str, value: Any, names: Names) -> str:
    model = _model_in_json(key, value)
    return names.of(model, value) if model else "none" if key in _in_json and value == 0 else str(value)
