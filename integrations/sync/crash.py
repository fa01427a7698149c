"""Named places where a test may let the process die, to show that nothing is lost there."""

from __future__ import annotations

import os
import signal

from django.conf import settings


def point(name: str) -> None:
    """Kills this process at once, without cleaning up, when BIGTIME_CRASH_AT names this place."""
    if name == settings.CRASH_AT:
        os.kill(os.getpid(), signal.SIGKILL)
