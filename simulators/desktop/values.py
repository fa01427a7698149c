"""Values of a request in the form QuickBooks keeps them."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from simulators.desktop.rows import Json
from simulators.desktop.schema import Element, flat
from simulators.desktop.statuses import Refusal

_INTERVAL = re.compile(r"([+-]?)PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?")


def interval_minutes(text: str) -> int:
    """Whole minutes of ``PT7H30M``; QuickBooks drops seconds. Raises Refusal (3035) for less than nothing."""
    found = _INTERVAL.fullmatch(text)
    sign, hours, minutes, seconds = found.groups() if found else ("-", "0", "0", "1")
    if sign == "-":
        raise Refusal(3035, f'There was an error when converting the time interval "{text}" in the field "Duration".')
    return int(hours or 0) * 60 + int(minutes or 0) + int(seconds or 0) // 60


def _decimal(text: str, *, places: int) -> str:
    """At least ``places`` decimals."""
    number = Decimal(text)
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or -exponent < places:
        number = number.quantize(Decimal(1).scaleb(-places))
    return f"{number:f}"


def as_kept(element: Element, text: str) -> str:
    """One value; an empty one stays empty, which clears the field."""
    text = text.strip() if element.kind != "text" else text
    if not text:
        return ""
    if element.kind == "flag":
        return {"1": "true", "0": "false"}.get(text, text)
    if element.kind in ("amount", "price"):
        return _decimal(text, places=2)
    if element.kind == "interval":
        minutes = interval_minutes(text)
        return f"PT{minutes // 60}H{minutes % 60}M"
    return text


def normal(parts: tuple[Any, ...], values: Json) -> Json:
    """All values of a record, references untouched."""
    known = {element.name: element for element in flat(parts)}
    return {name: _one(known[name], value) for name, value in values.items()}


def _one(element: Element, value: Any) -> Any:
    if isinstance(value, list):
        return [_one(element, item) for item in value]
    if element.kind == "ref":
        return value
    return normal(element.parts, value) if element.parts else as_kept(element, value)


def merged(stored: Json, given: Json) -> Json:
    """A record after a Mod: what is given replaces, an empty value clears, what is left out stays."""
    result = dict(stored)
    for name, value in given.items():
        known = result.get(name)
        if isinstance(value, dict) and value and "ListID" not in value:
            after: Any = merged(known if isinstance(known, dict) else {}, value)
        else:
            after = value
        if after in ("", {}, None):
            result.pop(name, None)
        else:
            result[name] = after
    return result
