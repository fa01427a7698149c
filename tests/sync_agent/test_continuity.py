"""The last session is named where it was held, and from no copy."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from sync_agent import continuity, first_time
from sync_agent.configuration import Configuration
from tests.sync_agent.service import Service
from tests.sync_agent.test_session import TICKET, run

HASH = hashlib.sha256(TICKET.encode()).hexdigest()


def named(service: Service) -> list[str]:
    return [call.last_session for call in service.of("authenticate")]


def test_a_session_names_the_one_before(service: Service, connected: Configuration) -> None:
    for _ in range(2):
        service.requests.append("<A/>")
        run(connected)
    assert named(service) == ["", HASH]
    # Nothing else of the conversation carries it, and the ticket itself is kept nowhere.
    assert {call.last_session for call in service.calls if call.name != "authenticate"} == {""}
    assert TICKET not in (Path(connected.path()).with_name("last-session.json")).read_text()


def test_a_session_without_work_is_none(service: Service, connected: Configuration) -> None:
    run(connected)
    assert continuity.last() == ""


def test_it_is_kept_before_anything_is_asked_for(service: Service, connected: Configuration) -> None:
    service.requests.append("<A/>")
    service.lost["sendRequestXML"] = 2
    with pytest.raises(Exception, match="doesn't answer"):
        run(connected)
    assert continuity.last() == HASH


def test_a_copied_folder_names_nothing(agent_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    continuity.began(TICKET)
    shutil.copytree(agent_home, agent_home.with_name("copy"))
    assert continuity.last() == HASH
    monkeypatch.setenv("SYNC_AGENT_HOME", str(agent_home.with_name("copy")))
    assert continuity.last() == ""
    continuity.began("its own")
    assert continuity.last() == hashlib.sha256(b"its own").hexdigest()
    monkeypatch.setenv("SYNC_AGENT_HOME", str(agent_home))
    assert continuity.last() == HASH


@pytest.mark.parametrize("other", ["socket.gethostname", "uuid.getnode"])
def test_a_folder_that_two_computers_share_names_nothing_at_the_other(
    agent_home: Path, monkeypatch: pytest.MonkeyPatch, other: str
) -> None:
    continuity.began(TICKET)
    monkeypatch.setattr(other, lambda: "another")
    assert continuity.last() == ""


@pytest.mark.parametrize(("seconds", "expected"), [(-11.0, ""), (-9.0, HASH), (0.0, HASH), (9.0, HASH), (11.0, "")])
def test_a_disk_that_was_cloned_meanwhile_is_known_by_the_moment_its_computer_was_started(
    agent_home: Path, monkeypatch: pytest.MonkeyPatch, seconds: float, expected: str
) -> None:
    monkeypatch.setattr(continuity, "_started", lambda: 1000.0)
    continuity.began(TICKET)
    monkeypatch.setattr(continuity, "_started", lambda: 1000.0 + seconds)
    assert continuity.last() == expected


@pytest.mark.parametrize("text", ["", "{}", "[1]", '["a", "b", "c"]', "\x00", '["a", [], 1, 2]', "null"])
def test_a_damaged_file_names_nothing(agent_home: Path, text: str) -> None:
    continuity.began(TICKET)
    continuity._path().write_text(text)
    assert continuity.last() == ""


def test_what_cant_be_kept_leaves_nothing_older_behind(agent_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    continuity.began(TICKET)

    def full(path: Path, text: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(continuity, "write_privately", full)
    continuity.began("the next")
    assert (continuity.last(), continuity._path().exists()) == ("", False)


def test_reset_forgets_it(service: Service, connected: Configuration) -> None:
    continuity.began(TICKET)
    first_time.reset(connected)
    assert not continuity._path().exists()


def test_it_is_for_the_user_alone(agent_home: Path) -> None:
    continuity.began(TICKET)
    assert continuity._path().stat().st_mode & 0o777 == 0o600
    assert json.loads(continuity._path().read_text())[0] == HASH
