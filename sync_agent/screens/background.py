"""Work that takes its time, beside a window that stays alive: a thread does it, the window hears of it."""

from __future__ import annotations

import logging
import queue
import threading
import tkinter as tk
from collections.abc import Callable
from typing import Any

from sync_agent.problems import Trouble

log = logging.getLogger("sync_agent.screens")


class Background:
    """Runs one thing at a time; whatever comes back is handed over in the window's own thread."""

    def __init__(self, root: tk.Misc, milliseconds: int = 40) -> None:
        self._root, self._milliseconds = root, milliseconds
        self._news: queue.Queue[Callable[[], object]] = queue.Queue()
        self.busy = False
        self._waiting = root.after(milliseconds, self._listen)

    def run(self, work: Callable[[], Any], done: Callable[[Any], object], failed: Callable[[Trouble], object]) -> None:
        """Calls done with the result, or failed with what went wrong."""
        self.busy = True
        threading.Thread(target=self._work, args=(work, done, failed), name="wizard", daemon=True).start()

    def tell(self, news: Callable[[], object]) -> None:
        """From any thread: have this called in the window's."""
        self._news.put(news)

    def stop(self) -> None:
        self._root.after_cancel(self._waiting)

    def _work(
        self, work: Callable[[], Any], done: Callable[[Any], object], failed: Callable[[Trouble], object]
    ) -> None:
        try:
            result = work()
        except Trouble as error:
            trouble = error
            self.tell(lambda: self._over(lambda: failed(trouble)))
        except Exception as error:  # a thread's traceback would be seen by nobody
            log.exception("A step broke off")
            broken = Trouble(f"Something went wrong: {type(error).__name__}.", "The log has more.")
            self.tell(lambda: self._over(lambda: failed(broken)))
        else:
            self.tell(lambda: self._over(lambda: done(result)))

    def _over(self, then: Callable[[], object]) -> None:
        self.busy = False
        then()

    def _listen(self) -> None:
        self._waiting = self._root.after(self._milliseconds, self._listen)
        while True:
            try:
                news = self._news.get_nowait()
            except queue.Empty:
                return
            news()
