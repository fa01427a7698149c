"""The installation wizard, from **Begin** to the first sync."""

from __future__ import annotations

from sync_agent.configuration import Configuration, known_address
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
