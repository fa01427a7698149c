"""What is the same on both sides: proposals before the first import, decisions of a person, suggestions for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils import timezone

from integrations import registry
from integrations.models import Connection, Link, Proposal, RemoteRecord, SyncIssue

from . import apply, family, plan, psa
from .errors import Rejected
from .fates import Fate, Plan, Scope
from .linkable import above, is_by_choice
from .mapper import Entity
from .match import NEAR_TWIN
from .work import Work

Outcome = Proposal.Outcome


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One of ours that may be it; confidence in percent."""

    model: str
    local_id: int
    name: str
    confidence: int


def propose(work: Work) -> None:
    """Works out what importing every pending record would do and stores it as proposals. Writes nothing of the PSA."""
    for entity in registry.get(work.connection.system).entities.values():
        if entity.incoming:
            _propose(apply.scope_of(work.connection, entity, dry=True), work=work)


def _propose(scope: Scope, *, work: Work | None = None, among: Sequence[int] | None = None) -> None:
    for page in apply.pages(scope, among=among):
        with transaction.atomic():
            if work:
                work.check()
                work.beat()
            _store(scope, plan.make(scope, page))


def _store(scope: Scope, plans: Iterable[Plan]) -> None:
    Proposal.objects.bulk_create(
        [_proposal(scope, each) for each in plans],
        update_conflicts=True,
        unique_fields=["remote"],
        update_fields=["outcome", "local_model", "local_id", "local_name", "confidence", "note"],
    )


def _proposal(scope: Scope, each: Plan) -> Proposal:
    about: dict[str, Any] = {"connection": scope.connection, "entity": scope.entity.key, "remote_id": each.pk}
    note = "\n".join(note.message for note in each.notes)
    return Proposal(**about, outcome=_outcome(each), note=note, **(_twin(each.fates) or _first(each.fates)))


def _first(fates: Sequence[Fate]) -> dict[str, Any]:
    """What it becomes here, by the first of what it becomes."""
    names = [f"{fate.target.values.get('name', '')}" for fate in fates if fate.how == "new"]
    first = fates[0] if fates else None
    return {
        "local_model": first.target.model if first else "",
        "local_id": first.ours if first else None,
        "local_name": str(first.item if first and first.item else (names or [""])[0])[:1024],
    }


def _twin(fates: Sequence[Fate]) -> dict[str, Any] | None:
    """What it could be, where a person has to say whether it is."""
    for fate in fates:
        if fate.twin and fate.how == "none":
            twin = fate.twin
            about = {"local_id": twin.local_id, "local_name": twin.name, "confidence": twin.confidence}
            return {"local_model": fate.target.model, **about}
    return None


def _outcome(each: Plan) -> str:
    if each.blocked:
        return Outcome.EXCLUDED
    if each.needs_person:
        return Outcome.DECISION
    hows = [fate.how for fate in each.fates]
    by_how = {"linked": Outcome.LINKED, "matched": Outcome.MATCHED, "new": Outcome.NEW}
    return by_how.get(hows[0], Outcome.NONE) if hows else Outcome.NONE


def proposals(connection: Connection, entity: str, outcome: str = "") -> QuerySet[Proposal]:
    """For the preview: one list's proposals with their remote record, by name; without those that create nothing.

    `above` are the names of what the record stands under.
    """
    rows = Proposal.objects.filter(connection=connection, entity=entity).select_related("remote")
    chosen = rows.filter(outcome=outcome) if outcome else rows.exclude(outcome=Outcome.NONE)
    return chosen.annotate(above=above("remote__")).order_by("remote__name", "pk")


def counts(connection: Connection) -> dict[str, dict[str, int]]:
    """entity → outcome → number; one statement."""
    found: dict[str, dict[str, int]] = {}
    grouped = Proposal.objects.filter(connection=connection).values_list("entity", "outcome")
    for entity, outcome, number in grouped.annotate(number=Count("pk")).order_by():
        found.setdefault(entity, {})[outcome] = number
    return found


def shown_counts(connection: Connection, found: dict[str, dict[str, int]] | None = None) -> dict[str, int]:
    """entity → how many of its records the preview shows; of a list of which none comes in by itself, all.

    `found` are the `counts`, where they are known already.
    """
    shown = {}
    for entity, outcomes in (counts(connection) if found is None else found).items():
        all_but_none = sum(number for outcome, number in outcomes.items() if outcome != Outcome.NONE)
        whole = outcomes.get(Outcome.NONE, 0) if is_by_choice(connection, entity) else 0
        shown[entity] = all_but_none or whole
    return shown


@transaction.atomic
def decide(
    *,
    connection: Connection,
    entity: str,
    remotes: Sequence[int],
    decision: str,
    local: tuple[str, int] | None = None,
    by: Any = None,
) -> int:
    """A person's word on mirror rows (by primary key): "link" (to `local`), "create", "exclude" or "undo"; how many.

    It holds at once for links and is carried out by the next run; before the first import the preview follows at once.
    Raises Rejected, with nothing changed, when the record can't be linked so.
    """
    spec: Entity = registry.get(connection.system).entities[entity]
    chosen = RemoteRecord.objects.filter(connection=connection, entity=entity, pk__in=remotes)
    records = list(chosen.defer("data").order_by("pk").select_for_update())
    pks = [record.pk for record in records]
    if decision == "link":
        _link(connection, spec, records, local, by)
    else:
        # Half of a record may be linked already while the other half is the question.
        halves = asked(pks) if decision == "create" else set()
        _clear([pk for pk in pks if pk not in halves])
    if decision == "exclude":
        Link.objects.bulk_create(_blocks(connection, entity, pks, by))
    if decision == "create":
        _want(connection, entity, pks)
    SyncIssue.objects.filter(remote__in=pks, kind=SyncIssue.Kind.DECISION, resolved_at=None).update(
        resolved_at=timezone.now()
    )
    reconsider(connection, spec, [record.remote_id for record in records])
    return len(records)


def asked(pks: Sequence[int]) -> set[int]:
    """Those of the mirror rows of which it is asked whether they are something here that is called nearly so."""
    open_ones = SyncIssue.objects.filter(remote__in=pks, code=NEAR_TWIN, resolved_at=None)
    proposed = Proposal.objects.filter(remote__in=pks, outcome=Outcome.DECISION, confidence__isnull=False)
    return {pk or 0 for pk in open_ones.values_list("remote_id", flat=True)} | set(
        proposed.values_list("remote_id", flat=True)
    )


def _clear(pks: Sequence[int]) -> None:
    """Unlinks: what is here stays here, what is there stays there."""
    Link.objects.filter(remote__in=pks).delete()
    Proposal.objects.filter(remote__in=pks).update(wanted=False)


def _blocks(connection: Connection, entity: str, pks: Sequence[int], by: Any) -> list[Link]:
    about = {"connection": connection, "entity": entity, "state": Link.State.BLOCKED, "how": "person", "created_by": by}
    return [Link(remote_id=pk, **about) for pk in pks]


def _want(connection: Connection, entity: str, pks: Sequence[int]) -> None:
    Proposal.objects.bulk_create(
        [Proposal(connection=connection, entity=entity, remote_id=pk, outcome=Outcome.NEW, wanted=True) for pk in pks],
        update_conflicts=True,
        unique_fields=["remote"],
        update_fields=["wanted"],
    )


def _link(
    connection: Connection, spec: Entity, records: Sequence[RemoteRecord], local: tuple[str, int] | None, by: Any
) -> None:
    if local is None or len(records) != 1 or local[0] not in spec.linkable:
        raise Rejected("Choose one record of each side that can be the same thing.", code="not_linkable")
    model, ours = local
    record = records[0]
    if ours not in psa.by_id(model, [ours], connection.firm_id):
        raise Rejected("The chosen record no longer exists here.", code="gone_here")
    sides = Link.objects.filter(connection=connection, entity=spec.key, local_model=model, local_id=ours)
    taken = sides.exclude(remote=record).select_related("remote").first()
    if taken:
        raise Rejected(f"It is linked to “{taken.remote}” already. Unlink it there first.", code="taken")
    Link.objects.filter(remote=record, state=Link.State.BLOCKED).delete()
    Link.objects.update_or_create(
        remote=record,
        local_model=model,
        defaults={
            "connection": connection,
            "entity": spec.key,
            "local_id": ours,
            "how": "person",
            "is_active": record.is_active and record.deleted_at is None,
            "created_by": by,
        },
    )


def reconsider(connection: Connection, spec: Entity, remote_ids: Sequence[str]) -> None:
    """The records and all below them are looked at again; and their parents, for whom a job less or more may matter."""
    pks = family.descendants(connection, spec.key, remote_ids)
    rows = RemoteRecord.objects.filter(connection=connection, entity=spec.key)
    above = rows.filter(remote_id__in=remote_ids).exclude(parent_id="").values("parent_id")
    pks += rows.filter(remote_id__in=above).values_list("pk", flat=True)
    RemoteRecord.objects.filter(pk__in=pks).update(pending=True)
    if connection.imported_at is None:
        _propose(apply.scope_of(connection, spec, dry=True), among=pks)


def reconsider_all(*, connection: Connection, entity: str) -> int:
    """After a rule changed (Use jobs): every record of the list is brought over anew by the next run; how many.

    A preview that is open shows at once what importing it would do now.
    """
    again = RemoteRecord.objects.filter(connection=connection, entity=entity, pending=False).update(pending=True)
    if connection.imported_at is None and Proposal.objects.filter(remote__connection=connection).exists():
        _propose(apply.scope_of(connection, registry.get(connection.system).entities[entity], dry=True))
    return again
