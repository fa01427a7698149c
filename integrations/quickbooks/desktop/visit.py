"""One visit of an agent as the drivers see it: what was asked, what is known so far. Committed with every step."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from integrations.models import Connection

from .models import Session
from .qbxml import Answer


@dataclass(frozen=True, slots=True)
class Ask:
    """One message set to hand out: its text, and what to remember until it is answered. `kind` names who takes it."""

    kind: str
    text: str
    about: dict[str, Any] = field(default_factory=dict)

    def kept(self) -> dict[str, Any]:
        return {"kind": self.kind, **self.about}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came back for an ask: the answer; or, where QuickBooks processed nothing readable, the HRESULT."""

    answer: Answer | None
    hresult: str = ""
    message: str = ""


@dataclass(slots=True)
class Visit:
    """`state` is kept in the session's row: whatever must survive until the next call."""

    session: Session

    @property
    def connection(self) -> Connection:
        return self.session.agent.channel.connection

    @property
    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = self.session.state
        return found

    @property
    def number(self) -> int:
        """Of the next ask; part of the ids of reads, so that a late answer is told from the one awaited."""
        return self.session.asks + 1

    def note_found(self, number: int) -> None:
        """So many were sent in another visit, or are forgotten here, and are known only now to be in the file."""
        self.state["found"] = self.state.get("found", 0) + number

    def save(self) -> None:
        self.session.save(update_fields=["asks", "asked", "state", "answer_sha256", "percent", "last_error", "seen_at"])
