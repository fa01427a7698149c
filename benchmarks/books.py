"""A QuickBooks simulator as a process of its own on a free port, and connections to its companies."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from bigtime.firm.models import Firm
from integrations.models import Connection
from integrations.quickbooks.online.models import Token

ROOT = Path(__file__).resolve().parent.parent


class Simulator:
    """Its control addresses, under `/_sim`."""

    def __init__(self, url: str) -> None:
        self.url = url

    def call(self, method: str, path: str, body: Any = None) -> Any:
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(
            f"{self.url}/_sim{path}", data, {"Content-Type": "application/json"}, method=method
        )
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.loads(answer.read() or b"null")

    def configure(self, **values: Any) -> None:
        self.call("PUT", "/config", values)

    def create(self, realm: str, entity: str, **fields: Any) -> str:
        answer = self.call("POST", f"/{realm}/objects/{entity}", fields)
        return str(answer.get(entity, answer)["Id"])

    def stats(self) -> dict[str, Any]:
        """What was counted since the last call of `forget`."""
        answer: dict[str, Any] = self.call("GET", "/stats")
        return answer

    def forget(self) -> None:
        self.call("POST", "/stats/reset")

    def dump(self, realm: str, entity: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.call("GET", f"/{realm}/dump/{entity}")["items"]
        return rows

    def new_company(self, name: str, **sizes: int) -> str:
        """Its realm; `sizes` are customers, jobs and time_activities to fill it with."""
        realm = str(self.call("POST", "/realms", {"name": name, "currency": "USD"})["realm"])
        if sizes:
            self.call("POST", f"/{realm}/fill", sizes)
        return realm

    def connection(self, realm: str, firm: Firm, *, imported: bool = False) -> Connection:
        """A connection with tokens, as an authorization would leave it."""
        now = timezone.now()
        connection = Connection.objects.create(
            firm=firm, system="quickbooks_online", environment="simulator", company_id=realm, company_name=firm.name,
            home_currency="USD", imported_at=now if imported else None,
        )  # fmt: skip
        answer = self.tokens(realm)
        Token.objects.create(
            connection=connection, access_token=answer["access_token"], refresh_token=answer["refresh_token"],
            access_expires_at=now + timedelta(hours=1), refresh_expires_at=now + timedelta(days=100), refreshed_at=now,
        )  # fmt: skip
        return connection

    def tokens(self, realm: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.call("POST", f"/{realm}/grant", {})
        return answer


@contextmanager
def simulator() -> Iterator[Simulator]:
    """Empty books at zero latency, for the length of the block."""
    with tempfile.TemporaryDirectory(prefix="bigtime-bench-") as folder:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        options = ["--port", str(port), "--data", folder, "--seed", "empty"]
        with Path(folder, "simulator.txt").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "simulators.online", *options], cwd=ROOT, stdout=log, stderr=log
            )
        try:
            yield _answering(Simulator(f"http://127.0.0.1:{port}"), process)
        finally:
            process.kill()
            process.wait()


def _answering(books: Simulator, process: subprocess.Popen[bytes]) -> Simulator:
    until = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < until:
        try:
            books.call("GET", "/config")
        except OSError:
            time.sleep(0.1)
        else:
            return books
    raise RuntimeError("The simulator did not start.")
