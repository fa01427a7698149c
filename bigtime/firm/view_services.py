"""Saved views: a name is there once among one's own, and once among the firm's."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.http import QueryDict

from bigtime.core.models import DefaultView, SavedView
from bigtime.core.saved_views import kept

from .models import Firm, User
from .refusals import Refused

TAKEN = "There is already a view named “{}” of this list. Nothing was saved."
LONGEST = 2000


def changeable_by(*, firm: Firm, user: User, shares: bool) -> QuerySet[SavedView]:
    """One's own views that aren't shared; who may share may change the shared ones, too."""
    own = Q(owner=user, shared=False)
    found: QuerySet[SavedView] = SavedView.objects.for_firm(firm).filter(own | Q(shared=True) if shares else own)
    return found


def save_view(*, firm: Firm, owner: User, name: str, title: str, query: str, shared: bool) -> SavedView:
    """Raises Refused when the name is taken or the list's address too long to keep."""
    view = SavedView(firm=firm, owner=owner, list=name, name=title, query=_kept(query), shared=shared)
    return _stored(view)


def change(*, view: SavedView, title: str, shared: bool) -> SavedView:
    view.name, view.shared = title, shared
    return _stored(view)


def keep(*, view: SavedView, query: str) -> SavedView:
    view.query = _kept(query)
    return _stored(view)


@transaction.atomic
def set_default(*, view: SavedView, user: User, on: bool) -> None:
    """One default for each person and list: another one takes its place."""
    firm, name = view.firm, view.list
    if on:
        DefaultView.objects.update_or_create(firm=firm, user=user, list=name, defaults={"view": view})
    else:
        DefaultView.objects.filter(firm=firm, user=user, list=name).delete()


def _kept(query: str) -> str:
    worth = kept(QueryDict(query))
    if len(worth) > LONGEST:
        raise Refused("This search is too long to be kept as a view. Nothing was saved.")
    return worth


def _stored(view: SavedView) -> SavedView:
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError:
        raise Refused(TAKEN.format(view.name)) from None
    return view
