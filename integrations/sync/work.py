"""One worker's hold on one run: an advisory lock keeps others out, a fence keeps a lost one from writing.

The lock dies with the worker's database session, so that the next worker goes on at once; the fence is checked, and
the heartbeat moved, in the transaction of every page.
"""

from __future__ import annotations

import time
import traceback
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.db import DatabaseError, InterfaceError, OperationalError
from django.db import connection as database
from django.db.models import F, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from bigtime.core.audit import acting
from bigtime.core.prepared import Prepared
from integrations.models import Connection, SyncIssue, SyncRun

from .errors import AccountingError, Disconnected, Retryable

log = structlog.get_logger()
LOCK = 471_401  # ours among the database's advisory locks
MOST_ATTEMPTS = 12
State = SyncRun.State
# Desktop takes the work up anew with every page.
_RUN = Prepared(
    lambda run: SyncRun.objects.filter(pk=run).order_by().select_related("connection__firm"),
    run=int,
)


class Stopped(Exception):
    """The work ends here: `reason` is cancelled, superseded or time."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True)
class Work:
    """Valid inside `working`. `run` is this worker's copy; `until` is monotonic seconds."""

    run: SyncRun
    until: float
    cancelled: bool = False
    calls: int = 0  # made, not yet counted in the run

    @property
    def connection(self) -> Connection:
        return self.run.connection

    @property
    def mine(self) -> dict[str, object]:
        """What a statement about the run must carry to be this worker's."""
        return {"pk": self.run.pk, "fence": self.run.fence, "state__in": SyncRun.OPEN}

    def beat(self) -> None:
        """Alive, and still the one. Part of each page's transaction; raises Stopped when another took over."""
        calls, self.calls = self.calls, 0
        now = timezone.now()
        if not SyncRun.objects.filter(**self.mine).update(heartbeat_at=now, calls=F("calls") + calls, attempts=0):
            raise Stopped("superseded")

    def check(self) -> None:
        """Between pages: raises Stopped when a person cancelled or this worker's time is over."""
        if SyncRun.objects.filter(pk=self.run.pk, cancel_requested=True).exists():
            raise Stopped("cancelled")
        if time.monotonic() > self.until:
            raise Stopped("time")

    def move(self, state: str) -> None:
        """To the next state, if the run is still this worker's."""
        if not SyncRun.objects.filter(**self.mine).update(state=state, heartbeat_at=timezone.now()):
            raise Stopped("superseded")
        self.run.state = state

    def end(self, state: str, *, error: str = "", code: str = "") -> None:
        """For good, or until a person goes on: done, preview, failed or cancelled."""
        SyncRun.objects.filter(**self.mine).update(
            state=state,
            finished_at=None if state == State.PREVIEW else timezone.now(),
            heartbeat_at=None,
            calls=F("calls") + self.calls,
            error=error,
            error_code=code[:40],
        )
        self.run.state = state

    def put_down(self, *, error: str = "", code: str = "", after: float = 0.0) -> None:
        """Stays open, for the next worker, after so many seconds."""
        SyncRun.objects.filter(**self.mine).update(
            heartbeat_at=None,
            not_before=timezone.now() + timedelta(seconds=after) if after else None,
            attempts=F("attempts") + 1 if error else 0,
            calls=F("calls") + self.calls,
            error=error,
            error_code=code[:40],
        )


@contextmanager
def working(run: SyncRun, seconds: float) -> Iterator[Work | None]:
    """Work on an open run for about so many seconds; None when another worker has it or it isn't open.

    Whatever is raised inside ends in the run's state, in words; only a lost database passes through.
    """
    if not _locked("pg_try_advisory_lock", run.connection_id):
        yield None
        return
    try:
        work = _taken(run, seconds)
        if work is None:
            yield None
        else:
            with acting(user=run.started_by_id, source=f"sync {run.pk}"), _judged(work):
                yield work
    finally:
        with suppress(DatabaseError, InterfaceError):
            _locked("pg_advisory_unlock", run.connection_id)


def is_held(connection_id: int) -> bool:
    """Some living worker holds the connection's lock. Tried by taking it for the length of one statement."""
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND objid = %s AND granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            [LOCK, connection_id],
        )
        return cursor.fetchone() is not None


def _locked(function: str, connection_id: int) -> bool:
    with database.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, %s)", [LOCK, connection_id])
        return bool(cursor.fetchone()[0])


def _taken(run: SyncRun, seconds: float) -> Work | None:
    fence, now = uuid.uuid4(), timezone.now()
    taken = SyncRun.objects.filter(pk=run.pk, state__in=SyncRun.OPEN).update(
        fence=fence, heartbeat_at=now, started_at=Coalesce(F("started_at"), Value(now)), not_before=None
    )
    if not taken:
        return None
    fresh: SyncRun | None = next(_RUN.objects(run=run.pk), None)
    return Work(fresh, time.monotonic() + seconds) if fresh else None


@contextmanager
def _judged(work: Work) -> Iterator[None]:
    try:
        yield
    except Stopped as stop:
        if stop.reason == "cancelled":
            work.end(State.CANCELLED)
        elif stop.reason == "time":
            work.put_down()
    except Disconnected as error:
        _pause(work.connection, error)
        work.end(State.FAILED, error=error.message, code=error.code or "disconnected")
    except Retryable as error:
        _wait(work, error)
    except AccountingError as error:
        work.end(State.FAILED, error=error.message, code=error.code)
    except (OperationalError, InterfaceError):
        raise  # the database is away: the run stays open and the next worker goes on where this one was
    except Exception:
        log.exception("sync.bug", run=work.run.pk)
        _record_bug(work)
        work.end(State.FAILED, error="Something went wrong on our side. It was recorded; try again.", code="internal")


def _wait(work: Work, error: Retryable) -> None:
    attempts = SyncRun.objects.values_list("attempts", flat=True).get(pk=work.run.pk) + 1
    if attempts >= MOST_ATTEMPTS:
        work.end(State.FAILED, error=error.message, code=error.code)
    else:
        work.put_down(error=error.message, code=error.code, after=max(error.after or 0.0, min(2.0**attempts, 300.0)))


def _pause(connection: Connection, error: Disconnected) -> None:
    """The edge pauses a connection itself where it understands why; this is for the rest."""
    Connection.objects.filter(pk=connection.pk, status=Connection.Status.ACTIVE).update(
        status=Connection.Status.PAUSED, pause_code=error.code[:40] or "disconnected", pause_reason=error.message
    )


def _record_bug(work: Work) -> None:
    SyncIssue.objects.create(
        connection=work.connection,
        run=work.run,
        entity="",
        kind=SyncIssue.Kind.INTERNAL,
        code="internal",
        message="The update stopped because of a fault in BigTime, not in your books. Nothing was lost.",
        detail=traceback.format_exc()[-8000:],
    )
