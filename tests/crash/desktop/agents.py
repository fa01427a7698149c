"""Sync Agents as processes that may be killed: the agent's own session, connector and transport, forked from here."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from simulators.desktop.host import Bridge
from simulators.desktop.remote import CompanyFile
from sync_agent.configuration import Configuration
from sync_agent.connector import Connector
from sync_agent.host import Host, HostError
from sync_agent.hresults import tidy
from sync_agent.problems import Trouble, Unreachable
from sync_agent.session import Session
from sync_agent.transport import Reply, Transport
from tests.company_file import APP
from tests.crash.workers import Work

from .firm import Computer

WRITES = "TimeTrackingAdd"


@dataclass(frozen=True)
class Temper:
    """How the line and the agent behave: shares of calls that are cut or told twice, and where the agent dies.

    `dies`: "asked" with a write in hand that QuickBooks never sees, "answered" with QuickBooks' answer to it in hand.
    """

    cut_before: float = 0.0
    cut_after: float = 0.0
    twice: float = 0.0
    dies: str = ""


EVEN = Temper()


class Line(Transport):
    """A connection that is cut before the question, or before the answer; or that tells everything twice."""

    def __init__(self, temper: Temper) -> None:
        super().__init__(seconds=10, pause=0.01)
        self._temper = temper

    def _once(self, address: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        if random.random() < self._temper.cut_before:
            raise self._cut()
        reply = super()._once(address, body, headers)
        if random.random() < self._temper.twice:
            reply = super()._once(address, body, headers)
        if random.random() < self._temper.cut_after:
            raise self._cut()
        return reply

    def _cut(self) -> Unreachable:
        self.close()
        return Unreachable("The line was cut.", "")


class QuickBooks(Host):
    """The simulated company file without a process in between, so that a hundred agents a minute can be started."""

    def __init__(self, bridge: Bridge, temper: Temper) -> None:
        self._bridge, self._temper, self._ticket, self._open = bridge, temper, "", False

    def call(self, method: str, *args: Any, seconds: float | None = None) -> Any:
        writes = method == "ProcessRequest" and WRITES in str(args[1])
        self._die(writes, "asked")
        said = self._bridge.send({"id": 1, "method": method, "args": list(args)})
        self._die(writes, "answered")
        if "error" in said:
            raise HostError(tidy(said["error"]["hresult"]), said["error"]["message"])
        return said.get("result")

    def _die(self, writes: bool, where: str) -> None:
        if writes and self._temper.dies == where:
            os.kill(os.getpid(), signal.SIGKILL)

    def close(self) -> None:
        for call in (("EndSession", self._ticket), ("CloseConnection",)):
            try:
                self.call(*call)
            except HostError:
                continue


def working(computer: Computer, file: CompanyFile, address: str, seconds: float, temper: Temper = EVEN) -> Work:
    """One session after the other, for so long."""
    configuration = Configuration(
        server=address, soap_url=address, agent_id=computer.agent.username, company_file=file.path, app_name=APP
    )

    def opened() -> Host:
        return QuickBooks(Bridge(file.desktop.url, file.key, computer.name), temper)

    def work() -> None:
        os.environ["SYNC_AGENT_HOME"] = computer.home.name
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            with suppress(Trouble):
                Session(Connector(address, Line(temper)), configuration, computer.secret, opened).run()
            time.sleep(0.05)

    return work
