"""Time as QuickBooks Desktop keeps it: local wall-clock time, written with the standard-time offset even in summer."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/Los_Angeles")
STANDARD = timedelta(hours=-8)
OFFSET = "-08:00"


def now() -> int:
    """Whole seconds since the epoch."""
    return int(time.time())


def wall(epoch: int) -> str:
    """``2026-07-01T14:00:00``: what a clock on the wall shows; stored and compared as text."""
    return datetime.fromtimestamp(epoch, ZONE).strftime("%Y-%m-%dT%H:%M:%S")


def stamp(wall_time: str) -> str:
    """With the offset of standard time, which is an hour wrong for half the year, as in the real one."""
    return wall_time + OFFSET


def today() -> date:
    return datetime.now(ZONE).date()


def bound(text: str, *, upper: bool) -> str:
    """A date or moment of a request as wall-clock text; ``upper`` fills what is left out with the last moment.

    An offset is read back the way it is written: against standard time. Raises ValueError.
    """
    day, _, rest = text.partition("T")
    position = max(rest.find("+"), rest.find("-"))
    clock, offset = (rest[:position], rest[position:]) if position >= 0 else (rest, "")
    fields = [int(part) for part in clock.split(":")] if clock else []
    last = (23, 59, 59) if upper else (0, 0, 0)
    fields += last[len(fields) :]
    moment = datetime(*(int(part) for part in day.split("-")), *fields, tzinfo=UTC)  # type: ignore[arg-type,misc]
    if offset:
        sign, (hours, minutes) = (-1 if offset[0] == "-" else 1), offset[1:].split(":")
        moment += STANDARD - sign * timedelta(hours=int(hours), minutes=int(minutes))
    return moment.strftime("%Y-%m-%dT%H:%M:%S")
