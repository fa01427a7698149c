"""PostgreSQL itself is killed and started again in the middle of posting: a server of this test's own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from script.house.children import Children, throw_away, wait_until
from script.house.postgres import Postgres

pytestmark = pytest.mark.crash
INNER = Path(__file__).with_name("restarting.py")
ROOT = Path(__file__).parents[2]


def restart(server: Postgres, children: Children) -> None:
    """Ends the server at once, as a crash would (SIGQUIT), and starts it again on the same data and port."""
    child = next(each for each in children.running if each.name == "postgres")
    child.stop_signal = signal.SIGQUIT
    command = [str(part) for part in child.process.args]  # type: ignore[union-attr]
    children.stop(child)
    children.start("postgres", command, stop_signal=signal.SIGINT, cwd="/", **server.account.options)
    wait_until(server.answers, children=children, seconds=60, what="PostgreSQL")


def test_the_database_server_restarts_while_posting() -> None:
    with throw_away() as (folder, children):
        server = Postgres(folder / "postgres")
        wish = folder / "restart"
        env = {**os.environ, "DATABASE_URL": server.start(children), "BIGTIME_RESTART_WISH": str(wish)}
        env.pop("BIGTIME_TEST_TEMPLATE", None)  # it lies on the other server
        command = [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:randomly", str(INNER)]
        inner = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
        restarts = 0
        while inner.poll() is None:
            if wish.exists():
                restart(server, children)
                wish.unlink()
                restarts += 1
            time.sleep(0.05)
        said = inner.stdout.read() if inner.stdout else ""
    assert inner.returncode == 0, said[-3000:]
    assert restarts == 1
