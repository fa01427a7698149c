"""Waiting in a test for what another thread or process does."""

from __future__ import annotations

import time
from collections.abc import Callable

SECONDS = 30.0


def until(condition: Callable[[], bool]) -> None:
    """Returns once it is so. Fails after half a minute."""
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.01)
