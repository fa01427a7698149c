"""Secrets never reach a log, a stored exchange or a traceback."""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from typing import Any

MARK = "[removed]"
_NAMES = r"access_token|refresh_token|id_token|client_secret|password|authorization|code|token|secret|state"
_PATTERNS = (
    re.compile(r"(?i)(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}"),
    re.compile(rf"(?i)([\"']?(?:{_NAMES})[\"']?\s*[:=]\s*[\"']?)([^\"'\s&,}}]{{6,}})"),
)


def redact(text: str) -> str:
    """`text` with bearer and basic credentials and named secrets replaced by a mark."""
    text = _PATTERNS[0].sub(lambda m: f"{m.group(1)} {MARK}", text)
    return _PATTERNS[1].sub(lambda m: f"{m.group(1)}{MARK}", text)


def redact_event(logger: Any, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor, the last before rendering: redacts all text of an event, its traceback too."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = redact(value)
    return event
