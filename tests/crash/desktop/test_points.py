"""Killed at each named place, once each; and it is shown that the place was reached."""

from __future__ import annotations

import re
import signal
from pathlib import Path

import pytest

from integrations import registry
from integrations.models import SyncRun
from integrations.quickbooks import desktop
from integrations.quickbooks.desktop import poster
from integrations.sync import runs
from tests.crash.workers import fork

from .agents import Temper
from .books import judge
from .scene import Scene

pytestmark = pytest.mark.crash
LOOKING = ["desktop_look_handed_out", "desktop_look_taken", "scan_read", "scan_before_commit"]
CLAIMING = ["claim_before_commit", "after_claim", "desktop_post_handed_out"]
ANSWERED = ["settle_before_commit", "after_settle", "desktop_post_taken"]
RECOVERING = ["desktop_recover_handed_out", "desktop_recover_before_commit", "desktop_recover_taken"]
RESOLVING = ["resolve_taken", "resolve_read", "resolve_before_commit", "after_resolve"]
READING = ["desktop_read_handed_out", "sync_before_page_commit", "sync_after_page_commit", "desktop_read_taken"]
KILLED = signal.SIGKILL * -1


def die(scene: Scene, place: str) -> None:
    """The server dies there, and the agent with it."""
    scene.service.stop()
    server = scene.service.start(crash_at=place)
    agent = scene.agent()
    assert server.wait_for(20) == KILLED, f"{place} was not reached"
    agent.kill_after(0)


def recover(scene: Scene) -> None:
    scene.firm.hurry()
    scene.finish()
    verdict = judge(scene.firm)
    assert verdict.is_clean, (verdict, scene.firm.states())


def test_the_server_is_killed_while_posting(scene: Scene) -> None:
    # The place that is only reached where the file holds something of ours already comes with the second round.
    for number, place in enumerate([*CLAIMING, *ANSWERED, *LOOKING], 1):
        scene.firm.push(scene.firm.entries(4))
        die(scene, place)
        recover(scene)
        assert scene.firm.states() == {"posted": 4 * number}, place


def test_the_agent_is_killed_with_a_write_in_its_hands(scene: Scene) -> None:
    for number, dies in enumerate(["asked", "answered"], 1):
        scene.firm.push(scene.firm.entries(4))
        assert scene.agent(temper=Temper(dies=dies)).wait() == KILLED
        assert scene.firm.states()["sending"] == 4
        recover(scene)
        assert scene.firm.states() == {"posted": 4 * number}, dies


def test_the_same_computer_goes_on_at_once_and_a_copy_of_it_waits(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poster, "HANDED", 10**6)
    for number, dies in enumerate(["asked", "answered"], 1):
        scene.firm.push(scene.firm.entries(4))
        assert scene.agent(temper=Temper(dies=dies)).wait() == KILLED
        scene.finish()
        assert scene.firm.states() == {"posted": 4 * number}, dies
    scene.firm.push(scene.firm.entries(4))
    assert scene.agent(temper=Temper(dies="asked")).wait() == KILLED
    scene.firm.computers.append(scene.firm.computers[0].copied("Copy"))
    scene.finish(2, seconds=4)
    assert scene.firm.states() == {"posted": 8, "in_doubt": 4}
    monkeypatch.setattr(poster, "HANDED", 1)
    recover(scene)
    assert scene.firm.states() == {"posted": 12}


def test_the_server_is_killed_while_the_outcome_is_unknown(scene: Scene) -> None:
    """What the agent died with is asked for, or where QuickBooks never got it, looked for."""
    for number, place in enumerate([*RECOVERING, *RESOLVING], 1):
        scene.firm.push(scene.firm.entries(4))
        dies = "answered" if place in RECOVERING else "asked"
        assert scene.agent(temper=Temper(dies=dies)).wait() == KILLED
        die(scene, place)
        recover(scene)
        assert scene.firm.states() == {"posted": 4 * number}, place


def test_the_server_is_killed_while_a_refusal_is_written(scene: Scene) -> None:
    for number, commit in enumerate([True, False], 1):
        scene.firm.push(scene.firm.entries(4))
        fault = {"hresult": "0x80040402", "operation": "Add", "commit": commit}
        scene.firm.file.desktop.call("POST", f"/{scene.firm.file.key}/faults", fault)
        die(scene, "release_before_commit")
        recover(scene)
        assert scene.firm.states() == {"posted": 4 * number}


def test_a_worker_is_killed_while_it_frees_what_a_dead_session_held(scene: Scene) -> None:
    scene.firm.push(scene.firm.entries(4))
    die(scene, "desktop_post_handed_out")
    scene.firm.hurry()
    driver = registry.get(scene.firm.connection.system).driver
    assert fork(lambda: driver.drain(scene.firm.connection, 5), crash_at="expire_before_commit").wait() == KILLED
    recover(scene)
    assert scene.firm.states() == {"posted": 4}


def test_the_server_is_killed_while_reading(scene: Scene) -> None:
    for place in READING:
        name = f"Customer at {place}"[:41]
        scene.firm.file.add("Customer", Name=name)
        runs.start(connection=scene.firm.connection)
        die(scene, place)
        for _ in range(3):
            scene.firm.visit()
        run = scene.firm.work()
        assert (run.state, run.error) == (SyncRun.State.DONE, ""), place
        there = {row["ListID"] for row in scene.firm.file.dump("Customer")}
        assert scene.firm.mirrored("customer") == there, place


def test_every_place_named_for_this_channel_is_tried() -> None:
    """Asking for the company and being there without work write nothing, so they have no place here."""
    named = set()
    for source in Path(desktop.__path__[0]).glob("*.py"):
        named |= set(re.findall(r'point\(f?"([^"]+)"\)', source.read_text()))
    kinds = ("post", "recover", "look", "read")
    expanded = {each.replace("{ask.kind}", kind).replace("{asked['kind']}", kind) for each in named for kind in kinds}
    tried = {*LOOKING, *CLAIMING, *ANSWERED, *RECOVERING, *READING}
    assert expanded == {each for each in tried if each.startswith("desktop_")}
