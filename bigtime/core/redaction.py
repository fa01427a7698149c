"""Secrets never reach a log, a stored exchange or a traceback."""

from __future__ import annotations

import logging
import re
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


class SecretsFilter(logging.Filter):
    """Removes secrets from whatever a log record would print, its exception text included."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.msg, str):
            record.msg = redact(record.getMessage())
            record.args = None
        elif isinstance(record.msg, dict):
            record.msg = _redact_event(record.msg)
        if record.exc_info and not record.exc_text:
            record.exc_text = redact(logging.Formatter().formatException(record.exc_info))
            record.exc_info = None
        return True


def _redact_event(event: dict[str, Any]) -> dict[str, Any]:
    return {k: redact(v) if isinstance(v, str) else v for k, v in event.items()}
