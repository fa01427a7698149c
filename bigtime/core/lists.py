"""List pages: one declaration drives table, sort, filters, pages, CSV and XLSX; the state lives in the address.

A page costs the same number of SQL statements whatever its length: one count, one page of rows, and one statement for
each prefetch, choice filter and extra column.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.functional import cached_property

from .columns import Cell, Column, badge_text
from .exports import csv_response, xlsx_response
from .filters import Chip, ListFilter, address, chips
from .slots import Badge, ExtraColumn, columns_for

CHUNK = 1000
FRAGMENT = "lists/_list.html"


class ListPage:
    """Subclass it for a list; `columns`, `filters` and `rows()` are what a list must say.

    `name` names the exported file; `order` is the column key sorted by at first ("-key" for descending); `defaults` are
    filter values used when the address names none; `place` lets upper apps add columns; `bulk` is a template with the
    buttons of the action bar (None: rows can't be selected).
    """

    name = "list"
    columns: tuple[Column, ...] = ()
    filters: type[ListFilter] = ListFilter
    order = ""
    defaults: dict[str, str] = {}
    place = ""
    per_page = 50
    bulk = ""
    bulk_url = ""
    empty: dict[str, str] = {"title": "Nothing here yet"}
    search_label = "Search"

    def __init__(self, request: HttpRequest) -> None:
        self.request: Any = request

    def rows(self) -> QuerySet[Any]:
        """Every row this person may see in this list, with the joins the columns need."""
        raise NotImplementedError

    def shown_columns(self) -> tuple[Column, ...]:
        """The columns for this request; override to leave some out by role."""
        return self.columns

    def is_off(self, row: Any) -> bool:
        """Whether the row is shown greyed."""
        return not getattr(row, "is_active", True)

    @cached_property
    def _columns(self) -> tuple[Column, ...]:
        return self.shown_columns()

    @cached_property
    def _extra(self) -> list[ExtraColumn]:
        return columns_for(self.request, self.place) if self.place else []

    @cached_property
    def filtered(self) -> ListFilter:
        data = self.request.GET.copy()
        for name, value in self.defaults.items():
            if not data.get(name):
                data[name] = value
        return self.filters(data, queryset=self.rows(), request=self.request)

    @cached_property
    def sort(self) -> str:
        """The sort asked for, when such a column exists; else the list's own order."""
        asked: str = self.request.GET.get("sort", "")
        known = {c.key for c in self._columns if c.sort}
        return asked if asked.removeprefix("-") in known else self.order

    def ordered(self) -> QuerySet[Any]:
        """The filtered rows in order; the primary key settles ties, so that pages never overlap."""
        path = next((c.sort for c in self._columns if c.key == self.sort.removeprefix("-")), "")
        rows: QuerySet[Any] = self.filtered.qs
        if not path:
            return rows.order_by("pk")
        first = F(path).desc(nulls_last=True) if self.sort.startswith("-") else F(path).asc(nulls_last=True)
        return rows.order_by(first, "pk")

    @cached_property
    def page(self) -> Page[Any]:
        return Paginator(self.ordered(), self.per_page).get_page(self.request.GET.get("page"))

    @cached_property
    def chips(self) -> list[Chip]:
        return chips(self.filtered, self.request.path, self.request.GET, self.defaults)

    @property
    def searched(self) -> str:
        return str(self.request.GET.get("q", ""))

    @property
    def narrowed(self) -> bool:
        """Whether an empty list may only be empty because of what was asked."""
        return any(v for k, v in self.request.GET.items() if k not in ("page", "sort", "format"))

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
        rows = list(self.page.object_list)
        badges = [extra.badges(self.request, rows) if rows else {} for extra in self._extra]
        return [{"row": r, "off": self.is_off(r), "cells": self._cells(r, [b.get(r.pk) for b in badges])} for r in rows]

    def _cells(self, row: Any, badges: list[Badge | None]) -> list[Cell]:
        cells = [Cell(c, c.read(row), c.url(row) if c.url else "") for c in self._columns]
        extra = [Cell(column, badge) for column, badge in zip(self.head[len(cells) :], badges, strict=True)]
        return cells + extra

    def export_url(self, kind: str) -> str:
        return address(self.request.path, self.request.GET, format=kind)

    @property
    def csv_url(self) -> str:
        return self.export_url("csv")

    @property
    def xlsx_url(self) -> str:
        return self.export_url("xlsx")

    @property
    def kept(self) -> list[tuple[str, str]]:
        """The address's parameters that a search keeps, as hidden fields."""
        return [(k, v) for k, v in self.request.GET.items() if k not in ("q", "page", "format")]

    def _exported(self) -> Iterator[list[Any]]:
        for rows in in_chunks(self.ordered()):
            badges = [extra.badges(self.request, rows) for extra in self._extra]
            for row in rows:
                yield [c.exported(row) for c in self._columns] + [badge_text(b.get(row.pk)) for b in badges]

    def respond(self, template: str, **context: Any) -> HttpResponseBase:
        """The page; the list alone when htmx asks for it; or a file when the address says `format=csv` or `xlsx`."""
        kind = self.request.GET.get("format", "")
        if kind in ("csv", "xlsx"):
            header = [c.label for c in self.head]
            make = csv_response if kind == "csv" else xlsx_response
            return make(self.name, header, self._exported())
        fragment = getattr(self.request, "htmx", None) and not self.request.htmx.boosted
        return render(self.request, FRAGMENT if fragment else template, {"list": self, **context})


def in_chunks(rows: QuerySet[Any]) -> Iterator[list[Any]]:
    """The rows by the thousand, through a server-side cursor: memory doesn't grow with the list."""
    stream = rows.iterator(chunk_size=CHUNK)
    while chunk := list(islice(stream, CHUNK)):
        yield chunk
