"""The running agent: what it does at a tick, with its clock in our hands."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sync_agent import bulletin
from sync_agent.agent import Agent
from sync_agent.configuration import Configuration
from tests.sync_agent.service import Service

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
Hosts = Callable[..., tuple[str, ...]]


@dataclass
class Run:
    """An agent and its clock."""

    configuration: Configuration
    now: datetime = NOON
    agent: Agent = field(init=False)

    def __post_init__(self) -> None:
        self.agent = Agent(self.configuration, clock=lambda: self.now)

    def until_idle(self, *wishes: str) -> bulletin.Bulletin:
        """Ticks until no session runs; a session takes no time on our clock."""
        for wish in wishes:
            self.agent.wish(wish)
        self.agent.tick()
        for _ in range(600):
            if self.agent._session is None:
                break
            time.sleep(0.02)
            self.agent.tick()
        return self.agent.bulletin

    def minutes(self) -> float:
        """Until the next check."""
        return (datetime.fromisoformat(self.agent.bulletin.next_check) - self.now) / timedelta(minutes=1)

    def later(self, **time_passed: float) -> bulletin.Bulletin:
        self.now += timedelta(**time_passed)
        return self.until_idle()


@pytest.fixture
def running(connected: Configuration) -> Iterator[Callable[..., Run]]:
    made: list[Run] = []

    def make(**changes: Any) -> Run:
        made.append(Run(replace(connected, **changes)))
        return made[-1]

    yield make
    for run in made:
        run.agent.leave(5)


def test_a_started_agent_checks_at_once_and_then_by_the_schedule(service: Service, running: Callable[..., Run]) -> None:
    service.requests.append("<A/>")
    run = running()

    assert run.until_idle().state == "Active"
    assert (run.minutes(), service.names().count("authenticate")) == (4, 1)

    found = []
    for _ in range(8):
        service.admission = ["t-1234", "none"]
        run.later(minutes=run.minutes())
        found.append(run.minutes())
    assert found == [8, 16, 32, 64, 128, 240, 4, 8]
    assert service.names().count("authenticate") == 9


def test_changes_found_bring_it_back_to_four_minutes(service: Service, running: Callable[..., Run]) -> None:
    service.admission = ["t-1234", "none"]
    run = running()
    run.until_idle()
    run.later(minutes=4)
    assert run.minutes() == 8
    service.admission, service.standing["changes_found"] = ["t-1234", ""], True
    service.requests.append("<A/>")

    run.later(minutes=8)

    assert run.minutes() == 4
    assert run.agent.bulletin.last_sync == run.now.isoformat()


def test_before_its_time_nothing_is_asked_but_heartbeats(service: Service, running: Callable[..., Run]) -> None:
    run = running()
    run.until_idle()
    service.calls.clear()

    run.later(minutes=3, seconds=59)

    assert service.names() == ["heartbeat"]


def test_work_waiting_and_update_now_do_not_wait_for_the_schedule(
    service: Service, running: Callable[..., Run]
) -> None:
    service.admission = ["t-1234", "none"]
    run = running()
    run.until_idle()
    service.standing["work_waiting"] = 3

    run.later(minutes=1)
    assert service.names().count("authenticate") == 2

    service.standing = {"state": "Active", "sync_requested": True, "interval": 60}
    run.later(minutes=1)
    run.later(minutes=1)
    assert service.names().count("authenticate") >= 3
    assert run.minutes() <= 4


def test_a_standby_agent_leaves_the_books_alone_until_sync_now(service: Service, running: Callable[..., Run]) -> None:
    service.standing = {"state": "Standby", "active_computer": "FRONT-DESK", "interval": 60}
    run = running()

    shown = run.until_idle()

    assert (shown.state, shown.words, shown.mend) == (
        "Standby", "FRONT-DESK runs the active Sync Agent.", "Sync now takes over.",
    )  # fmt: skip
    assert service.names() == ["heartbeat"]

    service.standing = {"state": "Active", "interval": 60}
    run.until_idle("sync")
    assert service.names()[1] == "sync-now"
    assert "authenticate" in service.names()


def test_without_the_internet_it_stands_by_and_comes_back(service: Service, running: Callable[..., Run]) -> None:
    service.lost["heartbeat"] = 2
    run = running()

    assert run.until_idle().state == "Standby"
    assert "authenticate" not in service.names()

    assert run.later(seconds=31).state == "Active"
    assert "authenticate" in service.names()


def test_a_pause_survives_the_program_and_ends_with_resume(service: Service, running: Callable[..., Run]) -> None:
    run = running()
    assert run.until_idle("pause").state == "Paused"
    assert service.of("pause")[0].facts == {"paused": True}
    assert "authenticate" not in service.names()

    again = running()
    assert again.later(hours=5).state == "Paused"
    assert "authenticate" not in service.names()

    assert again.until_idle("resume").state == "Active"
    assert service.of("pause")[-1].facts == {"paused": False}
    assert "authenticate" in service.names()


def test_a_pause_from_bigtime_is_obeyed(service: Service, running: Callable[..., Run]) -> None:
    service.standing["state"] = "Paused"

    assert running().until_idle().state == "Paused"
    assert "authenticate" not in service.names()


def test_quickbooks_trouble_is_shown_told_and_tried_again_later(
    service: Service, running: Callable[..., Run], host: Hosts
) -> None:
    service.admission = ["t-1234", ""]
    run = running(host=host({"method": "BeginSession", "hresult": "0x8004041A"}))

    shown = run.until_idle()

    assert (shown.state, shown.words) == (
        "Failed to open connection", "The Sync Agent has no permission for this company file.",
    )  # fmt: skip
    told = service.of("heartbeat")[-1].facts
    assert (told["state"], told["problem"]["hresult"]) == ("failed", "0x8004041A")
    assert run.minutes() == 4

    service.standing["work_waiting"] = 1
    run.later(seconds=30)
    assert service.names().count("authenticate") == 1
    run.later(seconds=31)
    assert service.names().count("authenticate") == 2


def test_credentials_worth_nothing_stop_it_until_they_are_worth_something(
    service: Service, running: Callable[..., Run]
) -> None:
    service.refusals["heartbeat"] = (401, {"error": "signed_out", "message": "QuickBooks Desktop was disabled."})
    run = running()

    shown = run.until_idle()
    assert (shown.state, shown.words) == ("Not connected", "QuickBooks Desktop was disabled.")
    assert "authenticate" not in service.names()

    service.refusals.clear()
    assert run.later(seconds=31).state == "Active"


def test_sync_now_during_a_session_joins_it(service: Service, running: Callable[..., Run], host: Hosts) -> None:
    service.requests.append("<A/>")
    run = running(host=host({"method": "ProcessRequest", "has": "<A/>", "sleep": 0.5}))
    run.agent.tick()

    run.until_idle("sync")

    assert service.names().count("authenticate") == 1
    assert run.minutes() == 4


def test_quitting_ends_quickbooks_process_even_when_it_hangs(
    service: Service, running: Callable[..., Run], host: Hosts
) -> None:
    service.requests.append("<never/>")
    run = running(host=host({"method": "ProcessRequest", "has": "never", "sleep": 60}))
    run.agent.tick()
    for _ in range(200):
        if "sendRequestXML" in service.names():
            break
        time.sleep(0.02)
    process = run.agent._host
    assert process is not None

    run.agent.leave(0.2)

    assert process._process.poll() is not None
    assert service.of("receiveResponseXML")[0].values[2] == "0x800706BA"


def test_wishes_of_the_command_line_reach_it_once(
    service: Service, running: Callable[..., Run], agent_home: Path
) -> None:
    service.admission = ["t-1234", "none"]
    run = running()
    run.until_idle()
    bulletin.wish("sync")
    bulletin.wish("sync")

    run.until_idle()
    run.until_idle()

    assert service.names().count("sync-now") == 1
    assert not list(agent_home.glob("wish-*"))


def test_the_schedule_goes_on_after_a_restart(service: Service, running: Callable[..., Run]) -> None:
    service.admission = ["t-1234", "none"]
    run = running()
    run.until_idle()
    run.later(minutes=4)
    assert run.minutes() == 8
    run.agent.leave()

    again = running()
    again.now = run.now + timedelta(minutes=1)
    service.calls.clear()
    again.until_idle()

    assert (service.names(), again.minutes()) == (["heartbeat"], 7)


def test_a_damaged_status_file_is_no_reason_to_stop(
    service: Service, running: Callable[..., Run], agent_home: Path
) -> None:
    agent_home.mkdir(exist_ok=True)
    (agent_home / "status.json").write_text(json.dumps({"step": 99, "next_check": "nonsense"}))

    assert running().until_idle().state == "Active"
