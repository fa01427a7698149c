"""Which of ours a record of the books could be, and the other way round: by likeness, or by what was typed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q

from integrations.models import Connection, Link, Proposal, RemoteRecord

from . import psa
from .likeness import SURE, Names, best, words_of
from .linkable import list_of, models_for, spec_of
from .mapper import Entity
from .matching import Suggestion

OFFERED = 60
MOST = 20
# A name's words find at most this many records to compare with.
COMPARED = 400


def suggest(*, connection: Connection, entity: str, records: Sequence[RemoteRecord]) -> dict[int, Suggestion]:
    """For records without a link, by primary key: the likeliest of ours. Constant SQL for a page."""
    return {pk: found[0] for pk, found in _ranked(connection, entity, records, most=1, least=OFFERED + 10).items()}


def certain(
    *, connection: Connection, entity: str, records: Sequence[RemoteRecord], least: int = SURE
) -> dict[int, Suggestion]:
    """Suggestions that may be accepted unseen: as sure as `least`, with no second as sure, and wanted by one record."""
    ranked = _ranked(connection, entity, unlinked(records), most=2, least=least)
    sole = {pk: found[0] for pk, found in ranked.items() if len(found) == 1}
    wanted: dict[tuple[str, int], int] = defaultdict(int)
    for each in sole.values():
        wanted[each.model, each.local_id] += 1
    return {pk: each for pk, each in sole.items() if wanted[each.model, each.local_id] == 1}


def unlinked(records: Sequence[RemoteRecord]) -> list[RemoteRecord]:
    """Those that are neither linked nor blocked."""
    held = set(Link.objects.filter(remote__in=[each.pk for each in records]).values_list("remote_id", flat=True))
    return [each for each in records if each.pk not in held]


def _ranked(
    connection: Connection, entity: str, records: Sequence[RemoteRecord], *, most: int, least: int
) -> dict[int, list[Suggestion]]:
    spec = spec_of(connection, entity)
    open_ones = [each for each in records if each.deleted_at is None]
    found: dict[int, list[Suggestion]] = defaultdict(list)
    if spec is None or not open_ones:
        return found
    wanting = {model: [each for each in open_ones if model in models_for(spec, each)] for model in spec.linkable}
    ours = psa.names({model: _unspoken(connection, entity, model) for model, rows in wanting.items() if rows})
    for model, known in ours.items():
        names = Names(known)
        for each in wanting[model]:
            found[each.pk] += [
                Suggestion(model, pk, name, score) for pk, name, score in names.like(each.name, most=most, least=least)
            ]
    return {pk: sorted(each, key=lambda s: -s.confidence)[:most] for pk, each in found.items() if each}


def free(connection: Connection, entity: str, model: str) -> models.QuerySet[Any]:
    """Ours of one kind that no record of that list is linked to, and that nobody keeps apart."""
    own = Link.objects.filter(connection=connection, entity=entity, local_model=model, local_id=OuterRef("pk"))
    rows = psa.model_of(model)._default_manager.filter(~Exists(own), firm_id=connection.firm_id)
    return rows.order_by("name")


def _unspoken(connection: Connection, entity: str, model: str) -> models.QuerySet[Any]:
    """Of those, what no other record is going to be linked to by the first import."""
    rows = free(connection, entity, model)
    if connection.imported_at is not None:
        return rows
    settled = [Proposal.Outcome.MATCHED, Proposal.Outcome.LINKED]
    spoken = Proposal.objects.filter(connection=connection, entity=entity, local_model=model, outcome__in=settled)
    return rows.filter(~Exists(spoken.filter(local_id=OuterRef("pk"))))


def any_free(connection: Connection, entity: str) -> Q:
    """True of every row of a question, as long as something of ours is free to be linked to that list."""
    spec, found = list_of(connection, entity), Q(pk__in=[])
    for model in spec.linkable:
        found |= Q(Exists(_unspoken(connection, entity, model)))
    return found


def candidates(*, connection: Connection, record: RemoteRecord, model: str, asked: str = "") -> list[Suggestion]:
    """Ours that could be linked to a record: what fits the words asked for, else the likeliest; best first."""
    rows = free(connection, record.entity, model)
    owner = owner_of(list_of(connection, record.entity), model)
    if owner:
        rows = rows.select_related(owner)
    rows = rows.filter(_words(asked or record.name, ["name", *([f"{owner}__name"] if asked and owner else [])], asked))
    items = {item.pk: item for item in rows[: MOST if asked else COMPARED]}
    ranked = best(record.name, {pk: item.name for pk, item in items.items()}, most=MOST, least=0 if asked else OFFERED)
    return [Suggestion(model, pk, str(items[pk]), score) for pk, _, score in ranked]


def remote_candidates(
    *, connection: Connection, entity: str, model: str, name: str, asked: str = ""
) -> list[tuple[RemoteRecord, int]]:
    """Records of a list that one of ours called `name` could be linked to, with the confidence; best first."""
    taken = Link.objects.filter(Q(local_model=model) | Q(state=Link.State.BLOCKED), remote=OuterRef("pk"))
    rows = RemoteRecord.objects.filter(~Exists(taken), connection=connection, entity=entity, deleted_at=None)
    spec = list_of(connection, entity)
    if spec.is_tree and len(spec.linkable) > 1 and model == spec.linkable[0]:
        rows = rows.filter(parent_id="")
    rows = rows.filter(_words(asked or name, ["name"], asked)).defer("data").order_by("-is_active", "name", "pk")
    items = {row.pk: row for row in rows[: MOST if asked else COMPARED]}
    ranked = best(name, {pk: row.name for pk, row in items.items()}, most=MOST, least=0 if asked else OFFERED)
    return [(items[pk], score) for pk, _, score in ranked]


def owner_of(spec: Entity, model: str) -> str:
    """The column that names what ours belongs to, where that is linkable to the same list (a project's client)."""
    meta: Any = psa.model_of(model)._meta
    related = ((each.name, each.related_model) for each in meta.fields if each.many_to_one)
    return next((name for name, other in related if other._meta.label_lower in spec.linkable), "")


def _words(text: str, columns: Sequence[str], asked: str) -> Q:
    """Every word asked for, in any of the columns; unasked, any longer word of the name."""
    words = text.split()[:10] if asked else words_of(text)[:8]
    each = [Q(*((f"{column}__icontains", word) for column in columns), _connector=Q.OR) for word in words]
    found = Q()
    for one in each:
        found = found & one if asked else found | one
    return found
