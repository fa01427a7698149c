"""PostgreSQL goes away in the middle, and Valkey is never needed."""

from __future__ import annotations

import random
import time
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections

from integrations import tasks
from tests.postable import Postable

from .copies import disconnect_everybody
from .oracle import judge
from .workers import finish, fork, pumping

pytestmark = pytest.mark.crash


def test_database_connections_cut_again_and_again(postable: Postable) -> None:
    postable.simulator.config(item_latency=0.003, requestid="ignored")
    postable.push(postable.entries(200))
    cut = 0
    for _ in range(12):
        worker = fork(pumping(postable, 2))
        time.sleep(random.uniform(0.1, 0.4))
        connections.close_all()
        cut += disconnect_everybody()
        worker.kill_after(1)
    finish(postable)
    assert cut > 0
    verdict = judge(postable)
    assert verdict.is_clean, verdict


@pytest.mark.parametrize("address", ["", "redis://127.0.0.1:9/0"], ids=["absent", "stopped"])
def test_without_a_broker_the_pump_posts_everything(postable: Postable, settings: Any, address: str) -> None:
    settings.REDIS_URL = address
    postable.push(postable.entries(40))
    began = time.monotonic()
    tasks.hint(tasks.drain, postable.connection.pk)
    # Who asks doesn't wait for a broker that isn't there.
    assert time.monotonic() - began < 10

    call_command("pump", "--once", "--seconds", "20")

    assert postable.states() == {"posted": 40}
    assert judge(postable).is_clean


def test_a_task_that_runs_twice_does_its_work_once(postable: Postable, settings: Any) -> None:
    settings.REDIS_URL = ""
    postable.push(postable.entries(40))
    tasks.drain(postable.connection.pk)
    tasks.drain(postable.connection.pk)
    tasks.drain(10**9)
    tasks.pump()
    assert judge(postable).is_clean
