"""Reads QuickBooks Online into the mirror: everything the first time, then what changed. The engine does the rest.

First time: pages of a thousand side by side. Later: one change-data-capture call for all lists.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from django.utils import timezone

from integrations import registry
from integrations.models import SyncRun, Watermark
from integrations.sync import pull, runs
from integrations.sync.mapper import Entity
from integrations.sync.work import Work, working

from . import profile
from .client import Changes, Client
from .fetching import patiently
from .loading import catch_up, load

SECONDS = 50.0  # of work for one task, which then hints again
# Change data capture looks back thirty days; past this everything is read again and compared.
LONGEST_GAP = timedelta(days=25)
COMPANY_EVERY = timedelta(days=1)


def sync(run: SyncRun, *, seconds: float = SECONDS, before_end: Callable[[SyncRun], None] | None = None) -> None:
    """Works on the run until it is done, waits for a person, or time is over. Called again, it goes on.

    `before_end` is called when everything has been brought over, before the run counts as done.

    Safe when called twice at once: the second returns without doing anything.
    """
    with working(run, seconds) as work:
        if work is None:
            return
        if work.run.state in (SyncRun.State.QUEUED, SyncRun.State.PULLING):
            work.move(SyncRun.State.PULLING)
            _pull(work)
            runs.pulled(work)
        if work.run.state == SyncRun.State.APPLYING:
            runs.applied(work, before_end)


def _pull(work: Work) -> None:
    system = registry.get(work.connection.system)
    entities = [entity for entity in system.entities.values() if entity.incoming]
    marks = pull.begin(work, entities)
    work.check()
    done = set(work.run.steps.filter(pulled_done=True).values_list("entity", flat=True))
    left = [entity for entity in entities if entity.key not in done]
    lists = [entity for entity in left if not entity.single]
    _company(work, system.dialect, [entity for entity in left if entity.single], marks)
    known = [entity for entity in lists if _is_known(marks[entity.key])]
    unknown = [entity for entity in lists if entity not in known]
    if known:
        _changes(work, system.dialect, known, marks)
    if unknown:
        load(work, system.dialect, unknown, marks)


def _is_known(mark: Watermark) -> bool:
    return mark.high is not None and not mark.position and timezone.now() - mark.high < LONGEST_GAP


def _changes(work: Work, dialect: Any, entities: Sequence[Entity], marks: dict[str, Watermark]) -> None:
    """One call tells what changed in all lists; too much for one call is asked list by list."""
    oldest = min(mark.high for mark in (marks[entity.key] for entity in entities) if mark.high)
    client = Client(work.connection, reserve_for_posts=True)
    try:
        found = patiently(lambda: client.changes([entity.online for entity in entities], oldest - pull.OVERLAP))
        work.calls += client.calls
        if found.complete:
            _save_changes(work, dialect, entities, marks, found)
            return
        for entity in entities:
            work.check()
            _changes_of_one(work, dialect, entity, marks[entity.key], client)
    finally:
        client.close()


def _save_changes(
    work: Work, dialect: Any, entities: Sequence[Entity], marks: dict[str, Watermark], found: Changes
) -> None:
    quiet = [entity for entity in entities if not found.rows.get(entity.online)]
    pull.nothing_new(work, quiet, marks, found.server_time)
    for entity in entities:
        rows = found.rows.get(entity.online)
        if rows:
            mark = marks[entity.key]
            mark.high = found.server_time
            pull.save(work, entity, dialect, rows, mark, total=len(rows))


def _changes_of_one(work: Work, dialect: Any, entity: Entity, mark: Watermark, client: Client) -> None:
    """The list alone; where even that is too much, everything changed since by query, oldest first."""
    before = client.calls
    since = (mark.high or timezone.now()) - pull.OVERLAP
    found = patiently(lambda: client.changes([entity.online], since))
    work.calls += client.calls - before
    if found.complete:
        mark.high = found.server_time
        pull.save(work, entity, dialect, found.rows[entity.online], mark)
        return
    catch_up(work, dialect, entity, mark, client)


def _company(work: Work, dialect: Any, singles: Sequence[Entity], marks: dict[str, Watermark]) -> None:
    """The company's preferences each time, its name and address once a day: both say what may be posted."""
    client = Client(work.connection, reserve_for_posts=True)
    try:
        preferences = patiently(client.preferences)
        work.calls += client.calls
        for entity in singles:
            mark = marks[entity.key]
            high = mark.high
            if high and timezone.now() - high < COMPANY_EVERY and not work.connection.facts.get("reimport_company"):
                pull.nothing_new(work, [entity], marks, high)
                continue
            info = patiently(client.company_info)
            work.calls += 1
            mark.high = timezone.now()
            pull.save(work, entity, dialect, [info], mark, total=1)
        profile.keep(work.connection, preferences)
    finally:
        client.close()
