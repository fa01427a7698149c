"""A run as a person sees it: how far each list is, how long it may still take, what waits, what is linked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils import timezone

from . import registry
from .models import Connection, Link, RemoteRecord, SyncIssue, SyncRun, SyncStep
from .sync import linkable

LOCAL_LABELS = {
    "clients.client": "Clients",
    "clients.project": "Projects",
    "staff.staff": "Staff",
    "codes.laborcode": "Codes",
}
# Before so much is done an estimate is only noise.
ESTIMATED_FROM = 5


@dataclass(frozen=True, slots=True)
class ListProgress:
    """One list of a run. `done` of `total` counts reading, then bringing over; a total of None is not known yet.

    `previewed` is how many of it the preview of a first import shows.
    """

    label: str
    step: SyncStep
    done: int
    total: int | None
    finished: bool
    previewed: int = 0


@dataclass(frozen=True, slots=True)
class OfPosted:
    """What a run found of what was posted before, in words; `url` shows which, where they can be shown."""

    words: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class ListState:
    """One list of the books and how much of it is linked."""

    key: str
    label: str
    active: int
    inactive: int
    linked: int
    blocked: int

    @property
    def open(self) -> int:
        return self.active + self.inactive - self.linked - self.blocked


def labels(connection: Connection) -> dict[str, str]:
    """Entity key → its name on the screen; keys of a system no longer installed speak for themselves."""
    try:
        entities = registry.get(connection.system).entities
    except KeyError:
        return {}
    return {key: entity.label for key, entity in entities.items()}


def labels_read(connection: Connection) -> dict[str, str]:
    """As `labels`, of what a run reads: of a list of several kinds all, not only those that can be something here."""
    named = labels(connection)
    linked = linkable.lists(connection) if named else []
    return named | {spec.key: spec.whole_label for spec in linked if linkable.kind_path(connection, spec)}


def waits_for(connection: Connection) -> str:
    """Who must come before a queued run begins."""
    try:
        return registry.get(connection.system).waits_for or "a free worker"
    except KeyError:
        return "a free worker"


def lists(run: SyncRun, names: dict[str, str], previewed: Mapping[str, int] | None = None) -> list[ListProgress]:
    shown = previewed or {}
    return [
        _list(run, each, names.get(each.entity, each.entity), shown.get(each.entity, 0)) for each in run.steps.all()
    ]


def _list(run: SyncRun, step: SyncStep, label: str, previewed: int) -> ListProgress:
    if run.state == SyncRun.State.APPLYING:
        done = step.created + step.updated + step.unchanged + step.inactivated + step.attention
        return ListProgress(label, step, done, max(done, step.pulled) or None, step.applied_done)
    return ListProgress(label, step, step.pulled, step.total, step.pulled_done, previewed)


def of_posted(run: SyncRun) -> list[OfPosted]:
    """Empty where everything was as it had been posted."""
    ledger, errors = reverse("posting:ledger"), reverse("posting:errors")
    told = (
        (run.missing, "missing in QuickBooks", f"{ledger}?state=missing_in_quickbooks"),
        (run.changed, "changed there", f"{ledger}?state=changed_since_posted"),
        (run.back, "again as posted", ""),
        (run.unfound, "not found, too many at once to be taken for deleted", errors),
    )
    return [OfPosted(f"{number} {words}", url) for number, words, url in told if number]


def share(progress: Sequence[ListProgress]) -> int | None:
    """Percent of everything whose size is known; None while nothing is known."""
    known = [each for each in progress if each.total]
    total = sum(each.total or 0 for each in known)
    return round(100 * sum(min(each.done, each.total or 0) for each in known) / total) if total else None


def time_left(run: SyncRun, percent: int | None) -> timedelta | None:
    """How long reading may still take, at the pace so far. Importing may begin much later than the run did: None."""
    if run.state != SyncRun.State.PULLING or run.started_at is None or not percent or percent < ESTIMATED_FROM:
        return None
    return (timezone.now() - run.started_at) * (100 - percent) / percent


def linked_counts(connection: Connection) -> list[tuple[str, int]]:
    """How many of ours are linked, by kind, however often each; one statement."""
    links = Link.objects.filter(connection=connection, state=Link.State.LINKED, local_id__isnull=False)
    found = dict(links.values_list("local_model").annotate(n=Count("local_id", distinct=True)).order_by())
    return [(label, found.get(model, 0)) for model, label in LOCAL_LABELS.items()]


def list_states(connection: Connection) -> list[ListState]:
    """Every list that can be linked, with how many of its records are; two statements."""
    rows = RemoteRecord.objects.filter(linkable.of_use(connection), connection=connection, deleted_at=None)
    counts = rows.values_list("entity", "is_active").annotate(n=Count("pk")).order_by()
    held = {(entity, is_active): number for entity, is_active, number in counts}
    links = Link.objects.filter(connection=connection, remote__in=rows)
    counted = links.values_list("entity", "state").annotate(n=Count("remote", distinct=True)).order_by()
    sides = {(entity, state): number for entity, state, number in counted}
    return [
        ListState(
            spec.key,
            spec.label,
            held.get((spec.key, True), 0),
            held.get((spec.key, False), 0),
            sides.get((spec.key, Link.State.LINKED), 0),
            sides.get((spec.key, Link.State.BLOCKED), 0),
        )
        for spec in linkable.lists(connection)
    ]


def undecided(connection: Connection) -> QuerySet[SyncIssue]:
    """What needs a person."""
    open_issues = SyncIssue.objects.filter(connection=connection, resolved_at=None)
    return open_issues.exclude(kind=SyncIssue.Kind.WARNING)


def waiting(connection: Connection) -> int:
    return undecided(connection).count()
