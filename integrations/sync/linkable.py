"""Which lists of the books can be linked by hand, to which of ours, and what is linked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.db.models.fields.json import KeyTextTransform

from integrations import registry
from integrations.models import Connection, Link, RemoteRecord

from .mapper import Entity


def spec_of(connection: Connection, entity: str) -> Entity | None:
    """None for a list that can't be linked by hand, or doesn't exist."""
    spec: Entity | None = registry.get(connection.system).entities.get(entity)
    return spec if spec is not None and spec.linkable else None


def list_of(connection: Connection, entity: str) -> Entity:
    """Raises KeyError for a list that the books' system doesn't have."""
    spec: Entity = registry.get(connection.system).entities[entity]
    return spec


def is_by_choice(connection: Connection, entity: str) -> bool:
    """Whether records of that list come in only one by one, as a person chooses them."""
    spec = registry.get(connection.system).entities.get(entity)
    return spec is not None and spec.by_choice


def lists(connection: Connection, model: str = "") -> list[Entity]:
    """The lists whose records can be linked (to that model of ours), in the registry's order."""
    specs = registry.get(connection.system).entities.values()
    return [spec for spec in specs if spec.linkable and (not model or model in spec.linkable)]


def of_use(connection: Connection) -> Q:
    """Which mirror rows can be something here at all: of the items only the services."""
    system, found = registry.get(connection.system), Q()
    for spec in lists(connection):
        path = spec.fields["kind"].paths.get(system.dialect.key) if spec.only_kind else None
        # Where the books keep each kind in a list of its own there is nothing to tell apart.
        if path:
            path = path.replace(".", "__")
            found &= ~Q(entity=spec.key) | Q(**{f"data__{path}": spec.only_kind})
    return found


def models_for(spec: Entity, record: RemoteRecord) -> tuple[str, ...]:
    """Where a list is a tree of two kinds, only its tops can be the first kind: a job is no client."""
    below = spec.is_tree and record.parent_id and len(spec.linkable) > 1
    return spec.linkable[1:] if below else spec.linkable


def contractors_first(connection: Connection, spec: Entity, rows: models.QuerySet[Any], at: str = "") -> Any:
    """By name; in a list that knows who gets a 1099 those come first, with `flag` "true". `at`: path to the row."""
    if "is_1099" not in spec.fields:
        return rows.order_by(f"{at}name", "pk")
    path = spec.fields["is_1099"].paths[registry.get(connection.system).dialect.key]
    return rows.annotate(flag=KeyTextTransform(path, f"{at}data")).order_by(
        F("flag").desc(nulls_last=True), f"{at}name", "pk"
    )


def above(connection: Connection, entity: str, records: Iterable[RemoteRecord]) -> dict[str, str]:
    """By remote id, the names of what these stand under; one statement."""
    wanted = {each.parent_id for each in records if each.parent_id}
    rows = RemoteRecord.objects.filter(connection=connection, entity=entity, remote_id__in=wanted)
    return dict(rows.values_list("remote_id", "name")) if wanted else {}


def links_of(connection: Connection, model: str, local_ids: Iterable[int]) -> dict[int, list[Link]]:
    """By our id, the links of ours with their remote records; one statement for any number."""
    rows = Link.objects.filter(connection=connection, local_model=model, local_id__in=list(local_ids))
    found: dict[int, list[Link]] = defaultdict(list)
    for each in rows.select_related("remote").defer("remote__data").order_by("pk"):
        found[each.local_id or 0].append(each)
    return found
