"""Links seen and changed by a person: which of ours may be which record of the books, one by one or many at once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.fields.json import KeyTextTransform
from django.utils import timezone

from integrations import registry
from integrations.models import Connection, Link, Proposal, RemoteRecord, SyncIssue

from . import matching, psa
from .errors import Rejected
from .likeness import SURE, Names, best, words_of
from .mapper import Entity
from .matching import Suggestion

OFFERED = 60
MOST = 20
# A name's words find at most this many records to compare with.
COMPARED = 400
# Of a list that holds several kinds, the one that can be something here.
ONLY_KIND = {"item": "Service"}
# What one of ours takes over when a person makes it of a record, and what makes it of that sort.
BORROWED = ("name", "email", "phone", "number")
AS_ITSELF = {"vendor": {"kind": "contractor"}}
TAKEN = "Somebody else linked one of the two meanwhile. Look again; nothing was changed."


def spec_of(connection: Connection, entity: str) -> Entity | None:
    """None for a list that can't be linked by hand, or doesn't exist."""
    spec: Entity | None = registry.get(connection.system).entities.get(entity)
    return spec if spec is not None and spec.linkable else None


def linkable_lists(connection: Connection, model: str = "") -> list[Entity]:
    """The lists whose records can be linked (to that model of ours), in the registry's order."""
    specs = registry.get(connection.system).entities.values()
    return [spec for spec in specs if spec.linkable and (not model or model in spec.linkable)]


def of_use(connection: Connection) -> Q:
    """Which mirror rows can be something here at all: of the items only the services."""
    system, found = registry.get(connection.system), Q()
    for spec in linkable_lists(connection):
        path = spec.fields["kind"].paths.get(system.dialect.key) if spec.key in ONLY_KIND else None
        # Where the books keep each kind in a list of its own there is nothing to tell apart.
        if path:
            path = path.replace(".", "__")
            found &= ~Q(entity=spec.key) | Q(**{f"data__{path}": ONLY_KIND[spec.key]})
    return found


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


def models_for(spec: Entity, record: RemoteRecord) -> tuple[str, ...]:
    """Where a list is a tree of two kinds, only its tops can be the first kind: a job is no client."""
    below = spec.is_tree and record.parent_id and len(spec.linkable) > 1
    return spec.linkable[1:] if below else spec.linkable


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
    spec = _spec(connection, record.entity)
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
            item = rows.create(firm_id=connection.firm_id, **fits, **AS_ITSELF.get(record.entity, {}))
    except IntegrityError:
        words = f"Somebody here is called “{record}” already. Link to that one, or rename one of the two."
        raise Rejected(words, code="name_taken") from None
    link(connection=connection, record=record, local=(model, item.pk), by=by)
    return item


@transaction.atomic
def unlink(*, connection: Connection, records: Collection[int], local: tuple[str, int] | None = None) -> int:
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
            matching.reconsider(connection, _spec(connection, entity), [each for _, each in found])
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
    matching.reconsider(connection, _spec(connection, entity), [row.remote_id for row in rows])
    return len(rows)


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


def suggest(*, connection: Connection, entity: str, records: Sequence[RemoteRecord]) -> dict[int, Suggestion]:
    """For records without a link, by primary key: the likeliest of ours. Constant SQL for a page."""
    return {pk: found[0] for pk, found in _ranked(connection, entity, records, most=1, least=OFFERED + 10).items()}


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
    for model in spec.linkable:
        wanting = [each for each in open_ones if model in models_for(spec, each)]
        if not wanting:
            continue
        names = Names(dict(_unspoken(connection, entity, model).order_by().values_list("pk", "name")))
        for each in wanting:
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


def candidates(*, connection: Connection, record: RemoteRecord, model: str, asked: str = "") -> list[Suggestion]:
    """Ours that could be linked to a record: what fits the words asked for, else the likeliest; best first."""
    rows = free(connection, record.entity, model)
    owner = _owner(_spec(connection, record.entity), model)
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
    spec = _spec(connection, entity)
    if spec.is_tree and len(spec.linkable) > 1 and model == spec.linkable[0]:
        rows = rows.filter(parent_id="")
    rows = rows.filter(_words(asked or name, ["name"], asked)).defer("data").order_by("-is_active", "name", "pk")
    items = {row.pk: row for row in rows[: MOST if asked else COMPARED]}
    ranked = best(name, {pk: row.name for pk, row in items.items()}, most=MOST, least=0 if asked else OFFERED)
    return [(items[pk], score) for pk, _, score in ranked]


def links_of(connection: Connection, model: str, local_ids: Iterable[int]) -> dict[int, list[Link]]:
    """By our id, the links of ours with their remote records; one statement for any number."""
    rows = Link.objects.filter(connection=connection, local_model=model, local_id__in=list(local_ids))
    found: dict[int, list[Link]] = defaultdict(list)
    for each in rows.select_related("remote").defer("remote__data").order_by("pk"):
        found[each.local_id or 0].append(each)
    return found


def dismiss(*, connection: Connection, issues: Collection[int]) -> int:
    """Closes what a person has seen; how many. It is raised again when it is found again."""
    standing = SyncIssue.objects.filter(connection=connection, pk__in=issues, resolved_at=None)
    return standing.update(resolved_at=timezone.now())


def _owner(spec: Entity, model: str) -> str:
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


def _spec(connection: Connection, entity: str) -> Entity:
    spec: Entity = registry.get(connection.system).entities[entity]
    return spec
