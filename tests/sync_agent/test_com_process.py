"""The child that speaks COM, as a process of its own with pywin32 replaced: what Windows would see, and killing it.

It has never been run on Windows; this shows that it calls what is documented, in that order, and reads its numbers.
"""

from __future__ import annotations

import io
import json
import os
import shlex
import sys
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from simulators.remote import ROOT
from sync_agent import continuity
from sync_agent.command_line import main
from sync_agent.company import look_at
from sync_agent.host import Host, HostError, Unanswered
from tests.simulators.desktop.caller import DesktopSimulator, running_desktop
from tests.sync_agent.service import PASSWORD, Service

FAKES = Path(__file__).with_name("fake_windows")
COMMAND = [sys.executable, "-m", "sync_agent", "com-host"]
QUERY = (
    '<?xml version="1.0"?><?qbxml version="13.0"?><QBXML><QBXMLMsgsRq onError="stopOnError">'
    '<CustomerQueryRq requestID="1"><MaxReturned>2</MaxReturned></CustomerQueryRq></QBXMLMsgsRq></QBXML>'
)


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DesktopSimulator]:
    with running_desktop(tmp_path_factory.mktemp("books"), "--seed", "demo") as simulator:
        yield simulator


@pytest.fixture
def file(books: DesktopSimulator) -> str:
    books.call("POST", "/reset", {"seed": "demo"})
    return str(books.call("GET", "/files")["files"][0]["file"])


@pytest.fixture
def called(
    books: DesktopSimulator, file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], list[list[object]]]:
    """What the child asked of Windows and QuickBooks, over all its processes."""
    journal = tmp_path / "com.jsonl"
    for name, value in (
        ("PYTHONPATH", f"{FAKES}{os.pathsep}{ROOT}"), ("FAKE_COM_URL", books.url), ("FAKE_COM_FILE", file),
        ("FAKE_COM_JOURNAL", str(journal)),
    ):  # fmt: skip
        monkeypatch.setenv(name, value)
    return lambda: [json.loads(line) for line in journal.read_text().splitlines()]


def test_a_session_is_the_documented_calls_in_the_documented_order(
    books: DesktopSimulator, file: str, called: Callable[[], list[list[object]]]
) -> None:
    books.conditions(file, access_answer="always")

    with Host(COMMAND, seconds=60) as host:
        host.open("", "BigTime Sync Agent", "")
        company = look_at(host)

    assert (company.file, company.user, company.single_user) == (books.path(file), "Admin", True)
    assert (company.major, company.minor) >= (13, 0)
    assert [name for name, *_ in called()] == [
        "CoInitialize", "Dispatch", "OpenConnection2", "PutIsReadOnly", "PutUnattendedModePref", "BeginSession",
        "ProcessRequest", "QBXMLVersionsForSession", "GetCurrentCompanyFileName", "EndSession", "CloseConnection",
        "CoUninitialize",
    ]  # fmt: skip
    assert called()[1:6] == [
        ["Dispatch", "QBXMLRP2.RequestProcessor"], ["OpenConnection2", "", "BigTime Sync Agent", 1],
        ["PutIsReadOnly", False], ["PutUnattendedModePref", 2], ["BeginSession", "", 2],
    ]  # fmt: skip


def test_connecting_and_syncing_go_through_it(
    books: DesktopSimulator, file: str, called: Callable[[], list[list[object]]], service: Service,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    books.conditions(file, access_answer="always")
    service.requests.append(QUERY)
    monkeypatch.setattr("sys.stdin", io.StringIO(PASSWORD + "\n"))
    signing = ["--server", service.url, "--email", "ada@northwind.test", "--password-stdin"]

    assert main(["connect", *signing, "--host", shlex.join(COMMAND)]) == 0, capsys.readouterr().err

    assert f"Company file: {books.path(file)}" in capsys.readouterr().out
    _, response, hresult, message = service.of("receiveResponseXML")[0].values
    assert (response.count("<CustomerRet>"), hresult, message) == (2, "", "")
    assert [name for name, *_ in called()].count("EndSession") == 2


@pytest.mark.parametrize(
    ("conditions", "number"),
    [
        ({"not_started": True}, "0x80040408"),
        ({"modal_dialog": True}, "0x80040414"),
        ({"other_file_open": True}, "0x8004040A"),
        ({"access_answer": "no"}, "0x80040420"),
        ({"signed_in_as": "Ada"}, "0x80040418"),
        ({"multi_user": True}, "0x8004041B"),
        ({"still_starting": True}, "0x80040424"),
    ],
)
def test_what_quickbooks_refuses_arrives_with_its_number(
    books: DesktopSimulator, file: str, called: Callable[[], list[list[object]]], conditions: dict[str, object],
    number: str,
) -> None:  # fmt: skip
    books.conditions(file, **conditions)

    with Host(COMMAND, seconds=60) as host, pytest.raises(HostError) as raised:
        host.open("", "BigTime Sync Agent", books.path(file))

    assert raised.value.hresult == number
    assert raised.value.message
    assert [name for name, *_ in called()][-2:] == ["CloseConnection", "CoUninitialize"]


def test_without_quickbooks_on_the_computer_the_first_call_says_so(
    called: Callable[[], list[list[object]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_COM", "missing")

    with Host(COMMAND, seconds=60) as host, pytest.raises(HostError) as raised:
        host.open("", "BigTime Sync Agent", "")

    assert (raised.value.hresult, raised.value.message) == ("0x80040154", "Class not registered")


def test_a_call_that_hangs_ends_the_process_and_nothing_else(
    books: DesktopSimulator, file: str, called: Callable[[], list[list[object]]]
) -> None:
    books.conditions(file, access_answer="always")
    host = Host(COMMAND, seconds=60)
    host.open("", "BigTime Sync Agent", "")
    books.conditions(file, slow=30)

    with pytest.raises(Unanswered, match="didn't answer ProcessRequest within 1 seconds"):
        host.call("ProcessRequest", host._ticket, QUERY, seconds=1)

    assert not Path(f"/proc/{host.pid}").exists()
    books.conditions(file, slow=0)
    began = time.monotonic()
    host.close()
    assert time.monotonic() - began < 30
    assert "EndSession" not in [name for name, *_ in called()]


def test_an_agent_that_was_killed_names_no_session_before_its_child_has_ended(
    books: DesktopSimulator, file: str, called: Callable[[], list[list[object]]]
) -> None:
    books.conditions(file, access_answer="always")
    continuity.began("ticket")
    host = Host(COMMAND, seconds=60)
    host.open("", "BigTime Sync Agent", "")
    assert continuity.last() == ""
    host.close()
    assert continuity.last() == sha256(b"ticket").hexdigest()


def test_without_pywin32_it_ends_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    host = Host(COMMAND, seconds=20)
    with pytest.raises(Unanswered, match="process ended"):
        host.open("", "BigTime Sync Agent", "")
