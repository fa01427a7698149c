"""Nearly the same name is here already: a person says whether it is the same, before a second one is made of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower

from integrations.models import Link, RemoteRecord

from . import psa
from .fates import Fate, Plan, Scope, Twin
from .likeness import TWIN, Names

MOST = 5
Stage = tuple[Plan, Fate]


def look(scope: Scope, label: str, stages: Iterable[Stage]) -> None:
    """Gives each fate that would become new its twin, where it has one; two statements at most for any number.

    What a person wants created has none. Only what nobody is linked to, and nothing fits exactly, can be a twin; of
    what has an owner, only what belongs to the same one.
    """
    hopeful = [fate for plan, fate in stages if fate.values.get("name") and not (plan.record and plan.record.wanted)]
    if not hopeful:
        return
    column = hopeful[0].target.within[0] if hopeful[0].target.within else ""
    names = _names(scope, label, column, {fate.owner for fate in hopeful})
    found = {id(fate): near for fate in hopeful if (near := _like(names.get(_room(fate)), fate))}
    free = _still_free(scope, label, {key for near in found.values() for key, _, _ in near})
    for fate in hopeful:
        near = [each for each in found.get(id(fate), []) if each[0] in free]
        fate.twin = Twin(*near[0], len(near)) if near else None


def _room(fate: Fate) -> int | None:
    return fate.owner if fate.target.within else None


def _like(names: Names | None, fate: Fate) -> list[tuple[int, str, int]]:
    return names.like(str(fate.values["name"]), most=MOST, least=TWIN) if names else []


def _names(scope: Scope, label: str, column: str, owners: set[int | None]) -> dict[int | None, Names]:
    """Of each owner (or of nobody) what may be a twin; read once for a scope."""
    known: dict[int | None, Names] = scope.names.setdefault(label, {})
    missing = {each for each in (owners if column else {None}) if each not in known}
    if column:
        missing.discard(None)
    if missing:
        rows = _free(scope, label)
        rows = rows.filter(**{f"{column}__in": missing}) if column else rows
        by_owner: dict[int | None, dict[int, str]] = defaultdict(dict)
        for pk, name, *owner in rows.values_list("pk", "name", *([f"{column}_id"] if column else [])):
            by_owner[owner[0] if owner else None][pk] = name
        known |= {each: Names(by_owner[each]) for each in missing}
    return known


def _free(scope: Scope, label: str) -> QuerySet[Any]:
    """Ours that no record is linked to, nor will be because it is called exactly so."""
    about = {"connection": scope.connection, "entity": scope.entity.key}
    linked = Link.objects.filter(**about, local_model=label, local_id=OuterRef("pk"))
    spoken = Link.objects.filter(remote=OuterRef("pk"))
    exact = RemoteRecord.objects.alias(low=Lower("name")).filter(
        ~Exists(spoken), **about, low=Lower(OuterRef("name")), is_active=True, deleted_at=None
    )
    rows: QuerySet[Any] = psa.model_of(label)._default_manager.order_by()
    return rows.filter(~Exists(linked), ~Exists(exact), firm_id=scope.rules.firm)


def _still_free(scope: Scope, label: str, ids: set[int]) -> set[int]:
    """Links are made while a scope lasts."""
    if not ids:
        return set()
    about = Q(connection=scope.connection, entity=scope.entity.key, local_model=label, local_id__in=ids)
    return ids - set(Link.objects.filter(about).values_list("local_id", flat=True))
