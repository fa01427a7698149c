"""What bringing a page of mirror rows over would do. Only reads; a constant number of statements for any page.

`apply` carries a plan out; `matching` shows it in the preview of a first sync. So both can't disagree.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from integrations.models import Connection, Link, Proposal, RemoteRecord

from . import family, psa
from .errors import Rejected
from .fates import Fate, Plan, Scope
from .fields import First, Ours
from .mapper import Entity
from .match import match
from .targets import Incoming, Note

COLUMNS = ("pk", "remote_id", "name", "is_active", "deleted_at", "data")


def rows(connection: Connection, entity: Entity) -> Any:
    """Mirror rows as `make` takes them."""
    return RemoteRecord.objects.filter(connection=connection, entity=entity.key).values(*COLUMNS)


def make(scope: Scope, page: Sequence[dict[str, Any]]) -> list[Plan]:
    """One plan per row, in the rows' order."""
    plans = [_read(scope, row) for row in page]
    _link(scope, plans)
    _place(scope, plans)
    for plan in plans:
        if plan.record and not plan.blocked and not plan.waiting_for:
            _aim(scope, plan)
    for stage in range(max((len(plan.fates) for plan in plans), default=0)):
        stages = [(plan, plan.fates[stage]) for plan in plans if len(plan.fates) > stage]
        _load(scope, stages)
        _own(scope, stages, stage)
        match(scope, stages)
        for plan, fate in stages:
            _compare(plan, fate)
    return plans


def _read(scope: Scope, row: dict[str, Any]) -> Plan:
    active = row["is_active"] and row["deleted_at"] is None
    plan = Plan(row["pk"], row["remote_id"], row["name"], active)
    try:
        values = scope.entity.read(row["data"], scope.dialect)
    except Rejected as error:
        plan.notes.append(Note("rejected", "wrong_type", error.message))
        return plan
    plan.record = Incoming(row["pk"], row["remote_id"], row["name"], active, values)
    plan.record.path, plan.record.root = (row["name"],), row["remote_id"]
    plan.record.deleted = row["deleted_at"] is not None
    return plan


def _link(scope: Scope, plans: list[Plan]) -> None:
    by_pk = {plan.pk: plan for plan in plans}
    for link in Link.objects.filter(remote__in=by_pk):
        plan = by_pk[link.remote_id or 0]
        if link.state == Link.State.BLOCKED:
            plan.blocked = True
        elif plan.record and link.local_id is not None:
            plan.record.links[link.local_model] = link.local_id
            plan.record.was_active[link.local_model] = link.is_active
            plan.record.by_person |= {link.local_model} if link.how == "person" else set()
    wanted = Proposal.objects.filter(remote__in=by_pk, wanted=True).values_list("remote_id", flat=True)
    for pk in wanted:
        record = by_pk[pk].record
        if record:
            record.wanted = True


def _place(scope: Scope, plans: list[Plan]) -> None:
    if not scope.entity.is_tree:
        return
    places = family.places(scope.connection, scope.entity.key, [plan.remote_id for plan in plans])
    for plan in plans:
        place = places[plan.remote_id]
        if plan.record:
            plan.record.path, plan.record.root, plan.record.children = place.path, place.root, place.children
        if place.waiting_for:
            plan.waiting_for = place.waiting_for
            words = f"“{plan.name}” waits for the record it belongs to, which QuickBooks has not sent yet."
            plan.notes.append(Note("warning", "waiting", words))


def _aim(scope: Scope, plan: Plan) -> None:
    record = plan.record
    for target in scope.entity.targets(record, scope.rules) if record else []:
        values, notes = psa.fitted(target.model, target.values, target.keys)
        fate = Fate(target, values, ours=record.links.get(target.model, target.ours) if record else None)
        fate.by_person = record is not None and target.model in record.by_person
        fate.how = "linked" if fate.ours is not None else ""
        # Nothing is made of what is inactive or gone over there.
        if fate.how or (plan.active and target.create):
            plan.fates.append(fate)
            plan.notes += [*target.notes, *notes]
    if record and record.deleted and record.links:
        words = f"“{plan.name}” was deleted in QuickBooks or merged into another record. What is linked to it stays."
        plan.notes.append(Note("warning", "gone_there", words))


def _load(scope: Scope, stages: list[tuple[Plan, Fate]]) -> None:
    """Fetches what is linked. What was deleted here stays deleted."""
    for label in {fate.target.model for _, fate in stages}:
        linked = [(plan, fate) for plan, fate in stages if fate.how == "linked" and fate.target.model == label]
        items = psa.by_id(label, (fate.ours or 0 for _, fate in linked), scope.rules.firm)
        for plan, fate in linked:
            fate.item = items.get(fate.ours or 0)
            if fate.item is None:
                fate.how = "none"
                words = f"What “{plan.name}” was linked to no longer exists here. Link it anew or leave it out."
                plan.notes.append(Note("warning", "gone_here", words))


def _own(scope: Scope, stages: list[tuple[Plan, Fate]], stage: int) -> None:
    """Finds the owners: the record's own first target, or that of the top of its tree."""
    owned = [(plan, fate, *fate.target.within) for plan, fate in stages if fate.target.within]
    elsewhere = {root for plan, _, _, root in owned if root != plan.remote_id}
    for column, label in {(within, fate.target.model) for _, fate, within, _ in owned}:
        owners = _owners(scope, elsewhere, psa.owner_model(label, column))
        for plan, fate, _, root in (each for each in owned if each[2] == column and each[1].target.model == label):
            if root == plan.remote_id and stage:
                fate.owner, fate.owner_new = plan.fates[0].ours, plan.fates[0].how == "new"
            else:
                fate.owner, fate.owner_new = owners.get(root, (None, False))
            if fate.owner is None and not fate.owner_new and fate.how != "linked":
                fate.how = "none"
                # Why its own first target wasn't made is told already.
                if plan.record and plan.record.wanted and root != plan.remote_id:
                    words = f"“{plan.name}” comes in once what it belongs to is here. Create or link that too."
                    plan.notes.append(Note("decision", "new_here", words))


def _owners(scope: Scope, roots: Iterable[str], model: str) -> dict[str, tuple[int | None, bool]]:
    about = {"remote__connection": scope.connection, "remote__entity": scope.entity.key, "local_model": model}
    roots = list(roots)
    found: dict[str, tuple[int | None, bool]] = {}
    if not roots:
        return found
    if scope.dry:
        outcomes = [Proposal.Outcome.NEW, Proposal.Outcome.MATCHED]
        proposed = Proposal.objects.filter(**about, remote__remote_id__in=roots, outcome__in=outcomes)
        for root, ours in proposed.values_list("remote__remote_id", "local_id"):
            found[root] = (ours, ours is None)
    linked = Link.objects.filter(**about, remote__remote_id__in=roots, state=Link.State.LINKED)
    for root, ours in linked.values_list("remote__remote_id", "local_id"):
        found[root] = (ours, False)
    return found


def _compare(plan: Plan, fate: Fate) -> None:
    """Old value and new for what the books may change here. An empty value of theirs never erases one of ours."""
    if fate.item is None or fate.how not in ("linked", "matched"):
        return
    for column, value in fate.values.items():
        old = getattr(fate.item, column)
        if value == old or value in (None, ""):
            continue
        wins = fate.target.wins.get(column)
        # Linked by hand under another name: it was called differently on purpose.
        if wins is Ours or (column in fate.target.keys and fate.by_person and not _same(old, value)):
            continue
        if wins is not First or psa.is_default(fate.item, column, old):
            fate.changes[column] = [old, value]
    if fate.target.within and fate.owner is not None:
        attribute = f"{fate.target.within[0]}_id"
        if getattr(fate.item, attribute) != fate.owner:
            fate.changes[attribute] = [getattr(fate.item, attribute), fate.owner]


def _same(one: Any, other: Any) -> bool:
    return str(one).casefold() == str(other).casefold()
