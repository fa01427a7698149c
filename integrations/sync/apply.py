"""Brings the mirror's pending rows into the PSA, a page at a time, each page in one transaction of constant SQL.

What fails alone is found by halving the page until it stands alone: it becomes an issue, the rest is written.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, InterfaceError, OperationalError, transaction
from django.db.models import F
from django.utils import timezone

from integrations import registry
from integrations.models import Connection, Link, Proposal, RemoteRecord, SyncChange, SyncRun, SyncStep
from integrations.options import Options

from . import issues, plan, psa
from .copying import copy_in
from .crash import point
from .fates import Fate, Plan, Scope
from .mapper import Entity
from .targets import Note, Rules
from .work import Work

PAGE = 1000
Action = SyncChange.Action
HOW = {"new": "created", "matched": "name"}
WHO = ("entity", "remote_id", "local_model", "local_id")
LINK_COLUMNS = ("connection_id", *WHO, "how", "state", "created_at", "is_active")
CHANGE_COLUMNS = ("run_id", *WHO, "name", "action", "fields", "at")


@dataclass(slots=True)
class Tally:
    """Records of one page, each counted once, under the weightiest thing that happened to it."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    inactivated: int = 0
    attention: int = 0


def rules_of(connection: Connection, *, whole_company: bool = False) -> Rules:
    options = Options.of(connection)
    return Rules(
        firm=connection.firm_id,
        updates=options.enable_updates,
        use_jobs=options.use_jobs,
        inactive_job_status=options.inactive_job_status,
        first_import=connection.imported_at is None,
        whole_company=whole_company,
    )


def scope_of(connection: Connection, entity: Entity, *, dry: bool = False) -> Scope:
    system = registry.get(connection.system)
    again = bool(connection.facts.get("reimport_company"))
    return Scope(connection, entity, system.dialect, rules_of(connection, whole_company=again), dry)


def everything(work: Work) -> None:
    """All pending rows of every entity, in the registry's order. Raises Stopped between pages; resumes by itself."""
    system = registry.get(work.connection.system)
    for entity in system.entities.values():
        if entity.incoming:
            _entity(work, scope_of(work.connection, entity))


def _entity(work: Work, scope: Scope) -> None:
    for page in pages(scope):
        work.check()
        with transaction.atomic():
            work.beat()
            tally = bring(work.run, scope, page)
            _count(work.run, scope.entity, tally)
            point("sync_before_apply_commit")
        point("sync_after_apply_commit")
    steps = SyncStep.objects.filter(run=work.run, entity=scope.entity.key, applied_done=False)
    steps.update(applied_done=True, unchanged=F("unchanged") + F("pulled") - F("changed"))


def pages(scope: Scope, *, among: Sequence[int] | None = None) -> Iterator[list[dict[str, Any]]]:
    """Pending rows, tops of trees first: owners are there before what they own. `among`: these, pending or not."""
    base = plan.rows(scope.connection, scope.entity)
    base = base.filter(pending=True) if among is None else base.filter(pk__in=among)
    parts = [base.filter(parent_id=""), base.exclude(parent_id="")] if scope.entity.is_tree else [base]
    for part in parts:
        last = 0
        while page := list(part.filter(pk__gt=last).order_by("pk")[:PAGE]):
            yield page
            last = page[-1]["pk"]


def bring(run: SyncRun, scope: Scope, page: list[dict[str, Any]]) -> Tally:
    """Brings one page of `plan.rows` over. Call inside a transaction; raises only when the database itself is away."""
    try:
        with transaction.atomic():
            return _write(run, scope, plan.make(scope, page))
    except (OperationalError, InterfaceError):
        raise
    except (DatabaseError, ValueError) as error:
        if len(page) == 1:
            return _refuse(run, scope, page[0], error)
    middle = len(page) // 2
    one, other = bring(run, scope, page[:middle]), bring(run, scope, page[middle:])
    return Tally(*(getattr(one, name) + getattr(other, name) for name in Tally.__slots__))


def _refuse(run: SyncRun, scope: Scope, row: dict[str, Any], error: Exception) -> Tally:
    words = f"“{row['name']}” can't be kept here as it is: {str(error).splitlines()[0][:300]}"
    issues.raise_all(scope.connection, run, scope.entity.key, [(row["pk"], Note("rejected", "refused", words))])
    RemoteRecord.objects.filter(pk=row["pk"]).update(pending=False)
    return Tally(attention=1)


def _write(run: SyncRun, scope: Scope, plans: list[Plan]) -> Tally:
    for stage in range(max((len(each.fates) for each in plans), default=0)):
        _create(scope, [(each, each.fates[stage]) for each in plans if len(each.fates) > stage], stage)
    _update(plans)
    actions = _actions(plans)
    _link(scope, plans)
    _log(run, scope, actions)
    notes = [(each.pk, note) for each in plans for note in each.notes]
    issues.raise_all(scope.connection, run, scope.entity.key, notes)
    issues.resolve_others([each.pk for each in plans], notes)
    Proposal.objects.filter(remote__in=[each.pk for each in plans if not each.needs_person]).delete()
    _settle(plans)
    return _tally(plans, actions)


def _create(scope: Scope, stages: list[tuple[Plan, Fate]], stage: int) -> None:
    new: dict[str, list[Fate]] = defaultdict(list)
    for each, fate in stages:
        if fate.how == "new":
            if fate.owner_new and stage:
                fate.owner = each.fates[0].ours
            new[fate.target.model].append(fate)
    for label, fates in new.items():
        model = psa.model_of(label)
        items = [model(firm_id=scope.rules.firm, **_columns(fate)) for fate in fates]
        for fate, item in zip(fates, model._default_manager.bulk_create(items), strict=True):
            fate.item, fate.ours = item, item.pk


def _columns(fate: Fate) -> dict[str, Any]:
    """What was left empty over there takes our default."""
    values = {column: value for column, value in fate.values.items() if value not in (None, "")}
    return values | ({f"{fate.target.within[0]}_id": fate.owner} if fate.target.within else {})


def _update(plans: list[Plan]) -> None:
    changed: dict[str, list[Fate]] = defaultdict(list)
    for fate in (fate for each in plans for fate in each.fates if fate.changes):
        for column, (_, value) in fate.changes.items():
            setattr(fate.item, column, value)
        fate.item.updated_at = timezone.now()
        changed[fate.target.model].append(fate)
    for label, fates in changed.items():
        columns = {column.removesuffix("_id") for fate in fates for column in fate.changes}
        items = [fate.item for fate in fates]
        psa.model_of(label)._default_manager.bulk_update(items, [*sorted(columns), "updated_at"])


def _actions(plans: list[Plan]) -> list[tuple[Plan, Fate, str]]:
    """What happened to each of ours, worth telling. Nothing is told of what stayed as it was."""
    told = []
    for each in plans:
        for fate in each.fates:
            action = _action(each, fate)
            if action:
                told.append((each, fate, action))
    return told


def _action(each: Plan, fate: Fate) -> str:
    was_active = each.record.was_active.get(fate.target.model) if each.record else None
    if fate.how == "new":
        return Action.CREATED
    if fate.how == "matched":
        return Action.LINKED
    if fate.how == "linked" and was_active is not None and was_active is not each.active:
        return Action.REACTIVATED if each.active else Action.INACTIVATED
    return Action.UPDATED if fate.changes else ""


def _link(scope: Scope, plans: list[Plan]) -> None:
    now = timezone.now()
    made = ((each.pk, fate) for each in plans for fate in each.fates if fate.how in ("new", "matched"))
    rows = [
        (scope.connection.pk, scope.entity.key, pk, fate.target.model, fate.ours, HOW[fate.how], Link.State.LINKED, now)
        for pk, fate in made
    ]
    copy_in(Link, LINK_COLUMNS, [(*row, True) for row in rows])
    for active in (True, False):
        turned = [each.pk for each in plans if each.active is active and _turned(each)]
        if turned:
            Link.objects.filter(remote__in=turned, is_active=not active).update(is_active=active)


def _turned(each: Plan) -> bool:
    return each.record is not None and (not each.active) in each.record.was_active.values()


def _log(run: SyncRun, scope: Scope, actions: list[tuple[Plan, Fate, str]]) -> None:
    now = timezone.now()
    rows = []
    for each, fate, action in actions:
        name = str(fate.values.get("name") or each.name)[:1024]
        fields = json.dumps({column: [_told(old), _told(new)] for column, (old, new) in fate.changes.items()})
        rows.append((run.pk, scope.entity.key, each.pk, fate.target.model, fate.ours, name, action, fields, now))
    copy_in(SyncChange, CHANGE_COLUMNS, rows)


def _told(value: Any) -> Any:
    return value if isinstance(value, str | int | bool | None) else str(value)


def _settle(plans: list[Plan]) -> None:
    """Brought over. What hit a name in use is tried again each time: the other one may be renamed meanwhile."""
    again = {each.pk for each in plans if any(note.code == "name_taken" for note in each.notes)}
    done = [each.pk for each in plans if each.pk not in again]
    RemoteRecord.objects.filter(pk__in=done).update(pending=False, waiting_for="")
    waiting = [RemoteRecord(pk=each.pk, waiting_for=each.waiting_for) for each in plans if each.waiting_for]
    if waiting:
        RemoteRecord.objects.bulk_update(waiting, ["waiting_for"])


def _tally(plans: list[Plan], actions: list[tuple[Plan, Fate, str]]) -> Tally:
    by_plan: dict[int, set[str]] = defaultdict(set)
    for each, _, action in actions:
        by_plan[each.pk].add(action)
    tally = Tally()
    for each in plans:
        happened = by_plan[each.pk]
        if each.needs_person:
            tally.attention += 1
        elif Action.CREATED in happened:
            tally.created += 1
        elif Action.INACTIVATED in happened:
            tally.inactivated += 1
        elif happened:
            tally.updated += 1
        else:
            tally.unchanged += 1
    return tally


def _count(run: SyncRun, entity: Entity, tally: Tally) -> None:
    SyncStep.objects.filter(run=run, entity=entity.key).update(
        **{name: F(name) + getattr(tally, name) for name in Tally.__slots__}
    )
