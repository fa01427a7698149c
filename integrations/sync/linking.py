"""Links as a person makes and ends them, one by one or many at once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils import timezone

from integrations import registry
from integrations.models import Connection, Link, Proposal, RemoteRecord, SyncIssue

from . import matching, psa
from .errors import Rejected
from .likeness import SURE
from .linkable import list_of, models_for, spec_of
from .suggesting import certain, free

# Primary keys, known already or still to be asked for.
Rows = Collection[int] | models.QuerySet[Any]
# What one of ours takes over when a person makes it of a record.
BORROWED = ("name", "email", "phone", "number")
TAKEN = "Somebody else linked one of the two meanwhile. Look again; nothing was changed."


@transaction.atomic
def link(*, connection: Connection, record: RemoteRecord, local: tuple[str, int], by: Any = None) -> None:
    """Makes the two one. Raises Rejected in words, with nothing changed, when either is something else already."""
    spec = spec_of(connection, record.entity)
    if spec is None or local[0] not in models_for(spec, record):
        raise Rejected("These two can't be the same thing.", code="not_linkable")
    RemoteRecord.objects.select_for_update(no_key=True).get(pk=record.pk, connection=connection)
    other = Link.objects.filter(remote=record, local_model=local[0], local_id__isnull=False).exclude(local_id=local[1])
    if other.exists():
        raise Rejected(f"“{record}” is linked to another record here. Unlink it first.", code="taken")
    try:
        with transaction.atomic():
            matching.decide(
                connection=connection, entity=record.entity, remotes=[record.pk], decision="link", local=local, by=by
            )
    except IntegrityError:
        raise Rejected(TAKEN, code="taken") from None


@transaction.atomic
def become(*, connection: Connection, record: RemoteRecord, by: Any = None) -> Any:
    """Makes one of ours of a record whose list never does so by itself (a vendor), and links the two.

    Raises Rejected when the name is in use here.
    """
    spec = list_of(connection, record.entity)
    model = spec.linkable[0]
    values = spec.read(record.data, registry.get(connection.system).dialect)
    columns = {field.name for field in psa.model_of(model)._meta.fields}
    given = {column: values[column] for column in BORROWED if values.get(column) and column in columns}
    fits, notes = psa.fitted(model, given, ("name",))
    refused = next((note.message for note in notes if note.kind == "rejected"), "")
    if refused or "name" not in fits:
        raise Rejected(refused or "The record has no name.", code="too_long")
    try:
        with transaction.atomic():
            rows = psa.model_of(model)._default_manager
            item = rows.create(firm_id=connection.firm_id, **fits, **spec.made_as)
    except IntegrityError:
        words = f"Somebody here is called “{record}” already. Link to that one, or rename one of the two."
        raise Rejected(words, code="name_taken") from None
    link(connection=connection, record=record, local=(model, item.pk), by=by)
    return item


@transaction.atomic
def unlink(*, connection: Connection, records: Rows, local: tuple[str, int] | None = None) -> int:
    """Ends links (those to `local`, when given) of these mirror rows; how many. Both sides stay as they are.

    A record that nobody links or leaves out is matched again when it next changes in the books.
    """
    linked = Link.objects.filter(connection=connection, remote__in=records, state=Link.State.LINKED)
    if local is not None:
        linked = linked.filter(local_model=local[0], local_id=local[1])
    by_entity = defaultdict(list)
    for pk, entity, remote_id in linked.select_for_update(of=("self",)).values_list(
        "pk", "entity", "remote__remote_id"
    ):
        by_entity[entity].append((pk, remote_id))
    for entity, found in by_entity.items():
        Link.objects.filter(pk__in=[pk for pk, _ in found]).delete()
        if connection.imported_at is None:
            matching.reconsider(connection, list_of(connection, entity), [each for _, each in found])
    return sum(len(found) for found in by_entity.values())


@transaction.atomic
def accept(
    *, connection: Connection, entity: str, records: Sequence[RemoteRecord], by: Any = None, least: int = SURE
) -> int:
    """Links each record to its suggestion where that is sure enough and the only one; how many. Raises Rejected."""
    found = certain(connection=connection, entity=entity, records=records, least=least)
    return _link_all(connection, entity, {pk: (it.model, it.local_id) for pk, it in found.items()}, by)


@transaction.atomic
def accept_proposed(
    *, connection: Connection, entity: str, records: Collection[int], by: Any = None, least: int = 0
) -> int:
    """Links each record (by primary key) to what the preview says it could be; how many.

    What two of them want is left alone, and so is what is linked already or gone. Raises Rejected.
    """
    asked = Proposal.objects.filter(
        connection=connection, entity=entity, remote__in=records, outcome=Proposal.Outcome.DECISION,
        confidence__gte=least, local_id__isnull=False,
    )  # fmt: skip
    wanted = {pk: (model, ours or 0) for pk, model, ours in asked.values_list("remote_id", "local_model", "local_id")}
    sole = {side for side, number in Counter(wanted.values()).items() if number == 1}
    free_ones = _free_of(connection, entity, sole)
    return _link_all(connection, entity, {pk: side for pk, side in wanted.items() if side in free_ones}, by)


def _free_of(connection: Connection, entity: str, sides: Collection[tuple[str, int]]) -> set[tuple[str, int]]:
    """Of ours, by model and id, those that are there and not linked; a statement for each model."""
    found: set[tuple[str, int]] = set()
    for model in {model for model, _ in sides}:
        ids = [pk for label, pk in sides if label == model]
        found |= {(model, pk) for pk in free(connection, entity, model).filter(pk__in=ids).values_list("pk", flat=True)}
    return found


def _link_all(connection: Connection, entity: str, sides: dict[int, tuple[str, int]], by: Any) -> int:
    """By the mirror row's primary key, which of ours each is."""
    locked = RemoteRecord.objects.select_for_update(no_key=True).filter(pk__in=sides, connection=connection)
    rows = list(locked.order_by("pk"))
    about = {"connection": connection, "entity": entity, "how": "person", "created_by": by}
    links = [
        Link(remote=row, local_model=sides[row.pk][0], local_id=sides[row.pk][1], is_active=row.is_active, **about)
        for row in rows
    ]
    try:
        with transaction.atomic():
            Link.objects.bulk_create(links)
    except IntegrityError:
        raise Rejected(TAKEN, code="taken") from None
    open_decisions = SyncIssue.objects.filter(remote__in=rows, kind=SyncIssue.Kind.DECISION, resolved_at=None)
    open_decisions.update(resolved_at=timezone.now())
    matching.reconsider(connection, list_of(connection, entity), [row.remote_id for row in rows])
    return len(rows)
