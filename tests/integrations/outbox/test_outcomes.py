"""What an answer makes of an operation, answer by answer: no database and no network."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from integrations.models import Operation
from integrations.sync import outcomes
from integrations.sync.errors import Retryable

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
BUSY = Retryable("Busy.", code="429", after=60.0)


@pytest.fixture(autouse=True)
def _intuits_own_quiet_period(settings: Any) -> None:
    settings.QUIET_SECONDS = 150.0


def waited(error: Retryable, attempts: int = 1) -> float:
    """Seconds until it is sent again."""
    move = outcomes.again(Operation(pk=1, attempts=attempts), error, now=NOW, evidence={})
    seconds: float = (move.values["not_before"] - NOW).total_seconds()
    return seconds


def test_what_the_other_side_asked_for_is_waited_at_least() -> None:
    waits = [waited(BUSY) for _ in range(200)]
    assert min(waits) >= 60.0
    assert max(waits) <= 75.0
    assert len(set(waits)) > 100, "they would all return at once"
    assert waited(Retryable("Busy.", after=0.0)) == 0.0


@pytest.mark.parametrize(("attempts", "most"), [(1, 2.0), (2, 4.0), (5, 32.0), (9, 300.0), (24, 300.0)])
def test_each_wait_is_twice_as_long_up_to_five_minutes(attempts: int, most: float) -> None:
    waits = [waited(Retryable("Busy."), attempts) for _ in range(200)]
    assert min(waits) >= most / 2
    assert max(waits) <= most
    assert max(waits) > most * 0.75


def test_what_was_never_in_doubt_is_drawn_up_anew() -> None:
    move = outcomes.again(Operation(pk=1, payload={"Hours": 1}), BUSY, now=NOW, evidence={})
    assert move.to == "ready"
    assert (move.values["payload"], move.values["payload_sha256"], move.values["carrier_id"]) == (None, "", None)


def test_what_was_ever_in_doubt_keeps_its_bytes() -> None:
    doubted = Operation(pk=1, payload={"Hours": 1}, missed_at=NOW)
    move = outcomes.again(doubted, BUSY, now=NOW, evidence={})
    assert move.to == "ready"
    assert {"payload", "payload_sha256"} & set(move.values) == set()


def test_what_was_cut_short_is_in_doubt_and_nobodys() -> None:
    later = NOW + timedelta(seconds=150)
    move = outcomes.cut_short(7, evidence={"lease": "expired"}, not_before=later)
    assert (move.operation_id, move.to, move.evidence) == (7, "in_doubt", {"lease": "expired"})
    assert move.values == {
        "error_code": "no_answer",
        "error_text": "Sending was cut short; BigTime looks in QuickBooks first.",
        "fence": None,
        "lease_until": None,
        "not_before": later,
    }
