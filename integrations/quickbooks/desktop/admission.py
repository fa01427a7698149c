"""Who may come in, and is there anything to do? Names and secrets are checked in constant time, tries are counted."""

from __future__ import annotations

import hmac
from datetime import timedelta

from django.core.cache import cache
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from integrations.models import Connection, Operation, SyncRun
from integrations.sync import outbox, runs
from integrations.sync.errors import AccountingError

from . import reading
from .models import Agent, Channel, digest

# Wrong tries of one name from one address, and of one address; counted for so long.
TRIES, TRIES_OF_ADDRESS, MINUTES = 10, 50, 10
NOBODY = digest("nobody")
# A check more often than this brings nothing that the one before didn't.
LEAST_GAP = timedelta(minutes=3)


class TooMany(Exception):
    """So many wrong tries that no more are looked at for a while."""


def admitted(username: str, secret: str, address: str) -> Agent | None:
    """The agent, seen now; None for a wrong name or secret and for one that was revoked. Raises TooMany."""
    agent = checked(username, secret, address)
    if agent is not None:
        Agent.objects.filter(pk=agent.pk).update(last_seen_at=timezone.now())
    return agent


def checked(username: str, secret: str, address: str) -> Agent | None:
    """Raises TooMany. Takes the same time whether the name is known or not."""
    keys = {f"desktop-tries:{digest(f'{address}|{username}')}": TRIES, f"desktop-tries:{address}": TRIES_OF_ADDRESS}
    if any((cache.get(key) or 0) >= most for key, most in keys.items()):
        raise TooMany
    agent = Agent.objects.valid().filter(username=username[:40]).select_related("channel__connection__firm").first()
    right = hmac.compare_digest(agent.secret_sha256 if agent else NOBODY, digest(secret))
    if agent is None or not right:
        for key in keys:
            count_try(key)
        return None
    return agent


def count_try(key: str) -> None:
    """One more. Counted a little low when two come at once, which only lets one more through."""
    cache.set(key, (cache.get(key) or 0) + 1, MINUTES * 60)


def activate_first(agent: Agent) -> int | None:
    """The channel's active agent; the first that comes is it where there is none."""
    if agent.channel.active_id is None and not agent.is_paused:
        Channel.objects.filter(pk=agent.channel_id, active=None).update(active=agent)
        agent.channel.refresh_from_db(fields=["active"])
    active: int | None = agent.channel.active_id
    return active


def may_work(agent: Agent) -> bool:
    """The active one, not paused, of a channel that was granted and whose connection is enabled."""
    connection = agent.channel.connection
    if agent.channel.granted_at is None or agent.is_paused or not connection.is_enabled:
        return False
    return activate_first(agent) == agent.pk


def has_work(agent: Agent) -> bool:
    """Whether a session makes sense. A visit is also the check for changes: it opens a run of its own."""
    if not may_work(agent):
        return False
    connection = agent.channel.connection
    if connection.status == Connection.Status.PAUSED and not _lift_pause(connection):
        return False
    outbox.lift(connection)
    _check_for_changes(connection)
    return work_waits(connection)


def work_waits(connection: Connection) -> bool:
    """Something for an agent to do now. Changes nothing."""
    if reading.open_run(connection) is not None or outbox.has_ready(connection):
        return True
    return is_doubtful(connection)


def is_doubtful(connection: Connection) -> bool:
    """Something is to be asked for or looked up now. What was asked for already may have to wait for the look."""
    due = Q(not_before=None) | Q(not_before__lte=Now()) | ~Q(carrier__evidence__has_key="recovered")
    sent = Q(state=Operation.State.SENDING) | (Q(state=Operation.State.IN_DOUBT) & due)
    return Operation.objects.filter(sent, connection=connection).exists()


def _lift_pause(connection: Connection) -> bool:
    """What paused it was seen at the company file; only there it shows whether it is over, so the visit may try."""
    if connection.pause_code not in ("other_company", "other_currency"):
        return False
    Connection.objects.filter(pk=connection.pk, status=Connection.Status.PAUSED).update(
        status=Connection.Status.ACTIVE, pause_code="", pause_reason=""
    )
    connection.refresh_from_db()
    return True


def _check_for_changes(connection: Connection) -> None:
    if runs.current_run(connection) is not None:
        return
    newest = SyncRun.objects.filter(connection=connection).order_by("-pk").first()
    recent = newest is not None and newest.created_at > timezone.now() - LEAST_GAP
    # A person who cancelled or dropped the first sync is not overruled by the clock.
    if recent or (connection.imported_at is None and newest is not None):
        return
    try:
        runs.start(connection=connection)
    except AccountingError:
        return
