"""A list's saved views as its page shows them: whose they are, where they lead, which one is open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.functional import cached_property

from .models import DefaultView, SavedView
from .pickers import FIND

# What an address may also say without belonging to a view.
PASSING = ("page", "format", "view", "find")


@dataclass(frozen=True, slots=True)
class Shown:
    """A view in a list's menu. `url` is the list's whole address, so that it can be changed further and sent on."""

    view: SavedView
    url: str
    is_mine: bool
    is_default: bool


def visible(*, firm: Any, user: Any) -> QuerySet[SavedView]:
    """The views that this person may open, with `is_default`."""
    chosen = DefaultView.objects.filter(view=OuterRef("pk"), user=user)
    mine = SavedView.objects.for_firm(firm).filter(Q(owner=user) | Q(shared=True))
    found: QuerySet[SavedView] = mine.annotate(is_default=Exists(chosen))
    return found


def kept(query: QueryDict, own: Iterable[str] = ()) -> str:
    """What of an address is worth saving: neither the page nor what was left empty."""
    worth = QueryDict(mutable=True)
    for name, values in query.lists():
        filled = [value for value in values if value]
        if filled and name not in {*PASSING, *own} and not name.startswith(FIND):
            worth.setlist(name, filled)
    return worth.urlencode()


def address_of(view: SavedView, home: str) -> str:
    """The list's whole address by this view; `home` is the list's own, with what says which list it is."""
    path, _, own = home.partition("?")
    query = QueryDict(view.query, mutable=True)
    for name, value in QueryDict(own).items():
        query[name] = str(value)
    query["view"] = str(view.pk)
    return f"{path}?{query.urlencode()}"


class SavedViews:
    """The views of the list that a request shows; one SQL statement, made when they are first asked for."""

    def __init__(self, request: HttpRequest, name: str, query: QueryDict, own: tuple[str, ...]) -> None:
        self.request: Any = request
        self.name, self.query, self.own = name, query, own

    @cached_property
    def all(self) -> list[Shown]:
        if getattr(self.request, "firm", None) is None:
            return []
        user = self.request.user
        found: Any = visible(firm=self.request.firm, user=user).filter(list=self.name)
        return [Shown(v, address_of(v, self.home), v.owner_id == user.pk, v.is_default) for v in found]

    @property
    def home(self) -> str:
        """The list as it comes."""
        own = QueryDict(mutable=True)
        own.update({name: self.query.get(name, "") for name in self.own if self.query.get(name)})
        return f"{self.request.path}?{own.urlencode()}" if own else self.request.path

    def __iter__(self) -> Iterator[Shown]:
        return iter(self.all)

    @property
    def default(self) -> Shown | None:
        return next((each for each in self.all if each.is_default), None)

    @property
    def current(self) -> Shown | None:
        """The view the address names, if this person may see it."""
        asked = self.query.get("view", "")
        return next((each for each in self.all if str(each.view.pk) == asked), None)

    @property
    def to_save(self) -> str:
        return kept(self.query, self.own)

    @property
    def changed(self) -> bool:
        """Whether the list shows something else than the view it was opened with."""
        return self.current is not None and _parts(self.current.view.query) != _parts(self.to_save)

    @property
    def may_share(self) -> bool:
        return bool(self.request.membership.role == "administrator")

    @property
    def may_change(self) -> bool:
        """Whether the open view is this person's to change."""
        current = self.current
        return current is not None and (self.may_share if current.view.shared else current.is_mine)

    @property
    def may_keep(self) -> bool:
        """Whether what is shown differs from the open view and can be saved in it."""
        return self.changed and self.may_change


def _parts(query: str) -> list[tuple[str, list[str]]]:
    return sorted((name, sorted(values)) for name, values in QueryDict(query).lists())
