"""The Sync Agent as a desktop program: the wizard when it isn't connected, then the icon, the window and the agent."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable

from sync_agent import bulletin, first_time
from sync_agent.agent import Agent
from sync_agent.commands import PERMISSION, ended
from sync_agent.configuration import Configuration, load
from sync_agent.instance import OnlyOne
from sync_agent.problems import Trouble
from sync_agent.screens import menu, theme
from sync_agent.screens.elsewhere import Elsewhere
from sync_agent.screens.status import StatusWindow
from sync_agent.screens.tray import tray
from sync_agent.screens.wizard import wizard

log = logging.getLogger("sync_agent.screens")


def start() -> int:
    """Runs until somebody quits. Where an agent runs already this is one more window on it.

    Raises Trouble without a screen.
    """
    while _once():
        continue
    return 0


def _once() -> bool:
    """Whether to start again."""
    try:
        with OnlyOne():
            settings = _connected()
            return settings is not None and Desktop(settings, Agent(settings)).run()
    except Trouble as trouble:
        if trouble.code != "running" or not load().company_file:
            raise
    settings = load()
    return Desktop(settings, Elsewhere(settings)).run()


def _connected() -> Configuration | None:
    """The configuration, by the wizard if need be; None when the person closed it first."""
    try:
        settings = load()
    except Trouble as trouble:
        # A damaged file is what Reset connection is for, and a wizard does the same with less ado.
        log.warning("%s", trouble)
        settings = Configuration()
    if settings.is_registered and settings.company_file:
        return settings
    return load() if wizard(settings).run() else None


class Desktop:
    """Agent, icon and window of one connection. The window's thread is the main one; the agent has its own.

    An agent that runs elsewhere has no icon here, and goes on when the window is closed.
    """

    def __init__(self, settings: Configuration, agent: Agent | Elsewhere) -> None:
        self._agent, self._is_elsewhere = agent, isinstance(agent, Elsewhere)
        if not self._is_elsewhere:
            bulletin.granted()
        self._thread = threading.Thread(target=self._agent.run, name="agent", daemon=True)
        self.window = StatusWindow(settings, self.chosen)
        self.icon = None if self._is_elsewhere else tray(agent.bulletin, self._chosen_in_the_tray)
        # Elsewhere a desktop may have no tray, and nothing says so: an icon nobody sees can't bring a window back.
        self._hides = self.icon is not None and sys.platform in {"win32", "darwin"}
        self.window.root.protocol("WM_DELETE_WINDOW", self._closed)
        self._again: Callable[[Configuration], object] | None = None

    def run(self) -> bool:
        """Whether to start again, which Reset connection and Sign in again want."""
        self._thread.start()
        if self._hides:
            self.window.root.withdraw()
        self._look()
        self.window.root.mainloop()
        self._agent.over.set()
        self._thread.join(40)
        if self.icon is not None:
            self.icon.stop()
        if self._again is not None:
            if self._is_elsewhere:
                ended(30)
            self._again(self._agent.configuration)
            bulletin.clear()
        return self._again is not None

    def _chosen_in_the_tray(self, action: str) -> None:
        self.window.background.tell(lambda: self.chosen(action))

    def chosen(self, action: str) -> None:
        """An entry of the menu."""
        settings = self._agent.configuration
        if action in {"sync", "pause", "resume"}:
            self._agent.wish(action)
        elif action == "show":
            self.window.root.deiconify()
        elif action == "company_file" and not menu.open_company_file(settings.company_file):
            self.window.tell(
                f"The company file is {settings.company_file}. It opens on the computer that has QuickBooks."
            )
        elif action == "bigtime":
            menu.open_bigtime(settings.server)
        elif action == "check":
            self.window.root.deiconify()
            self.window.check()
        elif action == "sign_in":
            self._again = first_time.without_credentials
            self.leave()
        elif action == "reset":
            self._ask_reset(settings)
        elif action == "quit":
            self._agent.wish("quit")
            self.leave()

    def leave(self) -> None:
        self.window.background.stop()
        theme.close(self.window.root)

    def _ask_reset(self, settings: Configuration) -> None:
        question = (
            "Forget the connection on this computer? Nothing in BigTime or QuickBooks is changed or lost; you sign in "
            f"and connect again afterwards.\n\n{PERMISSION.format(name=settings.app_name)}"
        )
        if self.window.sure(question):
            self._again = first_time.reset
            self.leave()

    def _closed(self) -> None:
        if self._hides:
            self.window.root.withdraw()
        else:
            self.leave()

    def _look(self) -> None:
        """Twice a second: has the agent news?"""
        now = self._agent.bulletin
        self.window.told(now)
        if self.icon is not None:
            self.icon.told(now)
        if self._agent.over.is_set():
            self.leave()
            return
        self.window.root.after(500, self._look)
