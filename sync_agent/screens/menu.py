"""What the tray's menu and the status window offer, by the agent's state; drawn by neither of them here."""

from __future__ import annotations

import os
import sys
import webbrowser
from dataclasses import dataclass

from sync_agent.bulletin import Bulletin
from sync_agent.commands import moment


@dataclass(frozen=True)
class Entry:
    """`action` is empty for a line that only tells."""

    label: str
    action: str = ""


def entries(now: Bulletin) -> list[Entry]:
    """In the order of the menu; an entry with an empty label separates."""
    paused = now.state == "Paused"
    status = "Syncing" if now.percent >= 0 else now.state
    progress = f" {now.percent}%" if now.percent >= 0 else ""
    signed_out = now.state == "Not connected"
    return [
        Entry(f"Status: {status}{progress}", "show"),
        Entry(f"Company file: {now.company_file or 'none'}", "company_file" if now.company_file else ""),
        Entry(f"Last sync: {moment(now.last_sync) or 'never'}"),
        Entry(f"Next check: {moment(now.next_check) or 'none planned'}"),
        Entry(""),
        Entry("Sign in again", "sign_in") if signed_out else Entry("Sync now", "sync"),
        Entry("Resume" if paused else "Pause", "resume" if paused else "pause"),
        Entry("Open BigTime", "bigtime"),
        Entry("Check my set-up", "check"),
        Entry("Reset connection", "reset"),
        Entry("Quit", "quit"),
    ]


def shown_state(now: Bulletin) -> str:
    """The state whose colour the icon has."""
    return "Syncing" if now.percent >= 0 else now.state


def open_company_file(path: str) -> bool:
    """Opens the company file in QuickBooks, as a double click would; False where that isn't possible."""
    if sys.platform == "win32":
        os.startfile(path)  # noqa: S606 - the path is what QuickBooks itself said
        return True
    return False


def open_bigtime(server: str) -> None:
    webbrowser.open(f"{server}/company/integrations/")
