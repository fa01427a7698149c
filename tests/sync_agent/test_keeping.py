"""An agent that waits to be connected, works, stands back for a window, and waits again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sync_agent import bulletin, vault
from sync_agent.command_line import main
from sync_agent.configuration import Configuration, load
from sync_agent.first_time import reset
from sync_agent.instance import OnlyOne, is_running
from sync_agent.keeping import Keeper
from tests.sync_agent.service import SECRET, Service


@pytest.fixture
def keeper(monkeypatch: pytest.MonkeyPatch) -> Iterator[Keeper]:
    monkeypatch.setattr("sync_agent.keeping.LOOK_SECONDS", 0.05)
    made = Keeper()
    thread = threading.Thread(target=made.run, daemon=True)
    thread.start()
    yield made
    made.over.set()
    thread.join(20)
    assert not thread.is_alive()


def until(condition: Callable[[], object], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def connect_as(agent_id: str, like: Configuration) -> None:
    vault.keep(agent_id, SECRET)
    like.with_changes(agent_id=agent_id)


def test_it_waits_for_a_connection_and_then_works(
    keeper: Keeper, service: Service, host: Callable[..., tuple[str, ...]]
) -> None:
    time.sleep(0.3)
    assert (service.names(), is_running()) == ([], False)
    service.requests.append("<A/>")
    vault.keep("agent-1", SECRET)

    Configuration().with_changes(
        server=service.url, soap_url=f"{service.url}/quickbooks/desktop/soap", agent_id="agent-1",
        company_file=r"C:\Books\Northwind.qbw", host=host(), answer_seconds=20,
    )  # fmt: skip

    until(lambda: "closeConnection" in service.names())
    assert is_running()


def test_after_quit_it_waits_for_the_next_connection(
    connected: Configuration, keeper: Keeper, service: Service
) -> None:
    until(lambda: "heartbeat" in service.names())
    assert main(["quit"]) == 0
    beats = service.names().count("heartbeat")
    time.sleep(0.4)
    assert (is_running(), service.names().count("heartbeat")) == (False, beats)

    connect_as("agent-2", load())

    until(is_running)


def test_after_a_reset_it_takes_the_new_connection(connected: Configuration, keeper: Keeper, service: Service) -> None:
    until(is_running)
    assert main(["reset"]) == 0
    time.sleep(0.3)
    assert not is_running()

    connect_as("agent-2", connected)

    until(is_running)
    assert service.names().count("sign-out") == 1


def test_credentials_that_became_worthless_make_way_for_connecting_anew(
    connected: Configuration, keeper: Keeper, service: Service
) -> None:
    """As after Disable and Enable: nobody has to end anything first."""
    until(is_running)
    until(lambda: bulletin.latest().last_result)
    service.standing["interval"] = 1
    service.refusals["heartbeat"] = (401, {"error": "signed_out"})
    bulletin.wish("sync")
    service.refusals["sync-now"] = (401, {"error": "signed_out"})

    until(lambda: not is_running())
    assert bulletin.latest().state == "Not connected"


def test_it_stands_back_while_another_runs(connected: Configuration, service: Service) -> None:
    keeper = Keeper()
    with OnlyOne():
        thread = threading.Thread(target=keeper.run, daemon=True)
        thread.start()
        time.sleep(0.4)
        assert service.names() == []
    until(lambda: "heartbeat" in service.names())
    keeper.over.set()
    thread.join(20)
    assert not thread.is_alive()


def test_a_damaged_configuration_is_waited_out(
    connected: Configuration, keeper: Keeper, service: Service, agent_home: Any
) -> None:
    until(is_running)
    assert main(["quit"]) == 0
    (agent_home / "configuration.json").write_text("{")
    time.sleep(0.3)
    reset(connected)
    connect_as("agent-2", connected)

    until(is_running)
