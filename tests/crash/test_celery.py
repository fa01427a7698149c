"""Real Celery workers and a real Valkey: emptied, and the workers killed. The record is in PostgreSQL."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings as django_settings
from django.db import connection, connections

from integrations import tasks
from integrations.models import Operation
from tests.postable import Postable

from .oracle import judge

pytestmark = [pytest.mark.crash, pytest.mark.slow]


@pytest.fixture
def valkey(settings: Any) -> redis.Redis:
    """The broker's own database, emptied; the test is left out where there is none."""
    if not settings.REDIS_URL:
        pytest.skip("no Valkey here")
    client: redis.Redis = redis.Redis.from_url(settings.REDIS_URL)
    client.flushdb()
    return client


def environment(settings: Any) -> dict[str, str]:
    """The test's settings for another process, with the test's database."""
    given = connection.settings_dict
    url = f"postgres://{given['USER']}:{given['PASSWORD']}@{given['HOST']}:{given['PORT']}/{given['NAME']}"
    numbers = {"MINUTE": settings.MINUTE_SECONDS, "QUIET": settings.QUIET_SECONDS, "LEASE": settings.LEASE_SECONDS}
    return {
        **os.environ,
        "DATABASE_URL": url,
        "BIGTIME_INSTANCE_FILE": str(settings.INSTANCE_FILE),
        "INTUIT_SIMULATOR_URL": settings.INTUIT_SIMULATOR_URL,
        "BIGTIME_SECRET_KEY": settings.SECRET_KEY,
        "BIGTIME_PUMP_SECONDS": "1",
        **{f"BIGTIME_{name}_SECONDS": str(value) for name, value in numbers.items()},
    }


@contextmanager
def worker(settings: Any, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [
        sys.executable, "-m", "celery", "-A", "bigtime", "worker", "-Q", "sync,post,default", "-c", "2", "-B",
        "-s", str(folder / "beat"), "--without-gossip", "--without-mingle",
    ]  # fmt: skip
    with (folder / "worker.log").open("ab") as log:
        process = subprocess.Popen(
            command,
            env=environment(settings),
            cwd=django_settings.BASE_DIR,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            # The pool's children are in the worker's session, and must not outlive it.
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait_until_posted(postable: Postable, number: int, seconds: float) -> None:
    until = time.monotonic() + seconds
    while Operation.objects.filter(state="posted").count() < number and time.monotonic() < until:
        time.sleep(0.1)


def test_valkey_emptied_and_workers_killed(postable: Postable, settings: Any, valkey: Any, tmp_path: Path) -> None:
    postable.simulator.config(item_latency=0.01)
    postable.push(postable.entries(240))
    tasks.hint(tasks.drain, postable.connection.pk)
    with worker(settings, tmp_path):
        wait_until_posted(postable, 30, 60)
        assert Operation.objects.filter(state="posted").exists(), (tmp_path / "worker.log").read_text()[-3000:]
        valkey.flushdb()
    with worker(settings, tmp_path):
        time.sleep(4)
        valkey.flushdb()
        wait_until_posted(postable, 240, 90)
    connections.close_all()
    verdict = judge(postable)
    assert verdict.is_clean, (verdict, postable.states())
    assert postable.states() == {"posted": 240}
