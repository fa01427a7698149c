"""The Sync Agent's own session in a process of its own, counted and timed: `python -m benchmarks.carrier FACTS`."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sync_agent.configuration import Configuration
from sync_agent.connector import Connector
from sync_agent.host import Host
from sync_agent.session import Session
from sync_agent.transport import Reply, Transport

from .memory import peak

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Carried:
    """One visit: SOAP calls and message sets, seconds, megabytes at most, seconds and names of each call in order."""

    outcome: str
    words: str
    requests: int
    wall: float
    cpu: float
    megabytes: float
    calls: list[tuple[str, float]]


class Counting(Transport):
    """Notes what was called and how long each answer took."""

    def __init__(self) -> None:
        super().__init__(seconds=600)
        self.calls: list[tuple[str, float]] = []

    def post(self, address: str, body: bytes, headers: Mapping[str, str], *, tries: int = 1) -> Reply:
        began = time.perf_counter()
        reply = super().post(address, body, headers, tries=tries)
        operation = headers["SOAPAction"].strip('"').rpartition("/")[2]
        self.calls.append((operation, time.perf_counter() - began))
        return reply


def visit(facts: dict[str, Any]) -> Carried:
    """One visit by the agent's own program. `facts` are those of its configuration, `secret` and `address`."""
    command = [sys.executable, "-m", "benchmarks.carrier", json.dumps(facts)]
    told = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    if told.returncode:
        raise RuntimeError(f"The agent failed: {told.stderr[-2000:]}")
    return Carried(**json.loads(told.stdout.splitlines()[-1]))


def main(text: str) -> None:
    facts = json.loads(text)
    address, secret = facts.pop("address"), facts.pop("secret")
    settings = Configuration(**facts)
    transport = Counting()
    session = Session(Connector(address, transport), settings, secret, lambda: Host(settings.host, seconds=600))
    began, cpu = time.perf_counter(), time.process_time()
    result = session.run()
    wall, cpu = time.perf_counter() - began, time.process_time() - cpu
    told = [result.outcome, result.words, result.requests, wall, cpu, peak(), transport.calls]
    print(json.dumps(dict(zip(Carried.__slots__, told, strict=True))))


if __name__ == "__main__":
    main(sys.argv[1])
