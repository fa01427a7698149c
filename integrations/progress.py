"""A run as a person sees it: how far each list is, what it did, what waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count

from . import registry
from .models import Connection, Link, SyncIssue, SyncRun, SyncStep

LOCAL_LABELS = {
    "clients.client": "Clients",
    "clients.project": "Projects",
    "staff.staff": "Staff",
    "codes.laborcode": "Codes",
}


@dataclass(frozen=True, slots=True)
class ListProgress:
    """One list of a run. `done` of `total` counts reading, then bringing over; a total of None is not known yet."""

    label: str
    step: SyncStep
    done: int
    total: int | None
    finished: bool


def labels(connection: Connection) -> dict[str, str]:
    """Entity key → its name on the screen; keys of a system no longer installed speak for themselves."""
    try:
        entities = registry.get(connection.system).entities
    except KeyError:
        return {}
    return {key: entity.label for key, entity in entities.items()}


def lists(run: SyncRun, names: dict[str, str]) -> list[ListProgress]:
    return [_list(run, step, names.get(step.entity, step.entity)) for step in run.steps.all()]


def _list(run: SyncRun, step: SyncStep, label: str) -> ListProgress:
    if run.state == SyncRun.State.APPLYING:
        done = step.created + step.updated + step.unchanged + step.inactivated + step.attention
        return ListProgress(label, step, done, max(done, step.pulled) or None, step.applied_done)
    return ListProgress(label, step, step.pulled, step.total, step.pulled_done)


def linked_counts(connection: Connection) -> list[tuple[str, int]]:
    """How many of ours are linked, by kind; one statement."""
    links = Link.objects.filter(connection=connection, state=Link.State.LINKED, local_id__isnull=False)
    found = dict(links.values_list("local_model").annotate(n=Count("pk")).order_by())
    return [(label, found.get(model, 0)) for model, label in LOCAL_LABELS.items()]


def waiting(connection: Connection) -> int:
    """What needs a person."""
    open_issues = SyncIssue.objects.filter(connection=connection, resolved_at=None)
    return open_issues.exclude(kind=SyncIssue.Kind.WARNING).count()


def share(progress: Sequence[ListProgress]) -> int | None:
    """Percent of everything whose size is known; None while nothing is known."""
    known = [each for each in progress if each.total]
    total = sum(each.total or 0 for each in known)
    return round(100 * sum(min(each.done, each.total or 0) for each in known) / total) if total else None
