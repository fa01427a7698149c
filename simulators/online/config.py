"""Everything about the simulator that can be turned while it runs."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any, get_args, get_type_hints

REQUESTID_MODES = ("honoured", "ignored", "forgotten", "batch_6000")
ROTATIONS = ("daily", "always", "never")
CDC_TIME_ACTIVITY = ("refused", "silent", "supported")
DAY = 86_400.0


class BadConfig(ValueError):
    """A setting is unknown or its value can't be used; the text says which and why."""


@dataclass
class Config:
    """All durations are seconds. ``minute`` is how long Intuit's minute lasts here; limits and cut-off follow it."""

    minute: float = 60.0
    call_latency: float = 0.0
    item_latency: float = 0.0
    limits: bool = True
    requests_per_second: int = 10
    requests_per_minute: int = 500
    batches_per_minute: int = 40
    retry_after: bool = False
    max_execution: float | None = None  # None: two of our minutes, as Intuit cuts at 120 s
    requestid: str = "honoured"
    requestid_retention: float = 30.0  # only in mode "forgotten"
    rotation: str = "daily"
    rotation_interval: float = DAY
    rotation_grace: float = DAY
    access_token_seconds: float = 3600.0
    refresh_idle_seconds: float = 8_726_400.0
    refresh_hard_seconds: float = 5 * 365 * DAY
    strict_filters: bool = True
    strict_properties: bool = True
    cdc_time_activity: str = "refused"

    @property
    def execution_limit(self) -> float:
        """Seconds after which a request is cut off."""
        return self.max_execution if self.max_execution is not None else 2 * self.minute

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def update(self, changes: dict[str, Any]) -> None:
        """Apply all of ``changes`` or none. Raises BadConfig."""
        cleaned = {name: _clean(name, value) for name, value in changes.items()}
        for name, value in cleaned.items():
            setattr(self, name, value)


_CHOICES = {"requestid": REQUESTID_MODES, "rotation": ROTATIONS, "cdc_time_activity": CDC_TIME_ACTIVITY}


def _clean(name: str, value: Any) -> Any:
    hints = get_type_hints(Config)
    if name not in {field.name for field in fields(Config)}:
        raise BadConfig(f"There is no setting called {name}.")
    if name in _CHOICES:
        if value not in _CHOICES[name]:
            raise BadConfig(f"{name} must be one of {', '.join(_CHOICES[name])}.")
        return value
    kind = hints[name]
    if value is None and type(None) in get_args(kind):
        return None
    if kind is bool:
        return _boolean(name, value)
    number = seconds(value) if isinstance(value, str) else value
    if isinstance(number, bool) or not isinstance(number, int | float) or number < 0:
        raise BadConfig(f"{name} must be a number that is not negative.")
    if name == "minute" and number == 0:
        raise BadConfig("minute must be longer than nothing; turn limits off instead.")
    return int(number) if kind is int else float(number)


def _boolean(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise BadConfig(f"{name} must be true or false.")
    return value


def seconds(text: str) -> float:
    """``1s``, ``500ms``, ``1m`` or plain seconds. Raises BadConfig."""
    for suffix, factor in (("ms", 0.001), ("s", 1.0), ("m", 60.0)):
        if text.endswith(suffix):
            text, scale = text[: -len(suffix)], factor
            break
    else:
        scale = 1.0
    try:
        return float(text) * scale
    except ValueError:
        raise BadConfig(f"{text!r} is no duration; write it like 1s, 500ms or 60s.") from None
