"""What the agent was told when it was connected. Deleting its file (or Reset connection) starts afresh."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sync_agent import NAME
from sync_agent.places import home, write_privately
from sync_agent.problems import Trouble

LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True)
class Configuration:
    """Everything but the secret. Empty strings mean: not known yet."""

    server: str = ""
    soap_url: str = ""
    agent_id: str = ""
    email: str = ""
    firm_name: str = ""
    company_file: str = ""
    company_name: str = ""
    quickbooks_user: str = ""
    quickbooks_version: str = ""
    app_name: str = NAME
    app_id: str = ""
    owner_id: str = ""
    file_id: str = ""
    host: tuple[str, ...] = ()
    answer_seconds: int = 300
    first_answer_seconds: int = 900
    plain_http: bool = False

    @property
    def is_registered(self) -> bool:
        return bool(self.server and self.agent_id and self.soap_url)

    def path(self) -> Path:
        return home() / "configuration.json"

    def save(self) -> None:
        write_privately(self.path(), json.dumps(asdict(self), indent=2) + "\n")

    def with_changes(self, **changes: Any) -> Configuration:
        changed = replace(self, **changes)
        changed.save()
        return changed


def load() -> Configuration:
    """The stored configuration, or an empty one; a damaged file is a sentence, not a traceback."""
    path = Configuration().path()
    if not path.exists():
        return Configuration()
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        known = {field.name: stored[field.name] for field in fields(Configuration) if field.name in stored}
        return Configuration(**{**known, "host": tuple(known.get("host", ()))})
    except (ValueError, TypeError, AttributeError) as error:
        raise Trouble(
            f"The configuration file {path} can't be read.", "Choose Reset connection and connect again."
        ) from error


def known_address() -> str:
    """BigTime's address when the download came with it: the environment, or a text file beside the program."""
    beside = Path(sys.argv[0]).resolve().with_name("bigtime-address.txt")
    if os.environ.get("BIGTIME_URL"):
        return os.environ["BIGTIME_URL"]
    try:
        return beside.read_text(encoding="utf-8").strip()[:200]
    except (OSError, ValueError):
        return ""


def checked_address(text: str, *, plain_http: bool = False) -> str:
    """The installation's address without a slash at its end; raises Trouble for one that would not be safe.

    A password and a company's books go over it, so plain http is only taken on this computer itself or when asked for.
    """
    address = text.strip()
    parts = urlsplit(address if "://" in address else f"https://{address}")
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.username:
        raise Trouble(
            f"{text.strip()!r} is not an address.", "Copy it from your browser, for example https://bigtime.example."
        )
    if parts.scheme == "http" and parts.hostname not in LOOPBACK and not plain_http:
        raise Trouble(
            f"{address} is not encrypted, so your password could be read on the way.",
            "Use the https:// address of your BigTime.",
        )
    return parts.geturl().rstrip("/")
