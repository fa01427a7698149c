"""The wizard's frame: one window, a list of steps at the left, one page, one main button."""

from __future__ import annotations

import threading
import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import ttk
from typing import Any

from sync_agent import NAME
from sync_agent.configuration import Configuration
from sync_agent.first_time import Setup
from sync_agent.problems import Trouble
from sync_agent.screens import theme
from sync_agent.screens.background import Background
from sync_agent.session import Result


class WizardFrame:
    """`run` returns whether the connection was finished; closing the window keeps what was done so far."""

    def __init__(
        self, configuration: Configuration, steps: Sequence[str], first: type[Page], address: str = ""
    ) -> None:
        self.setup = Setup(configuration)
        self.address, self._steps = address, steps
        self.result: Result | None = None
        self.finished = False
        self.closed = threading.Event()
        self.root = tk.Tk()
        theme.prepare(self.root, NAME)
        theme.in_the_middle(self.root, 780, 560)
        self.root.protocol("WM_DELETE_WINDOW", self.close)
        self.background = Background(self.root)
        self._ticks = self._list_steps()
        self.content = tk.Frame(self.root, background=theme.WHITE)
        self.button = self._list_buttons()
        self.content.pack(side="top", fill="both", expand=True, padx=32, pady=(28, 0))
        self.page: Page | None = None
        self._failed: Callable[[Trouble], object] = self.refused
        self.show(first)

    def run(self) -> bool:
        self.root.mainloop()
        return self.finished

    def close(self) -> None:
        self.closed.set()
        self.background.stop()
        self.page = None
        theme.close(self.root)

    def show(self, kind: type[Page]) -> None:
        """Replaces the page."""
        if self.page is not None:
            self.page.destroy()
        self.notice("", "")
        self.page = kind(self)
        self.page.pack(fill="both", expand=True)
        for number, tick in enumerate(self._ticks):
            done, here = number < self.page.step, number == self.page.step
            tick.configure(
                text=f"{'✓' if done else '●' if here else '○'}   {self._steps[number]}",
                foreground=theme.WHITE if here else "#a9bde6" if done else "#7f95c4",
                font="Strong" if here else "Body",
            )
        self.button.configure(text=self.page.button, state="normal")
        self.page.shown()

    def press(self) -> None:
        """What the main button, or Enter, does."""
        if self.page is not None and not self.background.busy:
            self.page.go()

    def work(
        self,
        words: str,
        what: Callable[[], Any],
        done: Callable[[Any], object],
        failed: Callable[[Trouble], object] | None = None,
    ) -> None:
        """Does something beside the window, with the button off until it is over."""
        self.notice(words, "", colour=theme.BRAND)
        self.button.configure(state="disabled")

        def over(trouble: Trouble) -> None:
            self.button.configure(state="normal")
            (failed or self.refused)(trouble)

        self.background.run(what, done, over)

    def refused(self, trouble: Trouble) -> None:
        self.notice(trouble.words, trouble.mend)

    def notice(self, words: str, mend: str, *, colour: str = theme.BAD) -> None:
        """The line above the button: what happened, and what to do."""
        self._words.configure(text=words, foreground=colour)
        self._mend.configure(text=mend)

    def _list_steps(self) -> list[tk.Label]:
        side = tk.Frame(self.root, background=theme.SIDE, width=210)
        side.pack(side="left", fill="y")
        side.pack_propagate(flag=False)
        theme.words(side, "BigTime", look="Big", colour=theme.WHITE, back=theme.SIDE).pack(
            fill="x", padx=24, pady=(28, 0)
        )
        theme.words(side, "Sync Agent", colour="#a9bde6", back=theme.SIDE).pack(fill="x", padx=24, pady=(0, 28))
        ticks = []
        for name in self._steps:
            tick = theme.words(side, name, colour=theme.WHITE, back=theme.SIDE)
            tick.pack(fill="x", padx=24, pady=7)
            ticks.append(tick)
        return ticks

    def _list_buttons(self) -> ttk.Button:
        row = tk.Frame(self.root, background=theme.WHITE)
        row.pack(side="bottom", fill="x", padx=32, pady=(0, 22))
        self._mend = theme.words(self.root, look="Small", colour=theme.MUTED, width=500)
        self._mend.pack(side="bottom", fill="x", padx=32, pady=(0, 12))
        self._words = theme.words(self.root, look="Strong", width=500)
        self._words.pack(side="bottom", fill="x", padx=32, pady=(8, 2))
        ttk.Button(row, text="Close", command=self.close).pack(side="left")
        button = ttk.Button(row, style="Primary.TButton", command=self.press)
        button.pack(side="right")
        return button


class Page(tk.Frame):
    """`step` is its place in the list at the left; `button` its main button, empty for none."""

    step = 0
    title = ""
    button = ""

    def __init__(self, wizard: WizardFrame) -> None:
        super().__init__(wizard.content, background=theme.WHITE)
        self.wizard = wizard
        theme.words(self, self.title, look="Big").pack(fill="x", pady=(0, 10))
        self.draw()

    def draw(self) -> None:
        """Puts the page's widgets on it."""

    def go(self) -> None:
        """What the main button does."""

    def shown(self) -> None:
        """Called once the page is on the screen."""

    def say(self, text: str, *, colour: str = theme.TEXT, look: str = "Body", above: int = 0) -> tk.Label:
        label = theme.words(self, text, colour=colour, look=look)
        label.pack(fill="x", pady=(above, 6))
        return label
