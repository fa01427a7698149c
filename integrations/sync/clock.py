"""Two clocks: the database's for everything written down, and one of this machine that nobody can set."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection as database

# Of the quiet period the other side's longest execution takes 120 s; what is left is split between the start of a send
# and a reserve. The shares hold when tests shorten the period.
SEND_SHARE_OF_QUIET = 20 / 150
AGAIN_SHARE_OF_QUIET = 60 / 150


def database_now() -> datetime:
    """The one clock that leases and due times are measured by, whatever machine a worker runs on."""
    with database.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now


def boot_time() -> float:
    """Seconds of a clock that nobody sets and that goes on while the machine is suspended."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def lease() -> timedelta:
    """How long a worker owns what it took, without a sign of life."""
    return timedelta(seconds=settings.LEASE_SECONDS)


def quiet() -> timedelta:
    """From the claim on, the time after which nothing of that claim can still appear in the books."""
    return timedelta(seconds=settings.QUIET_SECONDS)


def again() -> timedelta:
    """Between two looks for the same thing: what was saved may take a moment to be found."""
    return timedelta(seconds=settings.QUIET_SECONDS * AGAIN_SHARE_OF_QUIET)


def send_window() -> float:
    """Seconds after the claim until which its bytes may leave."""
    return float(settings.QUIET_SECONDS * SEND_SHARE_OF_QUIET)
