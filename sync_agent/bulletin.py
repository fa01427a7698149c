"""How the running agent and the command line meet: it publishes how it is, they leave wishes.

Files in the agent's folder, so that nothing listens on the computer and a stopped agent can still be asked about.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sync_agent.places import home, write_privately

WISHES = ("sync", "pause", "resume", "quit")


@dataclass(frozen=True)
class Bulletin:
    """What the agent says of itself. `state`: Active, Standby, Paused, Failed to open connection, Not connected."""

    state: str = "Not connected"
    words: str = ""
    mend: str = ""
    company_file: str = ""
    firm_name: str = ""
    email: str = ""
    server: str = ""
    last_sync: str = ""
    last_result: str = ""
    next_check: str = ""
    step: int = 0
    percent: int = -1
    activity: str = ""
    paused: bool = False
    pid: int = 0


def _path() -> Path:
    return home() / "status.json"


def publish(bulletin: Bulletin) -> None:
    write_privately(_path(), json.dumps(asdict(bulletin), indent=2) + "\n")


def latest() -> Bulletin:
    """The last bulletin; an empty one when there is none or it can't be read."""
    try:
        stored: dict[str, Any] = json.loads(_path().read_text(encoding="utf-8"))
        return Bulletin(**{field.name: stored[field.name] for field in fields(Bulletin) if field.name in stored})
    except (OSError, ValueError, TypeError, AttributeError):
        return Bulletin()


def wish(name: str) -> None:
    """Asks the running agent for something; asking twice is asking once."""
    if name not in WISHES:
        raise ValueError(name)
    write_privately(home() / f"wish-{name}", datetime.now(UTC).isoformat())


def granted() -> list[str]:
    """The wishes left since the last time; each is taken away by being read."""
    taken = []
    for name in WISHES:
        path = home() / f"wish-{name}"
        if path.exists():
            path.unlink(missing_ok=True)
            taken.append(name)
    return taken


def clear() -> None:
    """Forgets the bulletin and every wish."""
    granted()
    _path().unlink(missing_ok=True)
