"""Hypothesis writes histories of the outbox and looks for one that breaks what is promised (I1 to I8)."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase
from hypothesis import settings as rules
from hypothesis.stateful import run_state_machine_as_test

from tests.crash.workers import environment

from .firms import SYSTEMS, Posting
from .history import History
from .outbox_history import OutboxHistory
from .visit_history import VisitHistory, granted

pytestmark = [pytest.mark.crash, pytest.mark.soak]
HISTORIES = environment("BIGTIME_KILLS", 12)
STEPS = 50
RULES = rules(
    max_examples=HISTORIES, stateful_step_count=STEPS, deadline=None, print_blob=True, database=None,
    suppress_health_check=list(HealthCheck), phases=[Phase.generate],
)  # fmt: skip
SEARCH = rules(RULES, max_examples=200)


@pytest.fixture(autouse=True)
def _real_periods(settings: Any) -> None:
    """Time costs nothing here."""
    settings.QUIET_SECONDS, settings.LEASE_SECONDS, settings.MINUTE_SECONDS = 150.0, 180.0, 60.0


@pytest.fixture
def seen(capsys: pytest.CaptureFixture[str]) -> Iterator[Counter[str]]:
    """How operations came to their ends, over all histories."""
    History.seen.clear()
    yield History.seen
    with capsys.disabled():
        sys.stdout.write(f"\n{HISTORIES} histories of {STEPS} steps: {dict(History.seen)}\n")


@pytest.fixture
def firms(db: None) -> list[Posting]:
    return [Posting.on(system) for system in SYSTEMS]


@pytest.mark.timeout(0)
def test_no_history_doubles_loses_or_forgets(firms: list[Posting], settings: Any, seen: Counter[str]) -> None:
    run_state_machine_as_test(lambda: OutboxHistory(firms, settings), settings=RULES)
    assert seen["answer"]
    assert seen["query"]


def test_without_the_quiet_period_a_history_breaks_it(firms: list[Posting], settings: Any) -> None:
    """If it were not found the test above would prove nothing."""
    settings.QUIET_SECONDS = 40.0
    with pytest.raises(AssertionError):
        run_state_machine_as_test(lambda: OutboxHistory(firms, settings), settings=SEARCH)


@pytest.mark.timeout(0)
def test_no_history_of_visits_doubles_loses_or_forgets(db: None, settings: Any, seen: Counter[str]) -> None:
    firm = Posting.on("quickbooks_desktop")
    agents = granted(firm)
    run_state_machine_as_test(lambda: VisitHistory(firm, agents, settings), settings=RULES)
    assert seen["answer"]
    assert seen["query"]
    assert seen["replay"]
