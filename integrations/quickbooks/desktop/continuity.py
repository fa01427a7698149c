"""Whether two sessions were held at one computer; QuickBooks does one thing after the other there.

Name and secret don't tell: they lie in a folder that can be copied, on a disk that can be cloned. So the Sync Agent
proves it, by naming with each session the ticket of the one before, which only that computer was told. Sessions that
follow on from each other make a line, and whoever names nothing begins a new one. Intuit's Web Connector can prove
nothing: its line is made of signs, what it tells of QuickBooks and where it calls from.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max
from django.utils import timezone

from .models import Agent, Channel, Session, digest
from .visit import Visit

# The HTTP header that comes with authenticate: the SHA-256 of the last session's ticket, in hexadecimal.
HEADER = "BigTime-Last-Session"
SEPARATOR = "."
SHOWN = timedelta(days=1)


def begun(agent: Agent, named: str, address: str) -> dict[str, Any]:
    """What a new session knows of its line. `named`: the hash of the ticket it follows on from, as told."""
    if agent.kind == Agent.Kind.WEB_CONNECTOR:
        return {"address": digest(address)}
    former = Session.objects.filter(agent__channel=agent.channel_id, ticket_sha256=named).first() if named else None
    if former is None:
        return {"line": uuid.uuid4().hex}
    # One that was opened and never used: its ticket may have been lost on the way.
    if Session.objects.filter(agent=former.agent_id, pk__gt=former.pk, asks__gt=0).exists():
        return {"line": uuid.uuid4().hex, "twice": former.agent_id == agent.pk}
    return {"line": former.state.get("line") or uuid.uuid4().hex}


def judged(visit: Visit) -> None:
    """Once the company is known, so are the signs of a session that nothing is proven of."""
    if "line" in visit.state:
        return
    told = [visit.state.get("company_file", ""), visit.state.get("product", "")]
    books = digest("\n".join(told))
    before = Session.objects.filter(agent=visit.session.agent_id).exclude(pk=visit.session.pk)
    lines = [each.partition(SEPARATOR)[0] for each in before.values_list("state__line", flat=True) if each]
    visit.state["line"] = f"{books}{SEPARATOR}{visit.state.get('address', '')}"
    # Where it calls from changes by itself; back and forth between two QuickBooks it doesn't go.
    if lines and lines[0] != books and books in lines:
        visit.state["twice"] = True


def is_same(visit: Visit, line: str | None) -> bool:
    return line is not None and line == visit.state.get("line")


def twice(channel: Channel) -> dict[int, datetime]:
    """Agents that were lately seen at two computers in turn, and when last.

    A lost configuration, a crash and a reset name nothing; only of two that take turns one names what is not the last.
    """
    seen = Session.objects.filter(agent__channel=channel, state__twice=True, created_at__gt=timezone.now() - SHOWN)
    return dict(seen.order_by().values_list("agent").annotate(Max("created_at")))
