"""A simulator as a process of its own, and the calls of its control address: for tests, benchmarks and the curious.

Standard library only.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
# Filling a large company is one call.
CALL_SECONDS = 600
START_SECONDS = 60


class Control:
    """The control addresses under ``/_sim``; what they say happened is the truth that others are judged by."""

    def __init__(self, url: str) -> None:
        self.url = url

    def call(self, method: str, path: str, body: Any = None) -> Any:
        return self.ask(method, f"/_sim{path}", body)

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """What any address of the simulator answers to ``body`` as JSON. Raises HTTPError where it refuses."""
        data = json.dumps(body).encode() if body is not None else None
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}{path}", data, headers, method=method)  # noqa: S310
        with urllib.request.urlopen(request, timeout=CALL_SECONDS) as answer:  # noqa: S310
            return json.loads(answer.read() or b"null")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def started(module: str, data: Path, log: Path, asks: str, *options: str) -> Iterator[str]:
    """The address of a simulator's process, once it answers at ``asks``; killed at the end of the block."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with answering(["-m", module, "--port", str(port), "--data", str(data), *options], log, f"{url}{asks}"):
        yield url


@contextmanager
def answering(
    options: list[str], log: Path, url: str, environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A Python process, once ``url`` answers; killed at the end of the block."""
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, *options], cwd=ROOT, stdout=out, stderr=out, env={**os.environ, **(environment or {})}
        )
    try:
        _wait(process, url)
        yield process
    finally:
        process.kill()
        process.wait()


def _wait(process: subprocess.Popen[bytes], url: str) -> None:
    until = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < until:
        try:
            urllib.request.urlopen(url, timeout=1).close()  # noqa: S310
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"{process.args!r} did not answer at {url}.")
