"""Keeping an agent at work where nobody looks at a window: it waits for a connection, works, and waits again.

Begun once, before anything is connected. After **Quit**, after a reset, and after **Disable** in BigTime it waits for
the next connection; while another Sync Agent of this person runs, a window for instance, it stands back.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field

from sync_agent import bulletin
from sync_agent.agent import NOT_CONNECTED, Agent
from sync_agent.configuration import Configuration, load
from sync_agent.instance import OnlyOne
from sync_agent.problems import Trouble

log = logging.getLogger("sync_agent.keeping")
LOOK_SECONDS = 1.0


@dataclass
class Keeper:
    """`run` lasts until `over` is set, which a signal does from any thread."""

    over: threading.Event = field(default_factory=threading.Event)
    _done_with: str = ""

    def run(self) -> None:
        log.info("Waiting for a connection")
        while not self.over.is_set():
            settings = _connected()
            if settings is not None and settings.agent_id != self._done_with:
                self._work(settings)
            self.over.wait(LOOK_SECONDS)

    def _work(self, settings: Configuration) -> None:
        """Runs one agent to its end, if no other runs."""
        try:
            with OnlyOne():
                bulletin.granted()
                self._ticks(Agent(settings))
        except Trouble as trouble:
            if trouble.code != "running":
                raise
            return
        if not self.over.is_set():
            self._done_with = settings.agent_id

    def _ticks(self, agent: Agent) -> None:
        try:
            while not (self.over.is_set() or agent.over.is_set()):
                agent.tick()
                # Its credentials are worth nothing any more; connecting anew must find the way free.
                if agent.bulletin.state == NOT_CONNECTED:
                    break
                self.over.wait(0.5)
        finally:
            agent.leave()


def _connected() -> Configuration | None:
    try:
        settings = load()
    except Trouble as trouble:
        log.warning("%s", trouble)
        return None
    return settings if settings.is_registered and settings.company_file else None
