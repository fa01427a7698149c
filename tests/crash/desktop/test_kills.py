"""kill -9 of server and agents at random moments and places, under every misfortune; the file's journal judges."""

from __future__ import annotations

import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now

from integrations.models import Operation
from integrations.quickbooks.desktop import poster, services
from integrations.quickbooks.desktop.models import Session
from integrations.quickbooks.desktop.tickets import IDLE
from integrations.sync import runs
from tests.crash.oracle import Verdict
from tests.crash.workers import Worker, environment

from . import careless
from .agents import EVEN, Temper
from .books import judge
from .scene import Scene
from .test_points import ANSWERED, CLAIMING, LOOKING, READING, RECOVERING, RESOLVING

pytestmark = [pytest.mark.crash, pytest.mark.soak]
KILLS = environment("BIGTIME_KILLS", 120)
SEED = environment("BIGTIME_SEED", 0) or random.SystemRandom().randrange(10**6)
PLACES = [*LOOKING, *CLAIMING, *ANSWERED, *RECOVERING, *RESOLVING, *READING, "release_before_commit"]
CONDITIONS: list[dict[str, Any]] = [
    {"answer_lost_after_save": 1},
    {"quits_mid_session": 1, "quits_after": None},
    {"quits_mid_session": 1, "quits_after": 0},
    {"quits_mid_session": 1, "quits_after": 3},
    {"slow": 0.2},
    {"slow": 0.0},
]
FAULTS: list[dict[str, Any]] = [
    {"hresult": "0x80040402", "operation": "Add", "commit": True},
    {"hresult": "0x80040402", "operation": "Add"},
    {"hresult": "0x8004040D", "operation": "any", "skip": 2},
    {"hresult": "0x80040414", "operation": "Query"},
    {"hresult": "0x80040414", "method": "BeginSession"},
    {"code": 3175, "operation": "Add"},
    {"code": 3180, "operation": "Add", "skip": 1},
    {"code": 3231, "operation": "Add", "count": 3},
]
TEMPERS = [
    EVEN, EVEN, Temper(dies="asked"), Temper(dies="answered"), Temper(twice=0.5),
    Temper(cut_before=0.1, cut_after=0.2, twice=0.1),
]  # fmt: skip


def befall(scene: Scene, dice: random.Random) -> int:
    """Misfortunes of QuickBooks' own. How many."""
    laid = dice.sample(CONDITIONS, dice.choice([0, 0, 1]))
    faults = dice.sample(FAULTS, dice.choice([0, 0, 1, 2]))
    for each in laid:
        scene.firm.file.conditions(**each)
    scene.firm.file.desktop.call("PUT", f"/{scene.firm.file.key}/faults", faults)
    return len(laid) + len(faults)


def expire(scene: Scene) -> None:
    Session.objects.filter(closed_at=None).update(seen_at=Now() - IDLE - timedelta(minutes=1))


def take_over(scene: Scene) -> None:
    """The other computer's agent becomes the active one, whatever the first is at."""
    standing_by = scene.firm.computers[1].agent
    services.take_over(agent=standing_by)
    scene.firm.computers[:2] = reversed(scene.firm.computers[:2])


def copy(scene: Scene) -> None:
    """Folder and secret of the active one are on another computer too."""
    scene.firm.computers[2:] = [scene.firm.computers[0].copied("Copy")]


def close_quickbooks(scene: Scene) -> None:
    scene.firm.file.desktop.call("POST", f"/{scene.firm.file.key}/close")


def sync(scene: Scene) -> None:
    """What was read is brought over, and reading begins anew."""
    scene.firm.work()
    runs.start(connection=scene.firm.connection)


INCIDENTS: list[Callable[[Scene], None]] = [expire, take_over, copy, close_quickbooks, sync]
# Which computer's agent begins to work then, beside the one that was at work.
BEGINS = {take_over: 0, copy: 2}


def pace(scene: Scene) -> float:
    """Seconds that a whole visit takes on this machine as it is now: the kills are spread over its length."""
    scene.firm.push(scene.firm.entries(1))
    began = time.monotonic()
    agent = scene.agent()
    while scene.firm.states()["posted"] < scene.firm.made and time.monotonic() < began + 30:
        time.sleep(0.01)
    agent.kill_after(0)
    return time.monotonic() - began


def begin(scene: Scene) -> int:
    """The two that must not be left to chance: an answer that is asked for, and one that only the books know."""
    for forgets in (False, True):
        scene.firm.push(scene.firm.entries(3))
        scene.agent(temper=Temper(dies="answered")).wait()
        if forgets:
            scene.forget_message_sets()
        scene.finish()
    return 2


def trial(scene: Scene, dice: random.Random, visit: float) -> tuple[int, int]:
    """A server, one agent or two; something happens; kills. How many died, and how many misfortunes there were."""
    forgets = dice.random() < 0.4
    if forgets:
        scene.forget_message_sets()
    faults = befall(scene, dice) + forgets
    if dice.random() < 0.4:
        scene.service.stop()
    server = scene.service.start(crash_at=dice.choice(PLACES) if dice.random() < 0.5 else "")
    agents = [scene.agent(temper=dice.choice(TEMPERS))]
    time.sleep(dice.uniform(0.1, 1.0) * visit)
    if dice.random() < 0.4:
        incident = dice.choice(INCIDENTS)
        incident(scene)
        faults += 1
        agents += [scene.agent(BEGINS[incident], temper=dice.choice(TEMPERS))] if incident in BEGINS else []
        time.sleep(dice.uniform(0.0, 1.0) * visit)
    victims: list[Worker] = [*agents, *([server] if dice.random() < 0.6 else [])]
    dice.shuffle(victims)
    died = 0
    for each in victims:
        died += each.kill_after(dice.uniform(0.0, 0.7) * visit) or each.wait() == -signal.SIGKILL
    return died, faults


def report(name: str, trials: int, faults: int, verdict: Verdict) -> None:
    line = f"{name}: trials {trials} · faults {faults} · {verdict} · entries {verdict.entries} · seed {SEED}"
    sys.__stdout__.write(f"\n{line}\n")  # type: ignore[union-attr]


@pytest.mark.timeout(1800)
def test_any_number_of_kills_gives_each_entry_exactly_once(scene: Scene, capsys: Any) -> None:
    dice = random.Random(SEED)
    visit = pace(scene)
    killed, faults = begin(scene), 0
    while killed < KILLS:
        scene.firm.push(scene.firm.entries(dice.choice([0, 1, 5, 12, 40])))
        died, laid = trial(scene, dice, visit)
        killed, faults = killed + died, faults + laid
    scene.finish(seconds=120)
    verdict = judge(scene.firm)
    found = Counter(Operation.objects.values_list("via", flat=True))
    with capsys.disabled():
        report(f"Desktop ({dict(found)})", killed, faults, verdict)
    assert verdict.is_clean, (SEED, verdict, scene.firm.states())
    assert verdict.entries > KILLS
    # Asked for and looked for, not only answered: otherwise nothing was tried.
    assert found["replay"]
    assert found["query"]


def until_doubled(scene: Scene, most: int = 60) -> int:
    """The same loop, until something is in the books twice. How many that were."""
    dice = random.Random(SEED)
    visit, killed, doubled = pace(scene), 0, 0
    while killed < most and not doubled:
        # A file that stays slow would have every agent killed before it comes to a write.
        scene.calm()
        scene.firm.push(scene.firm.entries(12))
        killed += trial(scene, dice, visit)[0]
        doubled = judge(scene.firm).duplicates
    return doubled


def test_without_looking_before_it_sends_again_the_loop_finds_duplicates(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poster, "ask", careless.ask_without_looking)
    assert until_doubled(scene) > 0, (SEED, scene.firm.states())


def test_without_an_intent_the_loop_finds_duplicates(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(poster, "ask", careless.ask_without_intent)
    monkeypatch.setattr(poster, "posted", careless.posted_without_intent)
    assert until_doubled(scene) > 0, (SEED, scene.firm.states())
