"""Which lists of the books can be linked by hand, to which of ours, and what is linked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.fields.json import KeyTextTransform

from integrations import registry
from integrations.models import Connection, Link, RemoteRecord

from .mapper import Entity

# A customer, and jobs four deep: QuickBooks has no more.
LEVELS = 5


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
    found = Q()
    for spec in lists(connection):
        path = kind_path(connection, spec)
        if path:
            found &= ~Q(entity=spec.key) | Q(**{f"data__{path.replace('.', '__')}": spec.only_kind})
    return found


def kind_path(connection: Connection, spec: Entity) -> str | None:
    """Where a record of a list of several kinds says which it is of.

    None where the books keep each kind in a list of its own: there is nothing to tell apart.
    """
    dialect = registry.get(connection.system).dialect
    return spec.fields["kind"].paths.get(dialect.key) if spec.only_kind else None


def models_for(spec: Entity, record: RemoteRecord) -> tuple[str, ...]:
    """Where a list is a tree of two kinds, only its tops can be the first kind: a job is no client."""
    below = spec.is_tree and record.parent_id and len(spec.linkable) > 1
    return spec.linkable[1:] if below else spec.linkable


def path(at: str = "") -> models.Func:
    """Sorts a job right under its customer: the names from the top down to the record. `at`: path to the row.

    With each name goes its id, since two customers may be called alike.
    """
    steps = [f"{at}{'parent__' * up}" for up in reversed(range(LEVELS))]
    array = _array(F(step + column) for step in steps for column in ("name", "remote_id"))
    text: models.CharField[Any, Any] = models.CharField()
    return models.Func(array, Value(None, output_field=text), function="array_remove", output_field=text)


def _array(parts: Iterable[F]) -> models.Func:
    return models.Func(*parts, function="ARRAY", template="%(function)s[%(expressions)s]")


def in_order(connection: Connection, spec: Entity, rows: models.QuerySet[Any], at: str = "") -> Any:
    """By name, jobs under their customers; where the books know who gets a 1099 those come first, with `flag` "true".

    `at`: path to the row.
    """
    if spec.is_tree:
        return rows.order_by(path(at), "pk")
    if "is_1099" not in spec.fields:
        return rows.order_by(f"{at}name", "pk")
    key = spec.fields["is_1099"].paths[registry.get(connection.system).dialect.key]
    return rows.annotate(flag=KeyTextTransform(key, f"{at}data")).order_by(
        F("flag").desc(nulls_last=True), f"{at}name", "pk"
    )


def above(at: str = "") -> models.Func:
    """The names of what a record stands under, from the top down; "" of one that stands under nothing."""
    names = _array(F(f"{at}{'parent__' * up}name") for up in reversed(range(1, LEVELS)))
    text: models.CharField[Any, Any] = models.CharField()
    return models.Func(names, Value(" › ", output_field=text), function="array_to_string", output_field=text)


def links_of(connection: Connection, model: str, local_ids: Iterable[int]) -> dict[int, list[Link]]:
    """By our id, the links of ours with their remote records; one statement for any number."""
    rows = Link.objects.filter(connection=connection, local_model=model, local_id__in=list(local_ids))
    found: dict[int, list[Link]] = defaultdict(list)
    for each in rows.select_related("remote").defer("remote__data").order_by("pk"):
        found[each.local_id or 0].append(each)
    return found
