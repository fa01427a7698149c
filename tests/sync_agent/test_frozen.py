"""The Sync Agent frozen for this system by the recipe that makes the Windows program, and driven as a person would.

Windows programs can only be frozen on Windows; what is shown here is the recipe, and that the program has all it needs.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from simulators.remote import ROOT
from tests.simulators.desktop.caller import running_desktop
from tests.sync_agent.screen import hidden_screen
from tests.sync_agent.service import PASSWORD, SECRET, Service

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(sys.platform != "linux" or not shutil.which("objdump"), reason="binutils isn't installed"),
]
QUERY = (
    '<?xml version="1.0"?><?qbxml version="13.0"?><QBXML><QBXMLMsgsRq onError="stopOnError">'
    '<CustomerQueryRq requestID="1"><MaxReturned>2</MaxReturned></CustomerQueryRq></QBXMLMsgsRq></QBXML>'
)


@pytest.fixture(scope="session")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("frozen")
    command = [sys.executable, ROOT / "script" / "agent", "freeze", "--to", folder]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr[-3000:]
    return folder / "program" / "sync-agent"


def test_the_frozen_program_connects_syncs_shows_its_window_and_ends(
    frozen: Path, service: Service, agent_home: Path, tmp_path: Path
) -> None:
    def run(*arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Away from the sources, and without any Python of ours in its way."""
        return subprocess.run(
            [frozen, *arguments], cwd=tmp_path, input=typed, capture_output=True, text=True, timeout=120, check=False
        )

    assert run("--version").stdout == "BigTime Sync Agent 1.0.0\n"
    assert run("sync").stderr.startswith("The Sync Agent isn't connected yet.")
    with running_desktop(tmp_path, "--seed", "demo") as books:
        file = books.call("GET", "/files")["files"][0]["file"]
        books.conditions(file, access_answer="always")
        python = ["env", f"PYTHONPATH={ROOT}", sys.executable, "-m", "simulators.desktop.host", "--url", books.url]
        service.requests.append(QUERY)
        signing = ("--server", service.url, "--email", "ada@northwind.test", "--password-stdin")

        connected = run("connect", *signing, "--host", shlex.join(python), typed=PASSWORD + "\n")

        assert connected.returncode == 0, connected.stderr
        assert f"Company file: {books.path(file)}" in connected.stdout
        assert service.of("receiveResponseXML")[0].values[1].count("<CustomerRet>") == 2
        assert "✓ Company file: The right company file is open, and no other." in run("check").stdout
        if shutil.which("Xvfb"):
            _shows_its_window(frozen, run)
    assert run("reset").returncode == 0
    assert not (agent_home / "configuration.json").exists()
    log = (agent_home / "agent.log").read_text()
    assert SECRET not in log
    assert PASSWORD not in log


def _shows_its_window(frozen: Path, run: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    """tkinter came along: the window opens on a screen, the agent works behind it, and Quit ends both."""
    with hidden_screen() as display:
        process = subprocess.Popen([frozen], env={**os.environ, "DISPLAY": display})
        try:
            end = time.monotonic() + 120
            while not json.loads(run("status", "--json").stdout)["running"]:
                assert process.poll() is None
                assert time.monotonic() < end
                time.sleep(0.3)
            assert run("quit").stdout == "The Sync Agent ended.\n"
            assert process.wait(60) == 0
        finally:
            process.kill()
            process.wait()
