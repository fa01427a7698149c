"""Run by `test_restart.py` as a process of its own, whose PostgreSQL may die under it. Not collected otherwise."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from django.db import connections

from tests.postable import Postable

from .oracle import judge
from .workers import finish, fork, pumping

pytestmark = pytest.mark.crash


def test_everything_is_posted_once_though_the_server_died(postable: Postable) -> None:
    postable.simulator.config(item_latency=0.003)
    postable.push(postable.entries(200))
    worker = fork(pumping(postable, 3))
    time.sleep(0.4)
    connections.close_all()
    wish = Path(os.environ["BIGTIME_RESTART_WISH"])
    wish.touch()
    while wish.exists():
        time.sleep(0.05)
    worker.kill_after(3)
    finish(postable)
    verdict = judge(postable)
    assert verdict.is_clean, verdict
