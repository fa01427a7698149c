"""Secrets never reach a log, a stored exchange or a traceback."""

from __future__ import annotations

import re
from collections.abc import Iterator, MutableMapping
from typing import Any

MARK = "[removed]"
# What a secret follows. A name's longer forms end in it: access_token, client_secret, SyncToken.
_VALUE = re.compile(r"[\"']?\s*[:=]\s*[\"']?([^\"'\s&,}]{6,})")
_CREDENTIALS = re.compile(r"\s+([A-Za-z0-9._~+/=-]{8,})")
_BEFORE = {
    **dict.fromkeys(("token", "secret", "password", "authorization", "code", "state"), _VALUE),
    **dict.fromkeys(("bearer", "basic"), _CREDENTIALS),
}


def redact(text: str) -> str:
    """`text` with bearer and basic credentials and named secrets replaced by a mark.

    Every exchange with QuickBooks passes here, so words are looked for by `find`, many times as fast as a pattern is.
    """
    low = text.lower()
    if len(low) != len(text):  # a few letters grow when they are made small, and places would no longer agree
        low = "".join(each.lower() if each.isascii() else each for each in text)
    kept, end = [], 0
    for first, last in sorted(_secrets(text, low)):
        if first >= end:
            kept += [text[end:first], MARK]
        end = max(end, last)
    return "".join([*kept, text[end:]]) if kept else text


def _secrets(text: str, low: str) -> Iterator[tuple[int, int]]:
    for word, value in _BEFORE.items():
        at = low.find(word)
        while at >= 0:
            at += len(word)
            if found := value.match(text, at):
                yield found.span(1)
            at = low.find(word, at)


def redact_event(logger: Any, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor, the last before rendering: redacts all text of an event, its traceback too."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = redact(value)
    return event
