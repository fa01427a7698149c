from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from integrations.models import Connection
from integrations.quickbooks.online import limiter, transport
from integrations.quickbooks.online.client import Client
from integrations.quickbooks.online.models import CallBudget
from integrations.sync.errors import Retryable
from simulators.online.remote import Simulator
from tests.integrations.grants import Grants


@pytest.fixture
def connection(transactional_db: None, make_connection: Callable[..., Connection]) -> Connection:
    return make_connection()


def test_many_threads_together_use_the_limit_and_never_exceed_it(
    connection: Connection, simulator: Simulator, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In real time: fifty calls of four threads, ten a second. Judged by what was granted: how soon a thread is let
    run afterwards, and its call arrives, is the machine's affair."""
    settings.MINUTE_SECONDS = 60.0
    simulator.config(limits=False)
    simulator.stats(reset=True)
    grants = Grants(monkeypatch)
    calls, errors = 48, []

    def work() -> None:
        client = Client(connection)
        try:
            for _ in range(calls // 4):
                client.count("Customer")
        except Exception as error:  # noqa: BLE001 - reported by the test
            errors.append(error)
        finally:
            client.close()
            connections.close_all()

    began = time.monotonic()
    threads = [threading.Thread(target=work) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert errors == []
    assert simulator.stats()["calls_total"] == calls
    # Each was given away knowing of all before it; no second holds more than the limit, and none waited for less.
    assert [len(each.log.calls) for each in grants.granted] == list(range(calls))
    assert [each for each in grants.granted if each.exceeds] == []
    assert [each for each in grants.asked if each.waits_for_nothing] == []
    assert time.monotonic() - began >= 4.0


def test_after_a_429_everybody_waits_a_minute(connection: Connection, simulator: Simulator, settings: Any) -> None:
    settings.MINUTE_SECONDS = 1.0
    simulator.faults(connection.company_id, [{"kind": "throttled"}])
    client = Client(connection)
    with pytest.raises(Retryable):
        client.count("Customer")
    began = time.monotonic()
    assert Client(connection).count("Customer") == 0
    assert time.monotonic() - began >= 0.9


def test_who_has_no_patience_is_told_how_long_it_would_be(
    connection: Connection, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MINUTE_SECONDS = 60.0
    limiter.throttled(connection)
    slept: list[float] = []
    monkeypatch.setattr(limiter.time, "sleep", slept.append)
    with pytest.raises(Retryable) as raised:
        limiter.acquire(connection, patience=0.5)
    assert slept == []
    assert raised.value.code == "throttled"
    assert raised.value.after is not None
    assert raised.value.after > 55


def test_failures_in_a_row_open_the_breaker_and_one_answer_closes_it(connection: Connection, settings: Any) -> None:
    settings.MINUTE_SECONDS = 60.0
    for _ in range(limiter.BREAKER):
        limiter.failed(connection)
    row = CallBudget.objects.get(connection=connection)
    assert row.failures == limiter.BREAKER
    assert row.paused_until - time.time() > 40
    limiter.worked(connection)
    assert CallBudget.objects.get(connection=connection).failures == 0


def test_reads_leave_room_for_posting(connection: Connection, settings: Any) -> None:
    settings.MINUTE_SECONDS = 60.0
    for _ in range(6):
        limiter.acquire(connection, share=0.6)
    wait, slot = limiter._ask(connection, batch=False, share=0.6)
    assert (wait > 0.3, slot) == (True, None)
    wait, slot = limiter._ask(connection, batch=True, share=1.0)
    assert (wait, slot is None) == (0.0, False)


def test_a_call_counts_from_when_it_left(connection: Connection, settings: Any) -> None:
    settings.MINUTE_SECONDS = 60.0
    slot = limiter.acquire(connection, batch=True)
    limiter.acquire(connection)
    time.sleep(0.05)
    limiter.stamp(connection, slot)
    row = CallBudget.objects.get(connection=connection)
    assert row.calls == sorted(row.calls)
    assert row.calls[-1] == row.batches[-1] > slot.moment + 0.04
    assert len(row.calls) == 2


def test_a_batch_that_becomes_late_while_its_slot_is_noted_does_not_leave(
    connection: Connection, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = [0.0]
    monkeypatch.setattr(transport, "boot_time", lambda: seconds[0])
    monkeypatch.setattr(transport, "LATE_SECONDS", -1.0)
    monkeypatch.setattr(transport.Transport, "_stamp", lambda self: seconds.append(seconds.pop() + 100))
    simulator.stats(reset=True)
    with pytest.raises(Retryable) as raised:
        Client(connection).batch([], "request", send_by=50.0)
    assert raised.value.code == "late"
    assert simulator.stats()["batches"] == 0
