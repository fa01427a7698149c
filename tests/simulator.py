"""A QuickBooks Online simulator as a process of its own, and its control address."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Simulator:
    """Speaks the control addresses under `/_sim`; what it says happened is the truth the tests judge by."""

    def __init__(self, url: str) -> None:
        self.url = url

    def call(self, method: str, path: str, body: Any = None) -> Any:
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(
            f"{self.url}/_sim{path}", data, {"Content-Type": "application/json"}, method=method
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read() or b"null")

    def reset(self, seed: str = "empty") -> None:
        self.call("POST", "/reset", {"seed": seed})

    def config(self, **values: Any) -> Any:
        return self.call("PUT", "/config", values)

    def create_realm(self, name: str, currency: str = "USD", **values: Any) -> str:
        return str(self.call("POST", "/realms", {"name": name, "currency": currency, **values})["realm"])

    def grant(self, realm: str, client_id: str = "demo-client") -> dict[str, Any]:
        answer: dict[str, Any] = self.call("POST", f"/{realm}/grant", {"client_id": client_id})
        return answer

    def create(self, realm: str, entity: str, **fields: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.call("POST", f"/{realm}/objects/{entity}", fields)
        return answer

    def dump(self, realm: str, entity: str) -> list[dict[str, Any]]:
        answer = self.call("GET", f"/{realm}/dump/{entity}")
        rows: list[dict[str, Any]] = answer["items"]
        return rows

    def fill(self, realm: str, **sizes: int) -> None:
        self.call("POST", f"/{realm}/fill", sizes)

    def faults(self, realm: str, rules: list[dict[str, Any]]) -> None:
        self.call("PUT", f"/{realm}/faults", rules)

    def journal(self, realm: str, after: int = 0, entity: str = "") -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = self.call("GET", f"/journal?realm={realm}&after={after}&entity={entity}")[
            "entries"
        ]
        return entries

    def stats(self, *, reset: bool = False) -> dict[str, Any]:
        stats: dict[str, Any] = self.call("GET", "/stats")
        if reset:
            self.call("POST", "/stats/reset")
        return stats


@contextmanager
def running(data: Path, *options: str) -> Iterator[Simulator]:
    """A simulator on a free port for the length of the block."""
    with started("simulators.online", data, data / "simulator.log", "/_sim/config", *options) as url:
        yield Simulator(url)


@contextmanager
def started(module: str, data: Path, log: Path, asks: str, *options: str) -> Iterator[str]:
    """The address of a simulator's process, once it answers at `asks`; killed at the end of the block."""
    port = free_port()
    command = [sys.executable, "-m", module, "--port", str(port), "--data", str(data), *options]
    with log.open("ab") as written:
        process = subprocess.Popen(command, cwd=ROOT, stdout=written, stderr=written)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait(f"{url}{asks}", process)
        yield url
    finally:
        process.kill()
        process.wait()


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(400):
        if process.poll() is not None:
            raise RuntimeError(f"the simulator ended with {process.returncode}")
        try:
            urllib.request.urlopen(url, timeout=1).close()
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("the simulator did not answer in twenty seconds")
