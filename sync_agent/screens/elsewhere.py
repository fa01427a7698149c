"""An agent in another process of this person, as a window of ours sees it: it says how it is, we leave wishes."""

from __future__ import annotations

import threading

from sync_agent import bulletin
from sync_agent.bulletin import Bulletin
from sync_agent.configuration import Configuration
from sync_agent.instance import is_running

LOOK_SECONDS = 2.0


class Elsewhere:
    """Has what the window needs of an Agent. `run` lasts as long as the other runs and nobody sets `over`."""

    def __init__(self, configuration: Configuration) -> None:
        self.configuration = configuration
        self.over = threading.Event()

    @property
    def bulletin(self) -> Bulletin:
        return bulletin.latest()

    def wish(self, name: str) -> None:
        bulletin.wish(name)

    def run(self) -> None:
        while not self.over.wait(LOOK_SECONDS):
            if not is_running():
                self.over.set()
