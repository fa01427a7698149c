"""What an agent tells of itself, and the server's word on it: active, standby or paused, and whether work waits."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from integrations import progress
from integrations.models import Connection, SyncRun
from integrations.sync import outbox

from . import hresults, reading
from .admission import activate_first, is_doubtful
from .models import Agent, Channel, Session

# Seconds between two heartbeats: often while a person waits, seldom otherwise.
SOON, SELDOM = 3, 10
# Lengths of the columns, by the names the agent uses.
COLUMNS = {"computer": 100, "version": 40, "quickbooks_user": 100, "company_file": 1000}
NAMES = ("name", "outcome", "words", "mend")
OUTCOMES = frozenset({"good", "bad", "unknown"})


def seen(agent: Agent, facts: dict[str, Any]) -> None:
    """Keeps what it tells; what it leaves out stays."""
    changes: dict[str, Any] = {"last_seen_at": timezone.now()}
    for name, length in COLUMNS.items():
        if isinstance(facts.get(name), str) and facts[name]:
            changes[name] = facts[name].replace("\x00", "")[:length]
    if "next_check" in facts:
        changes["next_check_at"] = _moment(facts["next_check"])
    if "problem" in facts:
        changes |= _problem(facts["problem"])
    Agent.objects.filter(pk=agent.pk).update(**changes)
    for name, value in changes.items():
        setattr(agent, name, value)


def _moment(text: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else None


def _problem(told: Any) -> dict[str, str]:
    """Our own words where the HRESULT is known, else the agent's."""
    if not isinstance(told, dict):
        return {"problem": "", "problem_code": ""}
    code, message = str(told.get("hresult") or "")[:40], str(told.get("message") or "")
    if code:
        return {"problem": hresults.trouble(code, message).words, "problem_code": code}
    words = f"{message} {told.get('what_to_do') or ''}".strip()
    return {"problem": words.replace("\x00", "")[:1000], "problem_code": "agent" if words else ""}


def of(agent: Agent) -> dict[str, Any]:
    """The answer to a heartbeat."""
    agent.channel.refresh_from_db()
    connection = agent.channel.connection
    active_id = activate_first(agent)
    waiting = _waiting(agent)
    asked_for = SyncRun.objects.filter(
        connection=connection, state=SyncRun.State.QUEUED, started_by__isnull=False
    ).exists()
    state = {Agent.State.PAUSED: "Paused", Agent.State.STANDBY: "Standby"}.get(agent.state(active_id), "Active")
    other = agent.channel.active
    last = Session.objects.filter(agent=agent, closed_at__isnull=False).first()
    return {
        "state": state,
        "active_computer": other.computer if other and other.pk != agent.pk else "",
        "work_waiting": waiting if state == "Active" else 0,
        "sync_requested": asked_for and state == "Active",
        "changes_found": bool(last and (last.state.get("changed") or last.state.get("posted"))),
        "activity": activity(agent),
        "interval": SOON if waiting or asked_for else SELDOM,
    }


def _waiting(agent: Agent) -> int:
    """Requests that wait for QuickBooks: lists of an open run, message sets of queued time, what is to be looked up."""
    connection = agent.channel.connection
    run = SyncRun.objects.filter(connection=connection, state__in=[SyncRun.State.QUEUED, SyncRun.State.PULLING]).first()
    reads = 0 if run is None or reading.is_pulled(run) else 1
    writes = 1 if outbox.has_ready(connection) else 0
    return reads + writes + (1 if is_doubtful(connection) else 0)


def activity(agent: Agent) -> str:
    """One line on what runs or ran last."""
    connection = agent.channel.connection
    run = SyncRun.objects.filter(connection=connection, state=SyncRun.State.PULLING).first()
    if run is not None and not reading.is_pulled(run):
        for each in progress.lists(run, progress.labels(connection)):
            if not each.finished:
                return (
                    f"{each.label}: {each.done:,} of {each.total:,}" if each.total else f"{each.label}: {each.done:,}"
                )
    last = Session.objects.filter(agent=agent).first()
    return last.summary if last else ""


def is_another_firm_s(agent: Agent, file_id: str) -> bool:
    """The file carries the stamp of books that another firm is connected to. Without a stamp that can't be known."""
    stamped = Channel.objects.filter(file_id__iexact=file_id.strip()) if file_id.strip() else Channel.objects.none()
    enabled = stamped.filter(connection__in=Connection.objects.enabled())
    return enabled.exclude(connection__firm=agent.channel.connection.firm_id).exists()


def is_other_company(agent: Agent, name: str, file: str, file_id: str) -> bool:
    """Told apart by the stamp in the file where there is one; else by name and path, of which one must be the same."""
    channel = agent.channel
    connection = channel.connection
    if file_id:
        return file_id.strip().lower() != channel.file_id.lower()
    known = connection.company_name if "legal_name" in connection.facts else ""
    same_file = bool(file) and channel.company_file.casefold() == file.casefold()
    return bool(known and name) and known.casefold() != name.casefold() and not same_file


def found(agent: Agent, facts: dict[str, Any]) -> None:
    """The company file that the agent has opened."""
    agent.refresh_from_db()
    channel = agent.channel
    channel.company_file = agent.company_file or channel.company_file
    version = facts.get("quickbooks_version")
    channel.product = version.replace("\x00", "")[:255] if isinstance(version, str) else channel.product
    channel.save(update_fields=["company_file", "product"])


def checked(agent: Agent, told: Any) -> None:
    """What the agent's own check of its set-up found, for the page."""
    listed = [each for each in told[:30] if isinstance(each, dict)] if isinstance(told, list) else []
    kept = [
        {name: str(each.get(name) or "").replace("\x00", "")[:300] for name in NAMES}
        for each in listed
        if each.get("outcome") in OUTCOMES
    ]
    Agent.objects.filter(pk=agent.pk).update(checks=kept)
