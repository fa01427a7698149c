"""Places on a page that upper apps fill without being imported: link badges, time totals, later invoices.

A `Slot` adds a panel to the page of one record, an `ExtraColumn` a column to a list. Both are registered from
`AppConfig.ready()` and asked for by the name of their place, e.g. "client_detail" or "client_list".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Slot:
    """`context(request, subject)` gives the template's context, or None when there is nothing to show."""

    place: str
    template: str
    context: Callable[[HttpRequest, Any], dict[str, Any] | None]
    order: int = 100
    roles: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Badge:
    """A cell of an extra column: a status word (see `status_words`), its text, and where a click leads."""

    status: str
    text: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class ExtraColumn:
    """`badges(request, rows)` answers for a whole page of rows at once, by primary key: constant SQL for any number."""

    place: str
    key: str
    label: str
    badges: Callable[[HttpRequest, Sequence[Any]], Mapping[Any, Badge]]
    visible: Callable[[HttpRequest], bool] = lambda request: True
    order: int = 100


_slots: dict[tuple[str, str], Slot] = {}
_columns: dict[tuple[str, str], ExtraColumn] = {}


def register(*entries: Slot | ExtraColumn) -> None:
    for entry in entries:
        if isinstance(entry, Slot):
            _slots[entry.place, entry.template] = entry
        else:
            _columns[entry.place, entry.key] = entry


def slots_for(request: HttpRequest, place: str, subject: Any) -> list[tuple[str, dict[str, Any]]]:
    """Template and context of each panel that has something to show this person about `subject`, in order."""
    membership = getattr(request, "membership", None)
    role = membership.role if membership else ""
    wanted = [s for s in _slots.values() if s.place == place and (not s.roles or role in s.roles)]
    pairs = ((s.template, s.context(request, subject)) for s in sorted(wanted, key=lambda s: (s.order, s.template)))
    return [(template, context) for template, context in pairs if context is not None]


def columns_for(request: HttpRequest, place: str) -> list[ExtraColumn]:
    wanted = [c for c in _columns.values() if c.place == place and c.visible(request)]
    return sorted(wanted, key=lambda c: (c.order, c.key))
