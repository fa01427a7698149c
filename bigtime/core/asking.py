"""What a list is asked: the parameters of its address, and the addresses that ask it otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from django.http import HttpRequest, QueryDict

from .choosing import PARAM
from .filters import address
from .pickers import FIND
from .saved_views import SavedViews

# Parameters that leave the same rows.
UNFILTERING = ("page", "sort", "format", "view", "find", PARAM)


class Asking:
    """The address side of a list. `own` are parameters that say which list it is, and ask nothing of it."""

    name = "list"
    own: tuple[str, ...] = ()

    def __init__(self, request: HttpRequest, query: QueryDict | None = None) -> None:
        """`query` stands for the request's own: the address of the list that a form was sent from."""
        self.request: Any = request
        self.query = request.GET if query is None else query

    @cached_property
    def views(self) -> SavedViews:
        return SavedViews(self.request, self.name, self.query, self.own)

    @property
    def is_bare(self) -> bool:
        """Whether the address asks nothing."""
        return all(name in self.own for name in self.query)

    @property
    def searched(self) -> str:
        return str(self.query.get("q", ""))

    @property
    def narrowed(self) -> bool:
        """Whether an empty list may only be empty because of what was asked."""
        asked = (k for k, v in self.query.items() if v and not k.startswith(FIND))
        return any(name not in {*UNFILTERING, *self.own} for name in asked)

    @property
    def clear_url(self) -> str:
        """Without search and filters; columns and order stay, and a default view doesn't come back."""
        gone = {name: "" for name in self.query if name not in {"sort", PARAM, *self.own}}
        return address(self.request.path, self.query, **{**gone, "view": "all" if self.views.default else ""})

    def export_url(self, kind: str) -> str:
        return address(self.request.path, self.query, format=kind)

    @property
    def csv_url(self) -> str:
        return self.export_url("csv")

    @property
    def xlsx_url(self) -> str:
        return self.export_url("xlsx")

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What a search keeps, as hidden fields."""
        return list(self._without("page", "format", "find", "q"))

    @property
    def kept_by_columns(self) -> list[tuple[str, str]]:
        """What another choice of columns keeps."""
        return list(self._without("page", "format", PARAM))

    @property
    def first_columns_url(self) -> str:
        return address(self.request.path, self.query, **{PARAM: ""})

    @property
    def asked(self) -> str:
        """The address itself, for a form that means all that match."""
        return self.query.urlencode()

    def _without(self, *names: str) -> Iterator[tuple[str, str]]:
        return ((name, value) for name, values in self.query.lists() if name not in names for value in values)
