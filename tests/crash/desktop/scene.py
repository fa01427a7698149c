"""Server, agents and company file together: what a test starts, kills, and lets come to its end."""

from __future__ import annotations

import time
import uuid
from contextlib import suppress
from dataclasses import dataclass

from integrations.models import Operation
from simulators.desktop.remote import HostError
from tests.company_file import APP
from tests.crash.workers import Worker, fork

from .agents import EVEN, Temper, working
from .firm import DesktopFirm
from .service import Service

FORGET = (
    '<?xml version="1.0"?><?qbxml version="13.0"?><QBXML>'
    '<QBXMLMsgsRq onError="stopOnError" oldMessageSetID="ClearAllMessageSets"/></QBXML>'
)
OVER = ["posted", "absent", "cancelled"]


@dataclass
class Scene:
    firm: DesktopFirm
    service: Service

    def agent(self, at: int = 0, *, seconds: float = 5.0, temper: Temper = EVEN) -> Worker:
        """A computer's agent, coming again and again."""
        self.service.start()
        computer = self.firm.computers[at]
        return fork(working(computer, self.firm.file, self.service.address, seconds, temper))

    def calm(self) -> None:
        """Nothing is wrong with QuickBooks any more."""
        self.firm.file.desktop.call("DELETE", f"/{self.firm.file.key}/faults")
        self.firm.file.conditions(quits_mid_session=0, quits_after=None, answer_lost_after_save=0, slow=0.0)

    def forget_message_sets(self) -> None:
        """QuickBooks no longer knows what it was asked last: what came of it is only in the books."""
        rp, host = self.firm.file.desktop.rp, uuid.uuid4().hex
        rp(host, "OpenConnection2", "", APP, 1)
        with suppress(HostError):
            ticket = rp(host, "BeginSession", self.firm.file.path, 2)
            rp(host, "ProcessRequest", ticket, FORGET)
        rp(host, "CloseConnection")

    def finish(self, at: int = 0, seconds: float = 60.0) -> None:
        """An agent visits until every operation has reached its end. Real waiting, no shortened quiet period."""
        self.calm()
        self.service.stop()
        until = time.monotonic() + seconds
        waiting = Operation.objects.exclude(state__in=OVER)
        agent = self.agent(at, seconds=seconds)
        while waiting.exists() and time.monotonic() < until:
            time.sleep(0.05)
        agent.kill_after(0)
        self.service.stop()
