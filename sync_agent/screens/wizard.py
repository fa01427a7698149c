"""The installation wizard, from **Begin** to the first sync."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from sync_agent.configuration import Configuration
from sync_agent.screens.frame import Page, WizardFrame
from sync_agent.screens.pages import Connect, FirstSync, Welcome

STEPS = ("Begin", "Sign in", "Connect", "Company file", "First sync", "Done")


def wizard(configuration: Configuration) -> WizardFrame:
    """The window; its `run` returns whether the connection was finished."""
    return WizardFrame(configuration, STEPS, first_page(configuration), known_address())


def first_page(known: Configuration) -> type[Page]:
    """Where an earlier try stopped."""
    if known.is_registered:
        return FirstSync if known.company_file else Connect
    return Welcome


def known_address() -> str:
    """BigTime's address when the download came with it: the environment, or a text file beside the program."""
    beside = Path(sys.argv[0]).resolve().with_name("bigtime-address.txt")
    if os.environ.get("BIGTIME_URL"):
        return os.environ["BIGTIME_URL"]
    try:
        return beside.read_text(encoding="utf-8").strip()[:200]
    except (OSError, ValueError):
        return ""
