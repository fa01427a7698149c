"""The kinds of attribute an entity can have: each takes what a client sent and answers what is stored, or refuses."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from simulators.online.errors import Refusal

NAME_BANNED = ":\t\n\r"
_EMPTY: tuple[Any, ...] = ("", None, [], {})


@dataclass(frozen=True)
class Field:
    """One attribute. ``target`` names the entities a reference may point at."""

    name: str
    clean: Callable[[Any, str], Any]
    filterable: bool = False
    read_only: bool = False
    target: tuple[str, ...] = ()
    default: Any = None


def without_blanks(value: Any) -> Any:
    """Clients send ``""``, null, empty lists and references without a value; to Intuit all of them are absent."""
    if isinstance(value, dict):
        kept = {key: without_blanks(inner) for key, inner in value.items()}
        return {key: inner for key, inner in kept.items() if inner not in _EMPTY}
    if isinstance(value, list):
        return [without_blanks(inner) for inner in value]
    return value


def text(name: str, longest: int, *, banned: str = "", filterable: bool = False, default: str | None = None) -> Field:
    def clean(value: Any, element: str) -> str:
        if isinstance(value, bool | dict | list):
            raise Refusal("2120", f"{element} must be a string.", element)
        cleaned = str(value)
        if len(cleaned) > longest:
            detail = f"String length is either shorter or longer than supported. Min:0 Max:{longest} supplied:"
            raise Refusal("2050", f"{detail}{len(cleaned)}", element)
        if any(character in banned for character in cleaned):
            raise Refusal("2040", f"Property {element} contains a colon, tab, line end or other banned sign.", element)
        return cleaned.strip() if banned else cleaned

    return Field(name, clean, filterable, default=default)


def flag(name: str, *, default: bool | None = None, filterable: bool = False) -> Field:
    def clean(value: Any, element: str) -> bool:
        if isinstance(value, str) and value.lower() in ("true", "false"):
            return value.lower() == "true"
        if not isinstance(value, bool):
            raise Refusal("2120", f"{element} must be true or false.", element)
        return value

    return Field(name, clean, filterable, default=default)


def number(name: str, *, filterable: bool = False, default: float | None = None) -> Field:
    return Field(name, to_number, filterable, default=default)


def to_number(value: Any, element: str) -> float | int:
    """Numbers may come as text: python-quickbooks writes decimals so."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,15}(\.\d{1,10})?", value.strip()):
        return float(value) if "." in value else int(value)
    raise Refusal("2080", f"{element} must be a number.", element)


def whole(name: str, *, low: int = 0, high: int = 10**9) -> Field:
    def clean(value: Any, element: str) -> int:
        result = to_number(value, element)
        if result != int(result) or not low <= result <= high:
            raise Refusal("2090", f"{element} must be a whole number from {low} to {high}.", element)
        return int(result)

    return Field(name, clean)


def day(name: str, *, filterable: bool = False) -> Field:
    return Field(name, to_day, filterable)


def to_day(value: Any, element: str) -> str:
    if not isinstance(value, str) or not re.match(r"\d{4}-\d{2}-\d{2}", value):
        raise Refusal("2060", f"{element} must be written YYYY-MM-DD.", element)
    try:
        return date.fromisoformat(value[:10]).isoformat()
    except ValueError:
        raise Refusal("2070", f"{element}: there is no such day as {value[:10]}.", element) from None


def choice(name: str, *words: str, filterable: bool = False, default: str | None = None) -> Field:
    def clean(value: Any, element: str) -> str:
        if value not in words:
            spoken = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", str(value)).upper()
            raise Refusal("2170", f"Invalid Enumeration : {spoken}", element)
        return str(value)

    return Field(name, clean, filterable, default=default)


def ref(name: str, *target: str, filterable: bool = False) -> Field:
    def clean(value: Any, element: str) -> dict[str, str]:
        identity = value.get("value") if isinstance(value, dict) else None
        if not isinstance(identity, str | int) or isinstance(identity, bool):
            raise Refusal("2120", f"{element} must be a reference with a value.", element)
        return {"value": str(identity)}

    return Field(name, clean, filterable, target=target)


def raw(name: str, *, read_only: bool = False, filterable: bool = False, default: Any = None) -> Field:
    """Kept as it comes: structures nobody here looks into, or (read only) what the server alone writes."""
    return Field(name, lambda value, element: value, filterable, read_only, default=default)


def group(name: str, filterable: bool = False, **longest: int) -> Field:
    """A small object of texts, such as a telephone number or an address."""

    def clean(value: Any, element: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise Refusal("2120", f"{element} must be an object.", element)
        for part, limit in longest.items():
            if len(str(value.get(part, ""))) > limit:
                raise Refusal("2050", f"Min:0 Max:{limit} supplied:{len(str(value[part]))}", f"{element}.{part}")
        return value

    return Field(name, clean, filterable)


def email(name: str, *, filterable: bool = False) -> Field:
    def clean(value: Any, element: str) -> dict[str, Any]:
        address = value.get("Address") if isinstance(value, dict) else None
        if not isinstance(address, str) or not re.search(r"[^@\s]+@[^@\s]+\.[^@\s]+", address):
            raise Refusal("2210", element=element)
        return {"Address": address}

    return Field(name, clean, filterable)
