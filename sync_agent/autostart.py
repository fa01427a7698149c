"""Starting with the person's session: a Run key on Windows, a desktop entry elsewhere. Needs no administrator."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

from sync_agent import NAME
from sync_agent.host import own_command
from sync_agent.places import write_privately

_RUN_KEY = r"Software\Microsoft\Windows\CurrentVersion\Run"


def is_offered() -> bool:
    """Not for a demonstration: it would outlive what it demonstrates."""
    return os.environ.get("SYNC_AGENT_AUTOSTART", "") != "off"


def turn_on() -> None:
    """From the next sign-in to the computer the agent starts with its icon."""
    command = own_command("start")
    if sys.platform == "win32":
        import winreg  # noqa: PLC0415 - exists on Windows only

        with winreg.CreateKey(winreg.HKEY_CURRENT_USER, _RUN_KEY) as key:
            winreg.SetValueEx(key, NAME, 0, winreg.REG_SZ, subprocess.list2cmdline(command))
        return
    entry = _desktop_entry()
    entry.parent.mkdir(parents=True, exist_ok=True)
    write_privately(
        entry, f"[Desktop Entry]\nType=Application\nName={NAME}\nExec={shlex.join(command)}\nTerminal=false\n"
    )


def turn_off() -> None:
    if sys.platform == "win32":
        import winreg  # noqa: PLC0415 - exists on Windows only

        with winreg.CreateKey(winreg.HKEY_CURRENT_USER, _RUN_KEY) as key:
            try:
                winreg.DeleteValue(key, NAME)
            except FileNotFoundError:
                return
        return
    _desktop_entry().unlink(missing_ok=True)


def is_on() -> bool:
    if sys.platform == "win32":
        import winreg  # noqa: PLC0415 - exists on Windows only

        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, _RUN_KEY) as key:
                return bool(winreg.QueryValueEx(key, NAME)[0])
        except FileNotFoundError:
            return False
    return _desktop_entry().exists()


def _desktop_entry() -> Path:
    base = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return base / "autostart" / "bigtime-sync-agent.desktop"
