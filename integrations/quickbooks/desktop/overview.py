"""What the Desktop page shows: how each computer is, what waits, what happened lately. A few statements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.humanize.templatetags.humanize import naturaltime
from django.db.models import Count, Q
from django.utils import timezone

from integrations.models import Connection, Operation, SyncRun
from integrations.sync.outcomes import State
from integrations.tiles import Line

from . import continuity, reading
from .models import Agent, Channel, Session

# An agent that was silent for so long is off, or has no internet.
SILENT = timedelta(minutes=5)
WORDS = {
    Agent.State.ACTIVE: ("ok", "Active"),
    Agent.State.STANDBY: ("", "Standby"),
    Agent.State.PAUSED: ("warn", "Paused"),
    Agent.State.FAILED: ("err", "Failed to open connection"),
}


@dataclass(frozen=True, slots=True)
class Computer:
    agent: Agent
    css: str
    word: str
    is_active: bool
    is_silent: bool
    twice_at: datetime | None

    @property
    def problems(self) -> list[dict[str, str]]:
        return [each for each in self.agent.checks if each.get("outcome") == "bad"]


def computers(channel: Channel) -> list[Computer]:
    now, twice = timezone.now(), continuity.twice(channel)
    found = []
    for agent in Agent.objects.valid().filter(channel=channel):
        css, word = WORDS[agent.state(channel.active_id)]
        silent = agent.last_seen_at is None or agent.last_seen_at < now - SILENT
        found.append(Computer(agent, css, word, agent.pk == channel.active_id, silent, twice.get(agent.pk)))
    return found


def of(channel: Channel) -> dict[str, Any]:
    connection = channel.connection
    run = SyncRun.objects.filter(connection=connection).first()
    waits = run is not None and run.is_open and not reading.is_pulled(run) and run.state != SyncRun.State.APPLYING
    sessions = Session.objects.filter(agent__channel=channel).select_related("agent")[:8]
    return {
        "channel": channel,
        "connection": connection,
        "computers": computers(channel),
        "run": run,
        "run_waits": waits,
        **_waiting(connection),
        "sessions": sessions,
    }


def _waiting(connection: Connection) -> dict[str, int]:
    """How many wait to be sent, and of how many it isn't known whether they arrived."""
    kinds = {"queued": [State.READY], "doubtful": [State.SENDING, State.IN_DOUBT]}
    waiting = Operation.objects.filter(
        connection=connection, state__in=[each for kind in kinds.values() for each in kind]
    )
    return waiting.aggregate(**{name: Count("pk", filter=Q(state__in=kind)) for name, kind in kinds.items()})


def lines(connection: Connection) -> list[Line]:
    """For the tiles: which computer, and when it checks next."""
    channel = Channel.objects.filter(connection=connection).select_related("active").first()
    if channel is None or channel.active is None:
        return [Line("Sync Agent", "not connected yet" if channel else "not enabled")]
    agent = channel.active
    css_word = WORDS[agent.state(agent.pk)][1]
    silent = agent.last_seen_at is None or agent.last_seen_at < timezone.now() - SILENT
    shown = [Line("Sync Agent", f"{agent}: {'silent' if silent else css_word.lower()}")]
    if agent.next_check_at is None or silent:
        return shown
    return [*shown, Line("Next check", str(naturaltime(agent.next_check_at)), agent.next_check_at)]
