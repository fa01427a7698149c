"""Where the agent's secret lies: in the system's keyring, else in a file that only this user can read."""

from __future__ import annotations

import contextlib
import importlib
from pathlib import Path
from typing import Any

from sync_agent import NAME
from sync_agent.places import home, write_privately


def _keyring() -> Any:
    """The keyring package, when it is installed and has a place to keep things; else None."""
    try:
        keyring = importlib.import_module("keyring")
        usable = keyring.get_keyring().priority >= 1
    except Exception:  # noqa: BLE001 - a broken keyring service raises whatever it likes; the file is always there
        return None
    return keyring if usable else None


def _file() -> Path:
    return home() / "secret"


def keep(agent_id: str, secret: str) -> str:
    """Stores the secret; says where it went: "keyring" or "file"."""
    keyring = _keyring()
    if keyring is not None:
        with contextlib.suppress(Exception):
            keyring.set_password(NAME, agent_id, secret)
            _file().unlink(missing_ok=True)
            return "keyring"
    write_privately(_file(), secret)
    return "file"


def recall(agent_id: str) -> str:
    """The secret, or an empty string when there is none."""
    if _file().exists():
        return _file().read_text(encoding="utf-8").strip()
    keyring = _keyring()
    if keyring is not None:
        with contextlib.suppress(Exception):
            return str(keyring.get_password(NAME, agent_id) or "")
    return ""


def forget(agent_id: str) -> None:
    _file().unlink(missing_ok=True)
    keyring = _keyring()
    if keyring is not None:
        with contextlib.suppress(Exception):
            keyring.delete_password(NAME, agent_id)
