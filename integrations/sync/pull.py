"""Pages of raw records go into the mirror; the watermark moves in the same transaction as the page it covers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from integrations.models import Connection, RemoteRecord, SyncIssue, SyncStep, Watermark

from . import mirror
from .crash import point
from .mapper import Entity
from .work import Work

PAGE = 1000
# Clocks differ, and a record may become visible later than its time says: read this much again, it costs no write.
OVERLAP = timedelta(minutes=5)


def begin(work: Work, entities: Sequence[Entity]) -> dict[str, Watermark]:
    """A step and a watermark for each entity; the watermarks by entity. Safe to call again when resumed."""
    SyncStep.objects.bulk_create(
        [SyncStep(run=work.run, entity=entity.key, order=order) for order, entity in enumerate(entities)],
        ignore_conflicts=True,
    )
    marks = [Watermark(connection=work.connection, entity=entity.key) for entity in entities]
    Watermark.objects.bulk_create(marks, ignore_conflicts=True)
    return {mark.entity: mark for mark in Watermark.objects.filter(connection=work.connection)}


def save(
    work: Work,
    entity: Entity,
    dialect: Any,
    raws: Iterable[dict[str, Any]],
    mark: Watermark,
    *,
    total: int | None = None,
    done: bool = True,
    first: bool = False,
) -> int:
    """One page, with `mark` as it is to be afterwards; the number of mirror rows written. `done`: it was the last.

    `first`: nothing of this list was ever brought over.
    """
    page = mirror.read_page(entity, dialect, raws)
    count = len(page.rows) + len(page.gone) + len(page.nameless)
    with transaction.atomic():
        work.beat()
        written = mirror.store(work.connection, entity, page, first=first)
        for words in page.nameless:
            _complain(work, entity, words)
        _advance(mark)
        step: dict[str, Any] = {"pulled": F("pulled") + count, "changed": F("changed") + written, "pulled_done": done}
        SyncStep.objects.filter(run=work.run, entity=entity.key).update(
            **step, **({} if total is None else {"total": total})
        )
        point("sync_before_page_commit")
    point("sync_after_page_commit")
    return written


def finish(work: Work, entity: Entity, mark: Watermark, total: int) -> None:
    """All pages of a list are in the mirror; `mark` as it is to be from now on."""
    with transaction.atomic():
        work.beat()
        _advance(mark)
        SyncStep.objects.filter(run=work.run, entity=entity.key).update(pulled_done=True, total=total)
    mirror.learn()


def held(connection: Connection, entity: Entity) -> int:
    """How many records of the books the mirror has."""
    return RemoteRecord.objects.filter(connection=connection, entity=entity.key, deleted_at=None).count()


def nothing_new(work: Work, entities: Sequence[Entity], marks: dict[str, Watermark], high: datetime) -> None:
    """For all entities that have no change, at once."""
    keys = [entity.key for entity in entities]
    with transaction.atomic():
        work.beat()
        Watermark.objects.filter(pk__in=[marks[key].pk for key in keys]).update(high=high, updated_at=timezone.now())
        SyncStep.objects.filter(run=work.run, entity__in=keys).update(pulled_done=True, total=F("pulled"))


def vanished(work: Work, entity: Entity, seen: set[str]) -> int:
    """After everything of an entity was read: marks what the books no longer hold; how many.

    More than 5 % and 200 at once is rather a fault than a clean-up: nothing is marked, and a person is asked.
    """
    held = RemoteRecord.objects.filter(connection=work.connection, entity=entity.key, deleted_at=None)
    gone = held.exclude(remote_id__in=seen)
    many, of = gone.count(), held.count()
    if many > 200 and many * 20 > of:
        words = f"{many} of {of} records of “{entity.label}” are no longer in the books. Nothing was changed here."
        _complain(work, entity, words, kind=SyncIssue.Kind.DECISION, code="mass_vanish")
        return 0
    return gone.update(deleted_at=timezone.now(), pending=True) if many else 0


def _advance(mark: Watermark) -> None:
    Watermark.objects.filter(pk=mark.pk).update(high=mark.high, position=mark.position, updated_at=timezone.now())


def _complain(
    work: Work, entity: Entity, words: str, *, kind: str = SyncIssue.Kind.REJECTED, code: str = "no_id"
) -> None:
    SyncIssue.objects.create(
        connection=work.connection, run=work.run, entity=entity.key, kind=kind, code=code, message=words[:2000]
    )
