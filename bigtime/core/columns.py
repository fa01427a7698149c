"""What a list's column is: one declaration gives the HTML cell, the sort order and the exported value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Expression

from .slots import Badge
from .status_words import describe

NUMBERS = ("number", "minutes", "money")


@dataclass(frozen=True, slots=True)
class Column:
    """A column.

    `value` is an attribute path ("client.name") or a function of the row. `sort` is the ORM path, or the
    expression, ordered by; "" means the column can't be sorted. `kind` is one of text, number, minutes, money, date,
    instant, yes, tag, badge.
    `url` turns the cell into a link. `export` replaces the value in CSV and XLSX (minutes become decimal hours anyway).
    `main` is what the row is called and is always shown; `shown` False leaves the column out until somebody chooses it.
    """

    key: str
    label: str
    value: str | Callable[[Any], Any] = ""
    sort: str | Expression = ""
    kind: str = "text"
    url: Callable[[Any], str] | None = None
    export: Callable[[Any], Any] | None = None
    main: bool = False
    shown: bool = True

    @property
    def css(self) -> str:
        return "n" if self.kind in NUMBERS else "nowrap" if self.kind in ("date", "instant") else ""

    def read(self, row: Any) -> Any:
        if callable(self.value):
            return self.value(row)
        found = row
        for name in (self.value or self.key).split("."):
            found = getattr(found, name, None)
            if callable(found) and not isinstance(found, type):
                found = found()
        return found

    def exported(self, row: Any) -> Any:
        """The value a spreadsheet gets: hours as a number, a tag as its word."""
        value = self.export(row) if self.export else self.read(row)
        if self.kind == "minutes" and value is not None:
            return (Decimal(int(value)) / 60).quantize(Decimal("0.01"), ROUND_HALF_UP)
        if self.kind == "tag" and value:
            return describe(value)[1]
        return badge_text(value) if isinstance(value, Badge) else value


def badge_text(badge: Badge | None) -> str:
    """A badge in words, for exports."""
    return "" if badge is None else badge.text or describe(badge.status)[1]


@dataclass(frozen=True, slots=True)
class Cell:
    column: Column
    value: Any
    url: str = ""
