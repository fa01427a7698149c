"""Runs: begun by a person or the clock, joined, cancelled, gone on with. One at a time, held by the database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from integrations import registry
from integrations.models import Connection, SyncRun, SyncStep
from integrations.options import Options

from . import apply, matching
from .errors import Disconnected, Rejected
from .work import Work, is_held

State = SyncRun.State


def start(*, connection: Connection, by: Any = None) -> SyncRun:
    """The run that is open or waits in preview, else a new one. Raises Disconnected when the books can't be reached."""
    _refuse_disconnected(connection)
    current = current_run(connection)
    if current:
        return current
    try:
        with transaction.atomic():
            return SyncRun.objects.create(connection=connection, started_by=by)
    except IntegrityError:
        return SyncRun.objects.get(connection=connection, state__in=SyncRun.OPEN)


def current_run(connection: Connection) -> SyncRun | None:
    """Open, or previewed and not yet imported."""
    open_or_waiting = SyncRun.objects.filter(connection=connection, state__in=[*SyncRun.OPEN, State.PREVIEW])
    return open_or_waiting.order_by("-pk").first()


def apply_now(*, connection: Connection, by: Any = None) -> SyncRun:
    """A run that only brings over what is in the mirror: after decisions, without a call to the books."""
    try:
        with transaction.atomic():
            run = SyncRun.objects.create(connection=connection, started_by=by, state=State.APPLYING)
            keys = [each.key for each in registry.get(connection.system).entities.values() if each.incoming]
            steps = [SyncStep(run=run, entity=key, order=order, pulled_done=True) for order, key in enumerate(keys)]
            SyncStep.objects.bulk_create(steps)
            return run
    except IntegrityError:
        return SyncRun.objects.get(connection=connection, state__in=SyncRun.OPEN)


def import_preview(*, run: SyncRun, by: Any = None) -> SyncRun:
    """What was previewed is imported. Twice is once. Raises Rejected for a run that isn't in preview."""
    with transaction.atomic():
        locked = SyncRun.objects.select_for_update().get(pk=run.pk)
        if locked.state == State.APPLYING:
            return locked
        if locked.state != State.PREVIEW:
            raise Rejected("This preview is no longer open. Press Update now to read the books again.", code="state")
        locked.state, locked.heartbeat_at, locked.cancel_requested = State.APPLYING, None, False
        locked.started_by = locked.started_by or by
        locked.save(update_fields=["state", "heartbeat_at", "cancel_requested", "started_by"])
    return locked


def cancel(*, run: SyncRun) -> SyncRun:
    """Stops between two pages; what is done stays done. A run that nobody works on ends at once."""
    with transaction.atomic():
        locked = SyncRun.objects.select_for_update().get(pk=run.pk)
        if locked.state == State.PREVIEW or (locked.is_open and not is_held(locked.connection_id)):
            locked.state, locked.finished_at, locked.heartbeat_at = State.CANCELLED, timezone.now(), None
        elif locked.is_open:
            locked.cancel_requested = True
        locked.save(update_fields=["state", "finished_at", "heartbeat_at", "cancel_requested"])
    return locked


def resume(*, run: SyncRun) -> SyncRun:
    """The same run goes on where it stopped; one that is open now is joined instead. Done stays done."""
    _refuse_disconnected(run.connection)
    other = SyncRun.objects.filter(connection=run.connection, state__in=SyncRun.OPEN).exclude(pk=run.pk).first()
    if other:
        return other
    try:
        with transaction.atomic():
            locked = SyncRun.objects.select_for_update().get(pk=run.pk)
            if locked.state in (State.CANCELLED, State.FAILED):
                locked.state = State.APPLYING if _was_applying(locked) else State.QUEUED
                locked.cancel_requested, locked.finished_at, locked.not_before = False, None, None
                locked.error, locked.error_code, locked.attempts = "", "", 0
                locked.save()
            return locked
    except IntegrityError:
        return SyncRun.objects.get(connection=run.connection, state__in=SyncRun.OPEN)


def _was_applying(run: SyncRun) -> bool:
    steps = list(run.steps.values_list("pulled_done", "applied_done", "created", "updated", "unchanged"))
    begun = any(applied or created or updated or same for _, applied, created, updated, same in steps)
    return bool(steps) and all(pulled for pulled, *_ in steps) and begun


def sweep() -> list[SyncRun]:
    """Open runs that nobody works on and whose time has come: a hint was lost, a worker died. Ends cancelled ones."""
    now = timezone.now()
    idle = SyncRun.objects.filter(state__in=SyncRun.OPEN, connection__status=Connection.Status.ACTIVE)
    idle = idle.filter(Q(not_before=None) | Q(not_before__lte=now)).select_related("connection")
    found = [run for run in idle if not is_held(run.connection_id)]
    for run in found:
        if run.cancel_requested:
            cancel(run=run)
    return [run for run in found if not run.cancel_requested]


def pulled(work: Work) -> None:
    """Everything was read: a first sync is previewed, a later one goes on to applying."""
    if work.connection.imported_at is None:
        matching.propose(work)
        work.end(State.PREVIEW)
    else:
        work.move(State.APPLYING)


def applied(work: Work, before_end: Callable[[SyncRun], None] | None = None) -> None:
    """Brings everything over and ends the run. It is open still while `before_end` works."""
    apply.everything(work)
    if before_end:
        before_end(work.run)
    now = timezone.now()
    with transaction.atomic():
        connection = Connection.objects.select_for_update().get(pk=work.connection.pk)
        minutes = Options.of(connection).check_minutes
        connection.last_sync_at = now
        connection.next_check_at = now + timedelta(minutes=minutes) if minutes else None
        connection.imported_at = connection.imported_at or now
        connection.facts = {key: value for key, value in connection.facts.items() if key != "reimport_company"}
        connection.save(update_fields=["last_sync_at", "next_check_at", "imported_at", "facts", "updated_at"])
        work.end(State.DONE)


def reimport_company(*, connection: Connection) -> None:
    """The next run takes the company's name, address and so on over ours, once."""
    with transaction.atomic():
        locked = Connection.objects.select_for_update().get(pk=connection.pk)
        locked.facts = {**locked.facts, "reimport_company": True}
        locked.save(update_fields=["facts", "updated_at"])
        matching.reconsider_all(connection=locked, entity="company")


def _refuse_disconnected(connection: Connection) -> None:
    status = Connection.objects.values_list("status", flat=True).get(pk=connection.pk)
    if status != Connection.Status.ACTIVE:
        words = "QuickBooks isn't connected. Connect again, then update."
        raise Disconnected(words, code="not_connected")
