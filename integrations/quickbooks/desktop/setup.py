"""The steps from Enable to the first sync, as far as they are done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from integrations.models import Connection, SyncRun

from .models import Agent, Channel, Session


@dataclass(frozen=True, slots=True)
class Step:
    key: str
    label: str
    text: str
    done: bool
    current: bool = False


def steps(channel: Channel, agents: Sequence[Agent], run: SyncRun | None) -> list[Step]:
    """In order; the first that isn't done is the current one. `agents` are the valid ones, `run` is the newest.

    After Disable and Enable everything from Grant on is to be done again, by the computers that are registered now.
    """
    # A Sync Agent is registered by signing in; a Web Connector's name is made here, before it ever calls.
    signed_in = next((each for each in agents if each.last_seen_at or each.kind == Agent.Kind.SYNC_AGENT), None)
    connected = any(_has_opened(each, channel) for each in agents)
    synced = connected and _has_read(agents, channel.connection, run)
    facts = [
        ("enable", "Enable", _of_channel(), True),
        ("grant", "Grant", "Lets the Sync Agent read and write your company file.", channel.granted_at is not None),
        ("download", "Download Sync Agent", "Run it on the computer that runs QuickBooks.", bool(agents)),
        ("sign_in", "Begin, and sign in", _of(signed_in), signed_in is not None),
        ("connect", "Connect", channel.company_file or "In QuickBooks answer Yes, Always.", connected),
        ("sync", "Continue: first sync", "Shown first; nothing is written before you press Import.", synced),
    ]
    first_open = next((key for key, _, _, done in facts if not done), "")
    return [Step(key, label, text, done, key == first_open) for key, label, text, done in facts]


def _of_channel() -> str:
    """Without TLS, as in the demo, nothing is encrypted on the way."""
    secret = "; everything on it is encrypted" if settings.BASE_URL.startswith("https:") else ""
    return f"The channel to your company file is open{secret}."


def _has_opened(agent: Agent, channel: Channel) -> bool:
    """The Sync Agent tells its file itself; what a Web Connector opens is known of the channel."""
    known = bool(channel.company_file) or "legal_name" in channel.connection.facts
    return bool(agent.company_file) or (known and agent.last_seen_at is not None)


def _has_read(agents: Sequence[Agent], connection: Connection, run: SyncRun | None) -> bool:
    if run is not None and run.state == SyncRun.State.PREVIEW:
        return True
    visits = Session.objects.filter(agent__in=agents, closed_at__isnull=False)
    return connection.imported_at is not None and visits.exists()


def _of(agent: Agent | None) -> str:
    return f"On {agent}." if agent else "With your administrator's e-mail address and password of BigTime."


def is_done(shown: Sequence[Step]) -> bool:
    return all(each.done for each in shown)


def of(channel: Channel) -> list[Step]:
    """The steps as they are now; three statements at most."""
    agents = list(Agent.objects.valid().filter(channel=channel))
    return steps(channel, agents, SyncRun.objects.filter(connection=channel.connection).first())
