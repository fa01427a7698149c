from __future__ import annotations

import logging
import logging.config
from io import StringIO
from typing import Any

import pytest
from django.conf import settings

from bigtime.core.redaction import MARK, redact


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("Authorization: Bearer eyJhbGciOi.canary-1", "canary-1"),
        ('{"access_token": "canary-token-2", "expires_in": 3600}', "canary-token-2"),
        ("grant_type=refresh_token&refresh_token=canary-token-3&x=1", "canary-token-3"),
        ("client_secret='canary-token-4'", "canary-token-4"),
        ("CLIENT_SECRET: canary-token-4 İ code=canary-token-5", "canary-token"),
        ("state=canary-1&code=canary-token-6&realmId=1", "canary"),
    ],
)
def test_secrets_are_removed_and_the_rest_stays(text: str, secret: str) -> None:
    assert secret not in redact(text)
    assert MARK in redact(text)


def test_words_without_a_secret_stay_as_they_are() -> None:
    assert redact("Posted 12 entries for Café Lumière") == "Posted 12 entries for Café Lumière"


def logged(write: Any) -> str:
    """What the configured handler prints for what `write(logger)` logs."""
    logging.config.dictConfig(settings.LOGGING)
    handler = logging.getLogger().handlers[0]
    stream = StringIO()
    handler.setStream(stream)  # type: ignore[attr-defined]
    try:
        write(logging.getLogger("somewhere"))
    finally:
        logging.config.dictConfig(settings.LOGGING)
    return stream.getvalue()


def test_a_traceback_is_logged_without_its_secrets() -> None:
    def fail(logger: logging.Logger) -> None:
        try:
            raise ValueError("refused: refresh_token=canary-token-5")
        except ValueError:
            logger.exception("The refresh failed with Bearer canary-token-6")

    text = logged(fail)
    assert "ValueError" in text
    assert "Traceback" in text
    assert "canary" not in text
