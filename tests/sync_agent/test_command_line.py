"""The agent without a screen: what a person types and reads."""

from __future__ import annotations

import io
import json
import shlex
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sync_agent import vault
from sync_agent.command_line import main
from sync_agent.configuration import Configuration, checked_address, load
from sync_agent.instance import OnlyOne, is_running
from sync_agent.problems import Trouble
from tests.sync_agent.service import PASSWORD, SECRET, Service

Hosts = Callable[..., tuple[str, ...]]


@pytest.fixture
def connect(service: Service, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    def run(host: tuple[str, ...], *more: str, password: str = PASSWORD) -> int:
        monkeypatch.setattr("sys.stdin", io.StringIO(password + "\n"))
        given = ["--server", service.url, "--email", "ada@northwind.test", "--password-stdin"]
        return main(["connect", *given, "--host", shlex.join(host), *more])

    return run


def test_connecting_signs_in_registers_finds_the_company_and_syncs(
    service: Service, connect: Callable[..., int], host: Hosts, capsys: pytest.CaptureFixture[str]
) -> None:
    service.requests.extend(["<A/>", "<B/>"])

    assert connect(host()) == 0

    assert service.names()[:3] == ["sign-in", "register", "company"]
    assert service.of("company")[0].facts == {
        "company_file": r"C:\Books\Northwind.qbw", "company_name": "Café Northwind", "quickbooks_user": "Admin",
        "quickbooks_version": "QuickBooks Pro 2024", "file_id": "", "automatic_login": True, "confirmed": False,
    }  # fmt: skip
    said = capsys.readouterr().out
    for words in (
        "Signed in as Ada Admin.", "Yes, Always; Allow Access Even If QuickBooks Is Not Running",
        r"Company file: C:\Books\Northwind.qbw", "QuickBooks user: Admin", "First sync: 100%",
    ):  # fmt: skip
        assert words in said
    assert load().company_name == "Café Northwind"
    assert vault.recall("agent-1") == SECRET


def test_a_wrong_password_changes_nothing(
    service: Service, connect: Callable[..., int], host: Hosts, agent_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert connect(host(), password="wrong") == 1

    assert capsys.readouterr().err == (
        "E-mail address or password is wrong.\nCheck the e-mail address and the password.\n"
    )
    assert not load().is_registered
    assert not (agent_home / "secret").exists()


def test_the_second_factor_is_asked_for(
    service: Service, connect: Callable[..., int], host: Hosts, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = service.json

    def answer(name: str, call: Any) -> tuple[int, dict[str, Any]]:
        if name == "sign-in" and call.facts["code"] != "123456":
            return 401, {"error": "code_needed", "message": "A code is needed."}
        return before(name, call)

    monkeypatch.setattr(service, "json", answer)
    monkeypatch.setattr("builtins.input", lambda question: "123456")

    assert connect(host(), "--no-first-sync") == 0
    assert [call.facts["code"] for call in service.of("sign-in")] == ["", "123456"]


def test_access_refused_in_quickbooks_leaves_a_registration_that_goes_on(
    service: Service, connect: Callable[..., int], host: Hosts, capsys: pytest.CaptureFixture[str]
) -> None:
    assert connect(host({"method": "BeginSession", "hresult": "0x80040420"})) == 1
    assert capsys.readouterr().err.startswith(
        "QuickBooks refused access: somebody answered No.\nIn QuickBooks choose Edit"
    )

    assert connect(host(), "--no-first-sync") == 0
    assert service.names().count("register") == 1


def test_another_company_file_needs_a_yes(service: Service, connect: Callable[..., int], host: Hosts) -> None:
    service.refusals["company"] = (409, {"error": "other_company", "message": "Another company was connected."})

    assert connect(host()) == 1
    assert load().company_file == ""

    service.refusals.clear()
    assert connect(host(), "--yes", "--no-first-sync") == 0
    assert service.of("company")[-1].facts["confirmed"] is True


def test_what_it_keeps_is_readable_by_nobody_else(connect: Callable[..., int], host: Hosts, agent_home: Path) -> None:
    assert connect(host()) == 0

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in agent_home.iterdir() if path.name != "running"}
    assert modes == {"configuration.json": 0o600, "secret": 0o600, "agent.log": 0o600, "status.json": 0o600}
    assert stat.S_IMODE(agent_home.stat().st_mode) == 0o700
    assert SECRET not in (agent_home / "configuration.json").read_text()


def test_the_log_holds_no_secret(service: Service, connect: Callable[..., int], host: Hosts, agent_home: Path) -> None:
    service.requests.append("<A/>")
    assert connect(host({"method": "ProcessRequest", "has": "<A/>", "hresult": "0x80040400", "message": SECRET})) == 0

    log = (agent_home / "agent.log").read_text()
    assert "Session ended: done after 1 requests" in log
    for secret in (SECRET, PASSWORD, "sign-in-token-1234", "session-ticket-0815"):
        assert secret not in log


def test_commands_before_connecting_say_so(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("sync", "pause", "resume", "run"):
        assert main([command]) == 1
        assert capsys.readouterr().err == "The Sync Agent isn't connected yet.\nRun: sync_agent connect\n"
    assert main(["status"]) == 1
    assert "Not connected" in capsys.readouterr().out


def test_sync_without_a_running_agent_syncs_here(
    service: Service, connected: Configuration, capsys: pytest.CaptureFixture[str]
) -> None:
    service.requests.append("<A/>")

    assert main(["sync"]) == 0

    assert "sync-now" in service.names()
    assert service.names().count("authenticate") == 1
    assert capsys.readouterr().out.splitlines()[-1] == "OK"


def test_sync_that_fails_says_what_to_do(
    service: Service, connected: Configuration, host: Hosts, capsys: pytest.CaptureFixture[str]
) -> None:
    service.admission = ["t-1234", ""]
    connected.with_changes(host=host({"method": "BeginSession", "hresult": "0x8004040A"}))

    assert main(["sync"]) == 1
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "Another company file is open in QuickBooks.", "Close it and open the connected company file.",
    ]  # fmt: skip


def test_only_one_runs(connected: Configuration, capsys: pytest.CaptureFixture[str], agent_home: Path) -> None:
    with OnlyOne():
        assert is_running()
        assert main(["run"]) == 1
        assert main(["sync"]) == 0
        assert (agent_home / "wish-sync").exists()
    assert not is_running()
    assert capsys.readouterr().err.startswith("The Sync Agent is running already on this computer.")


def test_pause_without_a_running_agent_holds_for_the_next(
    service: Service, connected: Configuration, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["pause"]) == 0
    assert main(["status", "--json"]) == 1
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["state"] == "Paused"
    assert main(["resume"]) == 0
    assert [call.facts["paused"] for call in service.of("pause")] == [True, False]


def test_connecting_twice_is_refused_unless_the_credentials_are_dead(
    service: Service, connect: Callable[..., int], host: Hosts, capsys: pytest.CaptureFixture[str]
) -> None:
    assert connect(host(), "--no-first-sync") == 0
    assert connect(host()) == 1
    assert r"Already connected to C:\Books\Northwind.qbw." in capsys.readouterr().err

    service.refusals["heartbeat"] = (401, {"error": "signed_out", "message": "Disabled."})
    assert connect(host(), "--no-first-sync") == 0
    assert service.names().count("register") == 2


def test_check_names_what_stands_in_the_way_and_tells_the_page(
    service: Service, connected: Configuration, host: Hosts, capsys: pytest.CaptureFixture[str]
) -> None:
    connected.with_changes(host=host({"method": "BeginSession", "hresult": "0x80040414"}))

    assert main(["check", "--json"]) == 1

    found = {one["name"]: one["outcome"] for one in json.loads(capsys.readouterr().out)}
    assert found == {
        "Windows administrator": "good", "Hosted environment": "good", "QuickBooks installed": "good",
        "QuickBooks running": "good", "No dialog open": "bad", "Company file": "unknown",
        "Signed in as Admin": "unknown", "Single-user mode": "unknown", "Access": "unknown", "BigTime": "good",
    }  # fmt: skip
    assert {one["name"]: one["outcome"] for one in service.of("report")[0].facts["checks"]} == found


def test_reset_forgets_everything_here_and_the_credentials_there(
    service: Service, connected: Configuration, agent_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["reset"]) == 0

    assert service.names() == ["sign-out"]
    assert vault.recall("agent-1") == ""
    assert sorted(path.name for path in agent_home.iterdir()) == ["running"]
    assert "Edit, Preferences, Integrated Applications, Company Preferences" in capsys.readouterr().out


def test_reset_works_without_bigtime_and_with_a_damaged_configuration(
    connected: Configuration, agent_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    connected.with_changes(server="http://127.0.0.1:9")
    assert main(["reset"]) == 0
    assert "BigTime could not be told" in capsys.readouterr().out

    (agent_home / "configuration.json").write_text("{not json")
    assert main(["status"]) == 1
    assert "can't be read" in capsys.readouterr().err
    assert main(["reset"]) == 0
    assert not (agent_home / "configuration.json").exists()


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("bigtime.example", "https://bigtime.example"),
        (" https://bigtime.example/ ", "https://bigtime.example"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://localhost:8000/", "http://localhost:8000"),
    ],
)
def test_addresses_are_read_as_people_type_them(typed: str, address: str) -> None:
    assert checked_address(typed) == address


@pytest.mark.parametrize("typed", ["", "ftp://x", "http://bigtime.example", "https://", "https://me:pw@x.example"])
def test_addresses_that_are_none_or_not_safe_are_refused(typed: str) -> None:
    with pytest.raises(Trouble):
        checked_address(typed)


def test_autostart_is_an_entry_of_the_persons_own(tmp_path: Path) -> None:
    entry = tmp_path / "config" / "autostart" / "bigtime-sync-agent.desktop"

    assert main(["autostart", "on"]) == 0
    assert " start\n" in entry.read_text()
    assert main(["autostart", "off"]) == 0
    assert not entry.exists()
