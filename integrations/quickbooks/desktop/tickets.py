"""Sessions and their tickets: opened by authenticate, found by every later call, one call at a time.

A new session of a channel ends the former ones: whatever they had handed out is looked up before anything goes again.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import connection as database
from django.db import transaction
from django.utils import timezone

from bigtime.core.prepared import Prepared

from . import continuity
from .models import Agent, Looked, Session, digest

# Starting QuickBooks and reading a long list take minutes; a session that says nothing for so long is over.
IDLE = timedelta(minutes=30)
LOCK = 471_403  # ours among the database's advisory locks
KEPT = 50  # sessions of an agent, for the page


def new() -> str:
    return secrets.token_urlsafe(24)


def open_session(agent: Agent, *, last: str = "", address: str = "") -> tuple[Session, str]:
    """A session and its ticket, which is known here only by its hash from now on. `last`: of the one before, as told.

    A call that the former session has under way is let finish: it judges by what the session looked up.
    """
    ticket = new()
    with transaction.atomic():
        # One opening after the other, so that each sees the session it ends.
        _lock("pg_advisory_xact_lock", digest(f"channel {agent.channel_id}"))
        former = Session.objects.filter(agent__channel=agent.channel_id, closed_at=None).order_by("pk")
        for sha256 in former.values_list("ticket_sha256", flat=True):
            _lock("pg_advisory_xact_lock", sha256)
        now = timezone.now()
        former.update(closed_at=now)
        Looked.objects.filter(session__agent__channel=agent.channel_id).delete()
        state = continuity.begun(agent, last, address)
        session = Session.objects.create(agent=agent, ticket_sha256=digest(ticket), seen_at=now, state=state)
        kept = Session.objects.filter(agent=agent).values_list("pk", flat=True)[:KEPT]
        Session.objects.filter(agent=agent, pk__lt=min(kept)).delete()
    return session, ticket


# Asked with every call.
_OPEN = Prepared(
    lambda ticket: (
        Session.objects.filter(ticket_sha256=ticket, closed_at=None, agent__revoked_at=None)
        .order_by()
        .select_related("agent__channel__connection__firm")
    ),
    ticket=str,
)


def find(ticket: str) -> Session | None:
    """The open session of a ticket; None when it is unknown, closed, idle for too long, or its agent no longer may."""
    found: Session | None = next(_OPEN.objects(ticket=digest(ticket)), None)
    return found if found and found.seen_at >= timezone.now() - IDLE else None


@contextmanager
def taken(ticket: str) -> Iterator[Session | None]:
    """The session, held for the length of one call: a second call with the same ticket waits for the first.

    Held before it is read, so that what the call before has written is seen. Seen now, once the caller saves it.
    """
    sha256 = digest(ticket)
    _lock("pg_advisory_lock", sha256)
    try:
        session = find(ticket)
        if session is not None:
            session.seen_at = timezone.now()
        yield session
    finally:
        _lock("pg_advisory_unlock", sha256)


def _lock(function: str, sha256: str) -> None:
    key = int.from_bytes(bytes.fromhex(sha256[:8]), signed=True)
    with database.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, %s)", [LOCK, key])


def close(session: Session, summary: str = "") -> None:
    session.closed_at = timezone.now()
    session.summary = summary[:300]
    session.save(update_fields=["closed_at", "summary"])
