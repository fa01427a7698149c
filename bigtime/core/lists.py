"""List pages: one declaration drives table, sort, filters, columns, pages and exports; the state is in the address.

A page costs the same number of SQL statements whatever its length: one for the saved views, one count, one page of
rows, and one for each prefetch, choice filter and extra column shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import F, QuerySet
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import cached_property

from .asking import Asking
from .choosing import PARAM, ColumnChoice
from .columns import Cell, Column, badge_text
from .exports import csv_response, xlsx_response
from .filters import Chip, ListFilter, chips
from .slots import Badge, ExtraColumn, columns_for

CHUNK = 1000
FRAGMENT = "lists/_list.html"


@dataclass(frozen=True, slots=True)
class Bound:
    """What a list's form belongs to: sent along, and refused when that is not what the person works with any more."""

    name: str
    value: str
    other: str  # what the page was opened for then: "another firm"


class ListPage(Asking):
    """Subclass it for a list; `columns`, `filters` and `rows()` are what a list must say.

    `name` names the exported file and the list's saved views; `order` is the column key sorted by at first ("-key" for
    descending); `defaults` are filter values used when the address names none; `place` lets upper apps add columns;
    `bulk` is a template with the buttons of the action bar ("": rows can't be selected), `bulk_all` whether its address
    understands "all that match" (see `bulk.py`), at most `most_at_once` of them; `own` are parameters that say which
    list this is.
    """

    columns: tuple[Column, ...] = ()
    filters: type[ListFilter] = ListFilter
    order = ""
    defaults: dict[str, str] = {}
    place = ""
    per_page = 50
    bulk = ""
    bulk_url = ""
    bulk_all = False
    most_at_once: int | None = None
    empty: dict[str, str] = {"title": "Nothing here yet"}
    search_label = "Search"

    def rows(self) -> QuerySet[Any]:
        """Every row this person may see in this list, with the joins the columns need."""
        raise NotImplementedError

    def shown_columns(self) -> tuple[Column, ...]:
        """The columns for this request; override to leave some out by role."""
        return self.columns

    def completed(self, rows: list[Any]) -> list[Any]:
        """The same rows with what a page of them needs beside; constant SQL for any number."""
        return rows

    @property
    def bound(self) -> tuple[Bound, ...]:
        """What a form of this list is good for, and for nothing else."""
        firm = getattr(self.request, "firm", None)
        return (Bound("firm", str(firm.pk if firm else ""), "another firm"),)

    def is_off(self, row: Any) -> bool:
        """Whether the row is shown greyed."""
        return not getattr(row, "is_active", True)

    @cached_property
    def choice(self) -> ColumnChoice:
        extra = columns_for(self.request, self.place) if self.place else []
        return ColumnChoice(self.shown_columns(), extra, self.query.getlist(PARAM))

    @cached_property
    def _columns(self) -> tuple[Column, ...]:
        return self.choice.columns

    @cached_property
    def _extra(self) -> list[ExtraColumn]:
        return self.choice.extra

    @cached_property
    def filtered(self) -> ListFilter:
        data = self.query.copy()
        for name, value in self.defaults.items():
            if not data.get(name):
                data[name] = value
        return self.filters(data, queryset=self.rows(), request=self.request)

    @cached_property
    def sort(self) -> str:
        """The sort asked for, when such a column exists; else the list's own order."""
        asked: str = self.query.get("sort", "")
        known = {c.key for c in self.choice.offered if c.sort}
        return asked if asked.removeprefix("-") in known else self.order

    def ordered(self) -> QuerySet[Any]:
        """The filtered rows in order; the primary key settles ties, so that pages never overlap."""
        found = next((c.sort for c in self.choice.offered if c.key == self.sort.removeprefix("-")), "")
        rows: QuerySet[Any] = self.filtered.qs
        if not found:
            return rows.order_by("pk")
        by = F(found) if isinstance(found, str) else found
        first = by.desc(nulls_last=True) if self.sort.startswith("-") else by.asc(nulls_last=True)
        return rows.order_by(first, "pk")

    def matching(self) -> QuerySet[Any]:
        """Every row the address asks for, on whatever page, in no order: for "all that match"."""
        found: QuerySet[Any] = self.filtered.qs.order_by()
        return found

    @cached_property
    def page(self) -> Page[Any]:
        return Paginator(self.ordered(), self.per_page).get_page(self.query.get("page"))

    @cached_property
    def chips(self) -> list[Chip]:
        return chips(self.filtered, self.request.path, self.query, self.defaults)

    @property
    def problems(self) -> list[str]:
        """Filters that couldn't be understood and are therefore not applied."""
        fields = self.filtered.form.fields
        return [f"{fields[n].label or n}: {e}" for n, errors in self.filtered.form.errors.items() for e in errors]

    @property
    def head(self) -> list[Column]:
        return [*self._columns, *(Column(c.key, c.label, kind="badge") for c in self._extra)]

    @property
    def body(self) -> list[dict[str, Any]]:
        rows = self.completed(list(self.page.object_list))
        badges = [extra.badges(self.request, rows) if rows else {} for extra in self._extra]
        return [{"row": r, "off": self.is_off(r), "cells": self._cells(r, [b.get(r.pk) for b in badges])} for r in rows]

    def _cells(self, row: Any, badges: list[Badge | None]) -> list[Cell]:
        cells = [Cell(c, c.read(row), c.url(row) if c.url else "") for c in self._columns]
        extra = [Cell(column, badge) for column, badge in zip(self.head[len(cells) :], badges, strict=True)]
        return cells + extra

    def _exported(self) -> Iterator[list[Any]]:
        for rows in map(self.completed, in_chunks(self.ordered())):
            badges = [extra.badges(self.request, rows) for extra in self._extra]
            for row in rows:
                yield [c.exported(row) for c in self._columns] + [badge_text(b.get(row.pk)) for b in badges]

    def respond(self, template: str, **context: Any) -> HttpResponseBase:
        """The page; the list alone when htmx asks for it; or a file when the address says `format=csv` or `xlsx`.

        An address that asks nothing goes on to the person's default view, when there is one.
        """
        kind = self.query.get("format", "")
        if kind in ("csv", "xlsx"):
            header = [c.label for c in self.head]
            make = csv_response if kind == "csv" else xlsx_response
            return make(self.name, header, self._exported())
        if self.is_bare and self.views.default:
            return redirect(self.views.default.url)
        fragment = getattr(self.request, "htmx", None) and not self.request.htmx.boosted
        return render(self.request, FRAGMENT if fragment else template, {"list": self, **context})


def in_chunks(rows: QuerySet[Any]) -> Iterator[list[Any]]:
    """The rows by the thousand, through a server-side cursor: memory doesn't grow with the list."""
    stream = rows.iterator(chunk_size=CHUNK)
    while chunk := list(islice(stream, CHUNK)):
        yield chunk
