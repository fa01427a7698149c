"""A folder of its own for every test's agent, a service to call, and a stand-in for QuickBooks' process."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sync_agent import logbook, vault
from sync_agent.configuration import Configuration
from tests.sync_agent.service import SECRET, Service, running


@pytest.fixture(autouse=True)
def agent_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """No test touches the person's own agent, keyring or autostart."""
    monkeypatch.setenv("SYNC_AGENT_HOME", str(tmp_path / "agent"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setattr(vault, "_keyring", lambda: None)
    yield tmp_path / "agent"
    logbook.stop()


@pytest.fixture
def service() -> Iterator[Service]:
    made = Service()
    server = running(made)
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture
def host(tmp_path: Path) -> Callable[..., tuple[str, ...]]:
    """`host({"method": "BeginSession", "hresult": "0x80040414"})` is the command of a host with these rules."""

    def command(*rules: dict[str, Any]) -> tuple[str, ...]:
        script = json.dumps({"rules": rules, "journal": str(tmp_path / "host.jsonl")})
        return (sys.executable, str(Path(__file__).with_name("stand_in_host.py")), script)

    return command


@pytest.fixture
def asked(tmp_path: Path) -> Callable[[], list[str]]:
    """The methods the stand-in host was called with, over all its processes."""

    def methods() -> list[str]:
        path = tmp_path / "host.jsonl"
        return [json.loads(line)["method"] for line in path.read_text().splitlines()] if path.exists() else []

    return methods


@pytest.fixture
def connected(service: Service, host: Callable[..., tuple[str, ...]]) -> Configuration:
    """An agent that was connected before, with its secret in the vault."""
    vault.keep("agent-1", SECRET)
    return Configuration().with_changes(
        server=service.url, soap_url=f"{service.url}/quickbooks/desktop/soap", agent_id="agent-1",
        email="ada@northwind.test", firm_name="Northwind", company_file=r"C:\Books\Northwind.qbw", host=host(),
        answer_seconds=20,
    )  # fmt: skip
