from __future__ import annotations

import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections
from django.utils import timezone

from integrations import tasks
from integrations.models import Connection, Exchange, Operation, SyncRun
from integrations.sync import outbox, pumping
from tests.postable import Postable


def test_what_is_due_is_found_without_any_hint(postable: Postable) -> None:
    assert not pumping.work()
    postable.push(postable.entries(1))
    assert pumping.work().connections == [postable.connection]
    postable.drain()
    assert not pumping.work()


def test_what_waits_for_its_time_is_not_due(postable: Postable) -> None:
    postable.push(postable.entries(1))
    postable.simulator.faults(postable.realm, [{"kind": "reset_after", "match": {"operation": "batch"}}])
    postable.drain(1)
    assert postable.states() == {"in_doubt": 1}
    assert not pumping.work()
    postable.hurry()
    assert pumping.work().connections == [postable.connection]


def test_a_paused_or_disabled_connection_has_no_work(postable: Postable) -> None:
    postable.push(postable.entries(1))
    for status in ("paused", "disabled"):
        Connection.objects.update(status=status)
        assert not pumping.work()


def test_what_a_dead_worker_held_is_freed_even_when_the_connection_is_paused(postable: Postable) -> None:
    postable.push(postable.entries(1))
    assert outbox.claim(postable.connection) is not None
    Connection.objects.update(status="paused")
    assert not pumping.work()
    postable.hurry()
    assert pumping.work().connections == [postable.connection]
    call_command("pump", "--once")
    assert postable.states() == {"in_doubt": 1}
    assert not pumping.work()


def test_a_check_whose_time_has_come_starts_a_run(postable: Postable) -> None:
    Connection.objects.update(next_check_at=timezone.now() + timedelta(minutes=1))
    assert pumping.work().runs == []
    Connection.objects.update(next_check_at=timezone.now())
    assert [run.connection_id for run in pumping.work().runs] == [postable.connection.pk]
    assert SyncRun.objects.count() == 1


def test_only_one_worker_drains_a_connection_and_the_lock_ends_with_it(postable: Postable) -> None:
    postable.simulator.config(call_latency=2.0)
    postable.push(postable.entries(3))
    results = []
    sending = Operation.objects.filter(state="sending")

    def work() -> None:
        results.append(pumping.drain(postable.connection, seconds=5))
        connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    while not sending.exists():
        assert thread.is_alive()
        time.sleep(0.02)
    assert pumping.drain(postable.connection, seconds=5) is False
    assert sending.count() == 3  # it didn't wait until the first was through
    thread.join()
    postable.simulator.config(call_latency=0.0)
    assert results == [False]
    assert postable.states() == {"posted": 3}


def test_an_outage_is_not_hammered_by_hints(postable: Postable, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    hints = []
    monkeypatch.setattr(tasks, "hint", lambda task, *arguments: hints.append(arguments))
    settings.INTUIT_SIMULATOR_URL = "http://127.0.0.1:9"
    postable.push(postable.entries(3))
    tasks.drain(postable.connection.pk)
    assert hints == []
    assert postable.states() == {"ready": 3}


def test_a_round_that_meets_a_bug_goes_on_with_the_next_firm(
    postable: Postable, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    postable.push(postable.entries(2))
    real, asked = pumping.drain, []

    def broken(connection: Connection, *, seconds: float) -> bool:
        asked.append(connection.pk)
        raise ZeroDivisionError

    monkeypatch.setattr(pumping, "drain", broken)
    call_command("pump", "--once")
    assert asked == [postable.connection.pk]
    monkeypatch.setattr(pumping, "drain", real)
    call_command("pump", "--once")
    assert postable.states() == {"posted": 2}


def test_only_the_newest_exchanges_are_kept(postable: Postable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pumping, "KEPT_EXCHANGES", 3)
    rows = [Exchange(connection=postable.connection, method="GET", path=str(n)) for n in range(5)]
    Exchange.objects.bulk_create(rows)
    assert pumping.forget_exchanges() == 2
    assert [row.path for row in Exchange.objects.order_by("pk")] == ["2", "3", "4"]
