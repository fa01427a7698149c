"""Connecting a firm to a company file: enabling the channel, granting it, registering computers, letting go again."""

from __future__ import annotations

import secrets
import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone

from bigtime.firm.models import Firm
from integrations import tasks
from integrations.models import Connection, SyncRun
from integrations.options import Options
from integrations.sync import former, outbox, runs
from integrations.sync.errors import Rejected

from .models import Agent, Channel, Session, digest
from .system import SYSTEM

ENVIRONMENT = "desktop"
NOT_YET = "QuickBooks company file"


def current(firm: Firm) -> Channel | None:
    """The firm's channel while it is enabled."""
    found = Channel.objects.filter(connection__in=Connection.objects.for_firm(firm).enabled().filter(system=SYSTEM))
    return found.select_related("connection__firm", "active").first()


def last_connection(firm: Firm) -> Connection | None:
    former = Connection.objects.for_firm(firm).filter(system=SYSTEM).order_by("-updated_at")
    return former.enabled().first() or former.first()


def enable(*, firm: Firm, by: Any) -> Channel:
    """The channel, open for a Grant. The former company file's is taken up again, with all its links.

    Raises Rejected while other books are connected.
    """
    with transaction.atomic():
        Firm.objects.select_for_update().get(pk=firm.pk)
        other = Connection.objects.for_firm(firm).enabled().exclude(system=SYSTEM).first()
        if other is not None:
            words = f"{firm.name} is connected to {other}. Disable that first: a firm keeps its books in one place."
            raise Rejected(words, code="other_books")
        connection = last_connection(firm) or _new(firm)
        if connection.status != Connection.Status.ACTIVE:
            connection.status, connection.pause_code, connection.pause_reason = Connection.Status.ACTIVE, "", ""
            connection.connected_by = by
            connection.save(update_fields=["status", "pause_code", "pause_reason", "connected_by", "updated_at"])
        channel, _ = Channel.objects.get_or_create(connection=connection)
        outbox.lift(connection)
        former.release(firm=firm, current=connection, by=by)
    return channel


def _new(firm: Firm, name: str = NOT_YET) -> Connection:
    """The agent decides when it checks for changes, not our clock."""
    connection = Connection.objects.create(
        firm=firm, system=SYSTEM, environment=ENVIRONMENT, company_id=uuid.uuid4().hex, company_name=name
    )
    Options(check_minutes=0).save(connection)
    return connection


def grant(*, channel: Channel, by: Any) -> None:
    """Lets programs register for this company file from now on."""
    Channel.objects.filter(pk=channel.pk, granted_at=None).update(granted_at=timezone.now(), granted_by=by)
    channel.refresh_from_db()


def register(
    *, channel: Channel, by: Any, computer: str = "", version: str = "", kind: str = Agent.Kind.SYNC_AGENT
) -> tuple[Agent, str]:
    """A program's own name and secret; the secret is told here and never again. Raises Rejected before the Grant.

    One that registers anew from the same computer takes the place of its former self.
    """
    if channel.granted_at is None:
        raise Rejected("QuickBooks Desktop is enabled, but access isn't granted yet.", code="not_granted")
    secret = secrets.token_urlsafe(24)
    with transaction.atomic():
        locked = Channel.objects.select_for_update().get(pk=channel.pk)
        same = Agent.objects.valid().filter(channel=locked, kind=kind, computer=computer[:100])
        was_active = locked.active_id is None or same.filter(pk=locked.active_id).exists()
        for former in same:
            _revoke(former)
        agent = Agent.objects.create(
            channel=locked, kind=kind, username=f"bigtime-{secrets.token_hex(6)}", secret_sha256=digest(secret),
            computer=computer[:100], version=version[:40], created_by=by,
        )  # fmt: skip
        if was_active:
            locked.active = agent
            locked.save(update_fields=["active"])
    return agent, secret


def revoke(*, agent: Agent) -> None:
    """Its name and secret are worth nothing any more; what it had under way is looked up by the next one."""
    with transaction.atomic():
        _revoke(agent)


def _revoke(agent: Agent) -> None:
    now = timezone.now()
    Agent.objects.filter(pk=agent.pk).update(revoked_at=now)
    Session.objects.filter(agent=agent, closed_at=None).update(closed_at=now)
    Channel.objects.filter(active=agent).update(active=None)


def take_over(*, agent: Agent) -> None:
    """This computer is the one that works from now on; another one's visit ends here."""
    with transaction.atomic():
        channel = Channel.objects.select_for_update().get(pk=agent.channel_id)
        if channel.active_id != agent.pk:
            others = Session.objects.filter(agent__channel=channel, closed_at=None).exclude(agent=agent)
            others.update(closed_at=timezone.now())
            channel.active = agent
            channel.save(update_fields=["active"])
        Agent.objects.filter(pk=agent.pk).update(is_paused=False)
    agent.refresh_from_db()


def sync_now(*, agent: Agent) -> SyncRun | None:
    """Takes over, and opens a run unless one is open or waits in preview. Raises Disconnected."""
    take_over(agent=agent)
    return runs.start(connection=agent.channel.connection)


def pause(*, agent: Agent, paused: bool) -> None:
    Agent.objects.filter(pk=agent.pk).update(is_paused=paused)
    agent.refresh_from_db()


def disable(*, connection: Connection) -> None:
    """Stops everything and makes all credentials worthless. Links, posted marks, mirror and queue stay."""
    with transaction.atomic():
        now = timezone.now()
        Connection.objects.filter(pk=connection.pk).update(
            status=Connection.Status.DISABLED, pause_code="", pause_reason="", updated_at=now
        )
        Agent.objects.valid().filter(channel__connection=connection).update(revoked_at=now)
        Session.objects.filter(agent__channel__connection=connection, closed_at=None).update(closed_at=now)
        Channel.objects.filter(connection=connection).update(active=None, granted_at=None, granted_by=None)
    connection.refresh_from_db()
    for run in SyncRun.objects.filter(connection=connection, state__in=[*SyncRun.OPEN, SyncRun.State.PREVIEW]):
        runs.cancel(run=run)


def accept_other(*, agent: Agent, name: str, by: Any = None) -> Channel:
    """Another company file, which a person wants: it gets a connection of its own; the former one is disabled.

    What waited to be sent to the former one is released.
    """
    last = agent.channel
    with transaction.atomic():
        firm = last.connection.firm
        disable(connection=last.connection)
        known = Connection.objects.for_firm(firm).filter(system=SYSTEM, company_name__iexact=name)
        connection = known.exclude(pk=last.connection_id).first() or _new(firm, name)
        former.release(firm=firm, current=connection, by=by or agent.created_by)
        Connection.objects.filter(pk=connection.pk).update(status=Connection.Status.ACTIVE)
        channel, _ = Channel.objects.get_or_create(connection=connection)
        Channel.objects.filter(pk=channel.pk).update(
            granted_at=timezone.now(), granted_by=by or agent.created_by, active=agent
        )
        Agent.objects.filter(pk=agent.pk).update(channel=channel, revoked_at=None)
    agent.refresh_from_db()
    tasks.hint(tasks.drain, connection.pk)
    channel.refresh_from_db()
    return channel
