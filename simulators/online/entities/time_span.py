"""How long a time activity lasted: hours and minutes, or a start and an end with a break."""

from __future__ import annotations

import re
from datetime import datetime

from simulators.online.clock import PACIFIC
from simulators.online.entity import Json
from simulators.online.errors import Refusal
from simulators.online.fields import to_number

LONGEST_HOURS = 8760
_ENDS = ("StartTime", "EndTime")
DURATION = ("Hours", "Minutes", "Seconds")
_BREAK = ("BreakHours", "BreakMinutes")
SPAN = (*_ENDS, *_BREAK)


def check_duration(new: Json) -> None:
    """Exactly one of the two styles, and a length that makes sense. Raises 6340 to 6390."""
    durations, spans = [n for n in DURATION if n in new], [n for n in _ENDS if n in new]
    if durations and spans:
        raise Refusal("6390")
    if not durations and not spans:
        raise Refusal("6350")
    if spans:
        _check_span(new)
        return
    if any(name in new for name in _BREAK):
        raise Refusal("6360", "A break needs StartTime and EndTime.", "BreakHours")
    for name in DURATION:
        if name in new:
            new[name] = _part(new, name, LONGEST_HOURS if name == "Hours" else 59)
    new.setdefault("Hours", 0)
    new.setdefault("Minutes", 0)
    if not any(new.get(name) for name in DURATION):
        raise Refusal("6380", "The duration must be longer than nothing.", "Hours")


def _part(new: Json, name: str, highest: int) -> int:
    try:
        value = to_number(new[name], name)
    except Refusal:
        raise Refusal("6340", element=name) from None
    if value != int(value) or not 0 <= value <= highest:
        raise Refusal("6340", element=name)
    return int(value)


def _check_span(new: Json) -> None:
    for name in _ENDS:
        if name not in new:
            raise Refusal("6360", f"{name} is missing.", name)
    start, end = (_instant(new, name) for name in _ENDS)
    if start >= end:
        raise Refusal("6370", element="StartTime")
    pause = _pause(new)
    if pause >= (end - start).total_seconds():
        raise Refusal("6360", "The break is longer than the time between start and end.", "BreakHours")
    new["StartTime"], new["EndTime"] = start.isoformat(), end.isoformat()


def _pause(new: Json) -> int:
    hours = _part(new, "BreakHours", LONGEST_HOURS) if "BreakHours" in new else 0
    minutes = _part(new, "BreakMinutes", 59) if "BreakMinutes" in new else 0
    return hours * 3600 + minutes * 60


def _instant(new: Json, name: str) -> datetime:
    """In company time, which moves hours about for clients of other zones: that is how Intuit answers too."""
    text = str(new[name]).strip()
    if re.match(r"\d{2}:\d{2}", text):
        text = f"{new['TxnDate']}T{text}"
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Refusal("6360", f"{name} is no time: {new[name]}", name) from None
    return moment.astimezone(PACIFIC) if moment.tzinfo else moment.replace(tzinfo=PACIFIC)
