"""Where the agent keeps its files: one folder of the user's own, made readable by nobody else."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from sync_agent import NAME


def home() -> Path:
    """The agent's folder, made if missing with mode 0700; SYNC_AGENT_HOME names another one."""
    folder = Path(os.environ["SYNC_AGENT_HOME"]) if os.environ.get("SYNC_AGENT_HOME") else _by_system()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _by_system() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming") / NAME
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / NAME
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "bigtime-sync-agent"


def write_privately(path: Path, text: str) -> None:
    """Replaces a file as a whole; a reader or a power cut sees the old text or the new. Mode 0600 from the start."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
