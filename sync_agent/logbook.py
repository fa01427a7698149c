"""The agent's log: kept small by rotation, and free of secrets whatever is written into it."""

from __future__ import annotations

import logging
import os
import re
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path

from sync_agent.places import home

HIDDEN = "[hidden]"
_PATTERNS = (
    re.compile(r"(?i)(\"?(?:password|secret|token|code|ticket|strPassword)\"?\s*[:=>]\s*\"?)([^\s\",<}&]+)"),
    re.compile(r"(?i)((?:basic|bearer)\s+)(\S+)"),
)
_secrets: set[str] = set()


def hide(secret: str) -> None:
    """From now on this text never reaches the log. Very short ones are left to the patterns."""
    if len(secret) >= 4:
        _secrets.add(secret)


def cleaned(text: str) -> str:
    """The text without any secret that is known by its value or by the word before it."""
    for secret in sorted(_secrets, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    for pattern in _PATTERNS:
        text = pattern.sub(rf"\1{HIDDEN}", text)
    return text


class _Cleaning(logging.Formatter):
    """Cleans the finished line, so that arguments and tracebacks are covered too."""

    def format(self, record: logging.LogRecord) -> str:
        return cleaned(super().format(record))


def path() -> Path:
    return home() / "agent.log"


def _only_for_this_user(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)


class _PrivateFile(RotatingFileHandler):
    """Six files of half a megabyte at most, each made with mode 0600."""

    def _open(self):  # type: ignore[no-untyped-def]
        return open(self.baseFilename, self.mode, encoding="utf-8", opener=_only_for_this_user)


def start(*, loud: bool = False) -> logging.Logger:
    """Sends the agent's log to its file, and to the terminal as well when asked."""
    logger = logging.getLogger("sync_agent")
    stop()
    logger.setLevel(logging.INFO)
    logger.propagate = False
    handlers: list[logging.Handler] = [
        _PrivateFile(path(), maxBytes=512_000, backupCount=5, encoding="utf-8", delay=True)
    ]
    if loud and sys.stderr is not None:
        handlers.append(logging.StreamHandler(sys.stderr))
    for handler in handlers:
        handler.setFormatter(_Cleaning("%(asctime)s %(levelname)s %(message)s"))
        logger.addHandler(handler)
    return logger


def stop() -> None:
    """Closes the log's files."""
    logger = logging.getLogger("sync_agent")
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
        handler.close()
