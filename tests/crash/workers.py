"""Worker processes that may be killed: forked from this warm one, each with connections of its own."""

from __future__ import annotations

import os
import random
import signal
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connections

from integrations.models import Operation
from integrations.quickbooks.online import poster
from integrations.sync import guard
from tests.postable import Postable

Work = Callable[[], None]


@dataclass
class Worker:
    pid: int

    def kill_after(self, seconds: float) -> bool:
        """Whether it was killed rather than done before."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self._status is not None:
                return False
            time.sleep(0.002)
        os.kill(self.pid, signal.SIGKILL)
        return self.wait() == -signal.SIGKILL

    def wait_for(self, seconds: float) -> int | None:
        """As `wait`, but None when it is still alive after so long."""
        until = time.monotonic() + seconds
        while self._status is None and time.monotonic() < until:
            time.sleep(0.002)
        return self._status

    def wait(self) -> int:
        """0, or minus the signal that ended it."""
        while self._status is None:
            time.sleep(0.002)
        return self._status

    @property
    def is_alive(self) -> bool:
        return self._status is None

    @property
    def _status(self) -> int | None:
        if not hasattr(self, "_ended"):
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid == 0:
                return None
            self._ended: int = os.waitstatus_to_exitcode(status)
        return self._ended


def fork(work: Work, *, crash_at: str = "") -> Worker:
    """`work` in a process of its own, which ends without running anything of pytest's."""
    connections.close_all()
    pid = os.fork()
    if pid:
        return Worker(pid)
    status = 1
    try:
        guard._looked.clear()
        guard._newest.clear()
        random.seed()
        settings.CRASH_AT = crash_at
        work()
        status = 0
    except BaseException:  # noqa: BLE001 - it must not reach pytest in the child
        traceback.print_exc()
    finally:
        os._exit(status)


def pumping(postable: Postable, seconds: float) -> Work:
    """What a pump does for one connection, again and again."""

    def work() -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            poster.drain(postable.connection, seconds=until - time.monotonic())
            time.sleep(0.01)

    return work


def finish(postable: Postable, seconds: float = 60.0) -> None:
    """Faults have stopped: pumps until every operation has reached its end. Real waiting, no shortened quiet period."""
    until = time.monotonic() + seconds
    waiting = Operation.objects.filter(connection=postable.connection).exclude(state__in=["posted", "cancelled"])
    while waiting.exists() and time.monotonic() < until:
        poster.drain(postable.connection, seconds=5)
        time.sleep(0.02)


def environment(name: str, default: Any) -> Any:
    return type(default)(os.environ.get(name, default))
