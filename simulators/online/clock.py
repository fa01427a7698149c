"""Time as Intuit writes it: RFC 3339 in US Pacific time, whole seconds in MetaData, milliseconds in envelopes."""

from __future__ import annotations

import time
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

PACIFIC = ZoneInfo("America/Los_Angeles")


def now() -> int:
    """Seconds since the epoch; MetaData knows no fractions."""
    return int(time.time())


@lru_cache(maxsize=4096)
def stamp(epoch: int) -> str:
    """``2026-01-02T03:04:05-08:00``."""
    return datetime.fromtimestamp(epoch, PACIFIC).isoformat()


def envelope_time() -> str:
    """The ``time`` of an answer, to the millisecond."""
    return datetime.now(PACIFIC).isoformat(timespec="milliseconds")


def today() -> date:
    """The company's date: Intuit keeps company data in Pacific time."""
    return datetime.now(PACIFIC).date()


def parse_instant(text: str) -> float:
    """Epoch seconds of an ISO text; without an offset it is read as Pacific time. Raises ValueError."""
    moment = datetime.fromisoformat(text.strip().replace(" ", "T"))
    return (moment if moment.tzinfo else moment.replace(tzinfo=PACIFIC)).timestamp()
