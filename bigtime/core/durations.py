"""Reads what people write for a length of time, into whole minutes; `static/js/durations.js` reads the same."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

DAY_MINUTES = 24 * 60
ACCEPTED = "Write it like 1:30, 1.5, 1h30 or 90m."
LONGEST = 24  # characters; nobody writes a time with more

_HOUR = "(?:h|hr|hrs|hour|hours)"
_MINUTE = "(?:m|min|mins|minute|minutes)"
_NUMBER = "[0-9]{1,6}(?:[.,][0-9]{0,6})?|[.,][0-9]{1,6}"
_CLOCK = re.compile(r"([0-9]{0,3}):([0-5][0-9])(?::00)?")
_HOURS = re.compile(rf"({_NUMBER})\s*({_HOUR}?)")
_MINUTES = re.compile(rf"([0-9]{{1,6}})\s*{_MINUTE}")
_BOTH = re.compile(rf"([0-9]{{1,3}})\s*{_HOUR}\s*([0-5]?[0-9])\s*{_MINUTE}?")
_NEGATIVE = re.compile(r"[-\u2212]\s*[0-9.,:]")


class DurationError(ValueError):
    """The text isn't a length of time that fits a day; the message is a sentence for the person who wrote it."""


def parse(text: str) -> int:
    """Whole minutes, 0 to 1440. Empty and 0 are 0. A bare whole number up to 24 is hours, above it minutes.

    Raises DurationError for more than a day, for negatives, for more than nothing but less than half a minute, and for
    whatever isn't a length of time.
    """
    written = text.strip().lower()
    if not written:
        return 0
    if len(written) > LONGEST:
        raise DurationError(f"“{written[:LONGEST]}…” isn't a length of time. {ACCEPTED}")
    if _NEGATIVE.match(written):
        raise DurationError("Time can't be negative. To take time away, write the new total.")
    minutes = _read(written)
    if minutes is None:
        raise DurationError(f"“{text.strip()}” isn't a length of time. {ACCEPTED}")
    if minutes > DAY_MINUTES:
        raise DurationError(f"A day has 24 hours; {written} is more than that.")
    return minutes


def _read(written: str) -> int | None:
    if clock := _CLOCK.fullmatch(written):
        return int(clock[1] or 0) * 60 + int(clock[2])
    if both := _BOTH.fullmatch(written):
        return int(both[1]) * 60 + int(both[2])
    if minutes := _MINUTES.fullmatch(written):
        return int(minutes[1])
    if hours := _HOURS.fullmatch(written):
        bare = hours[1].isdigit() and not hours[2]
        return int(hours[1]) if bare and int(hours[1]) > 24 else _from_hours(hours[1])
    return None


def _from_hours(number: str) -> int:
    hours = Decimal(number.replace(",", "."))
    minutes = int((hours * 60).quantize(Decimal(1), ROUND_HALF_UP))
    if hours and not minutes:
        raise DurationError(f"{number} hours is less than a minute.")
    return minutes


def clock(minutes: int) -> str:
    """Whole minutes as a cell shows them: 90 is 1:30, 0 is empty."""
    return f"{minutes // 60}:{minutes % 60:02d}" if minutes else ""


def round_up(minutes: int, step: int) -> int:
    """`minutes` up to the next multiple of `step`, never past a day; a step of 0 or 1 rounds nothing."""
    if step <= 1:
        return minutes
    return min(-(-minutes // step) * step, DAY_MINUTES)
