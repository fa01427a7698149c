"""Hypothesis writes histories of the outbox and looks for one that breaks what is promised (I1 to I8)."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext
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
# A change is judged by the same histories as the one before it; a soak draws new ones.
RULES = rules(
    derandomize="BIGTIME_KILLS" not in os.environ,
    max_examples=HISTORIES, stateful_step_count=STEPS, deadline=None, print_blob=True, database=None,
    suppress_health_check=list(HealthCheck), phases=[Phase.generate],
)  # fmt: skip


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
def test_no_history_doubles_loses_or_forgets(firms: list[Posting], seen: Counter[str]) -> None:
    run_state_machine_as_test(lambda: OutboxHistory(firms), settings=RULES)
    assert seen["answer"]
    assert seen["query"]


@pytest.mark.parametrize(("quiet", "most"), [(150.0, 1), (40.0, 2)])
def test_a_history_without_the_quiet_period_is_found_out(
    firms: list[Posting], settings: Any, quiet: float, most: int
) -> None:
    """One that commits late, and what the invariants say of it: otherwise their silence would prove nothing."""
    settings.QUIET_SECONDS = quiet
    history = OutboxHistory(firms)
    try:
        history.approve(0, 1)
        history.work(0, 5, "")
        history.commits_late(0, 100.0, True)
        for _ in range(2):
            history.wait(45.0)
            history.work(0, 5, "")
        history.executed(0)
        history.is_heard(0, "")
        history.wait(30.0)
        assert len(history.ledgers[0].rows) == most
        with pytest.raises(AssertionError) if most > 1 else nullcontext():
            history.holds()
    finally:
        history.undo()


@pytest.mark.timeout(0)
def test_no_history_of_visits_doubles_loses_or_forgets(db: None, seen: Counter[str]) -> None:
    firm = Posting.on("quickbooks_desktop")
    agents = granted(firm)
    for accident in ("answer_lost", "forgotten"):
        # What chance may leave out: QuickBooks is asked for its answer, and what it has forgotten is looked for.
        history = VisitHistory(firm, agents)
        history.an_accident(0, 1, accident, 1.0)
        history.teardown()
    run_state_machine_as_test(lambda: VisitHistory(firm, agents), settings=RULES)
    assert seen["answer"]
    assert seen["query"]
    assert seen["replay"]
