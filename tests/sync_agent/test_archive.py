"""The one-file program, built and driven as a person would, with the simulated company file for QuickBooks."""

from __future__ import annotations

import hashlib
import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from simulators.remote import ROOT
from tests.simulators.desktop.caller import DesktopSimulator, running_desktop
from tests.sync_agent.service import PASSWORD, SECRET, Service

pytestmark = pytest.mark.slow
QUERY = (
    '<?xml version="1.0"?><?qbxml version="13.0"?><QBXML><QBXMLMsgsRq onError="stopOnError">'
    '<CustomerQueryRq requestID="1"><MaxReturned>2</MaxReturned></CustomerQueryRq></QBXMLMsgsRq></QBXML>'
)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, ROOT / "script" / "agent", "build", "--to", folder], check=True, capture_output=True
    )
    return folder / "sync-agent.pyz"


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DesktopSimulator]:
    with running_desktop(tmp_path_factory.mktemp("books"), "--seed", "demo") as simulator:
        yield simulator


@pytest.fixture
def run(archive: Path, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs the program away from the sources, so that it can lean on nothing of theirs."""

    def program(*arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-I", str(archive), *arguments],
            cwd=tmp_path, input=typed, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    return program


def host_of(books: DesktopSimulator) -> str:
    return shlex.join(
        ["env", f"PYTHONPATH={ROOT}", sys.executable, "-m", "simulators.desktop.host", "--url", books.url]
    )


def test_the_same_sources_give_the_same_bytes(archive: Path, tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, ROOT / "script" / "agent", "build", "--to", tmp_path], check=True, capture_output=True
    )

    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    assert (tmp_path / "SHA256SUMS").read_text() == f"{digest}  sync-agent.pyz\n"


def test_it_connects_syncs_is_looked_at_and_reset(
    run: Callable[..., subprocess.CompletedProcess[str]], books: DesktopSimulator, service: Service, agent_home: Path
) -> None:
    file = books.call("GET", "/files")["files"][0]["file"]
    books.conditions(file, access_answer="always")
    service.requests.append(QUERY)
    signing = ("--server", service.url, "--email", "ada@northwind.test", "--password-stdin")

    connected = run("connect", *signing, "--host", host_of(books), typed=PASSWORD + "\n")

    assert connected.returncode == 0, connected.stderr
    assert f"Company file: {books.path(file)}" in connected.stdout
    _, response, hresult, message = service.of("receiveResponseXML")[0].values
    assert (hresult, message) == ("", "")
    assert response.count("<CustomerRet>") == 2
    assert "<CompanyRet>" in service.of("sendRequestXML")[0].values[1]

    service.requests.append(QUERY)
    assert run("sync").returncode == 0
    assert len(service.of("receiveResponseXML")) == 2

    checked = run("check")
    assert "✓ Company file: The right company file is open, and no other." in checked.stdout
    assert run("status").stdout.startswith("State:         Not running (was Active)")

    assert run("reset").returncode == 0
    assert not (agent_home / "configuration.json").exists()
    assert run("sync").stderr.startswith("The Sync Agent isn't connected yet.")
    log = (agent_home / "agent.log").read_text()
    assert SECRET not in log
    assert PASSWORD not in log


def test_it_runs_obeys_and_ends(
    run: Callable[..., subprocess.CompletedProcess[str]], archive: Path, connected: object, service: Service
) -> None:
    service.standing["interval"] = 1
    process = subprocess.Popen([sys.executable, "-I", str(archive), "run"], stdout=subprocess.DEVNULL)
    try:
        _until(lambda: "authenticate" in service.names())
        shown = json.loads(run("status", "--json").stdout)
        assert (shown["running"], shown["state"], shown["pid"]) == (True, "Active", process.pid)

        assert run("run").stderr.startswith("The Sync Agent is running already")
        assert run("pause").stdout == "Paused.\n"
        _until(lambda: json.loads(run("status", "--json").stdout)["state"] == "Paused")
        assert run("sync").returncode == 0
        _until(lambda: service.names().count("authenticate") == 2)

        assert run("quit").stdout == "The Sync Agent ended.\n"
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.wait()


def test_a_killed_agent_leaves_no_host_behind_and_starts_again(
    archive: Path, connected: object, service: Service, host: Callable[..., tuple[str, ...]], agent_home: Path
) -> None:
    configuration = json.loads((agent_home / "configuration.json").read_text())
    configuration["host"] = host({"method": "ProcessRequest", "has": "never", "sleep": 2})
    (agent_home / "configuration.json").write_text(json.dumps(configuration))
    service.requests.append("<never/>")
    process = subprocess.Popen([sys.executable, "-I", str(archive), "run"], stdout=subprocess.DEVNULL)
    _until(lambda: "sendRequestXML" in service.names())
    children = Path(f"/proc/{process.pid}/task").glob("*/children")
    pids = [int(pid) for path in children for pid in path.read_text().split()]
    assert pids

    process.send_signal(signal.SIGKILL)
    process.wait()

    # The host reads the end of its input as soon as QuickBooks has answered, and ends by itself.
    _until(lambda: not any(_alive(pid) for pid in pids))
    again = subprocess.Popen([sys.executable, "-I", str(archive), "run"], stdout=subprocess.DEVNULL)
    try:
        _until(lambda: service.names().count("authenticate") == 2)
    finally:
        again.terminate()
        assert again.wait(30) == 0


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"


def _until(condition: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)
