"""The status window: the same as the tray's menu, with reasons, results of the checks, and room to read them."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from functools import partial
from tkinter import messagebox, ttk

from sync_agent import NAME, checks
from sync_agent.bulletin import Bulletin
from sync_agent.commands import status_lines
from sync_agent.configuration import Configuration
from sync_agent.first_time import reachable_host
from sync_agent.problems import Trouble
from sync_agent.screens import theme
from sync_agent.screens.background import Background
from sync_agent.screens.menu import entries, shown_state

_MARKS = {"good": ("✓", theme.GOOD), "bad": ("✗", theme.BAD), "unknown": ("?", theme.WARN)}


class StatusWindow:
    """`chosen` is called with an action of the menu. Closing hides the window when there is an icon, else quits."""

    def __init__(self, configuration: Configuration, chosen: Callable[[str], object]) -> None:
        self.configuration, self._chosen = configuration, chosen
        self.root = tk.Tk()
        theme.prepare(self.root, NAME)
        theme.in_the_middle(self.root, 660, 640)
        self.background = Background(self.root)
        self._head = theme.words(self.root, look="Big", width=560)
        self._head.pack(fill="x", padx=28, pady=(24, 2))
        self._why = theme.words(self.root, colour=theme.MUTED, width=560)
        self._why.pack(fill="x", padx=28)
        self._bar = ttk.Progressbar(self.root, maximum=100, length=580)
        self._lines = tk.Frame(self.root, background=theme.WHITE)
        self._lines.pack(fill="x", padx=28, pady=(14, 0))
        self._buttons = tk.Frame(self.root, background=theme.WHITE)
        self._buttons.pack(side="bottom", fill="x", padx=24, pady=(0, 20))
        self._found = tk.Frame(self.root, background=theme.WHITE)
        self._found.pack(fill="both", expand=True, padx=28, pady=(10, 0))
        self._drawn: Bulletin | None = None
        self._synced = ""

    def told(self, now: Bulletin) -> None:
        """Draws the agent's news, when there are any."""
        if now == self._drawn:
            return
        self._drawn = now
        state = shown_state(now)
        colour = theme.STATE_COLOURS.get(state, theme.TEXT)
        progress = f" {now.percent}%" if now.percent >= 0 else ""
        self._head.configure(text=f"● {state}{progress}", foreground=colour)
        # While it syncs, what went wrong before is not the news any more.
        self._why.configure(text=now.activity if now.percent >= 0 else f"{now.words} {now.mend}".strip())
        if self._synced != now.last_sync:
            self._synced = now.last_sync
            _empty(self._found)
        self._show_progress(now.percent)
        self._show_lines(now)
        self._show_buttons(now)

    def check(self) -> None:
        """Check my set-up, beside the window."""
        self._say([checks.Check("Check my set-up", "unknown", "Looking…")])
        settings = self.configuration

        def look() -> list[checks.Check]:
            quickbooks = checks.quickbooks(settings, lambda: reachable_host(settings))[0]
            found = [*checks.computer(), *quickbooks, checks.bigtime(settings)]
            checks.told(settings, found)
            return found

        self.background.run(look, self._say, lambda trouble: self._say([_failed(trouble)]))

    def sure(self, question: str) -> bool:
        return bool(messagebox.askyesno(NAME, question, parent=self.root))

    def tell(self, words: str) -> None:
        messagebox.showinfo(NAME, words, parent=self.root)

    def _show_progress(self, percent: int) -> None:
        if percent < 0:
            self._bar.pack_forget()
            return
        self._bar["value"] = percent
        self._bar.pack(after=self._why, padx=28, pady=(8, 0), anchor="w")

    def _show_lines(self, now: Bulletin) -> None:
        _empty(self._lines)
        shown = [line for line in status_lines(self.configuration, now, running=True) if line[0] not in _IN_THE_HEAD]
        for row, (name, value) in enumerate(shown):
            theme.words(self._lines, name, colour=theme.MUTED).grid(row=row, column=0, sticky="nw", pady=3)
            link = name == "Company file" and bool(now.company_file)
            text = theme.words(self._lines, value, colour=theme.BRAND if link else theme.TEXT, width=440)
            text.grid(row=row, column=1, sticky="w", padx=(18, 0), pady=3)
            if link:
                text.configure(cursor="hand2")
                text.bind("<Button-1>", lambda event: self._chosen("company_file"))

    def _show_buttons(self, now: Bulletin) -> None:
        _empty(self._buttons)
        wanted = [entry for entry in entries(now) if entry.action and entry.action not in {"show", "company_file"}]
        for number, entry in enumerate(wanted):
            style = "Primary.TButton" if entry.action in {"sync", "sign_in"} else "TButton"
            chosen = partial(self._chosen, entry.action)
            button = ttk.Button(self._buttons, text=entry.label, style=style, command=chosen)
            button.grid(row=number // 3, column=number % 3, sticky="ew", padx=4, pady=4)
            self._buttons.columnconfigure(number % 3, weight=1)

    def _say(self, found: list[checks.Check]) -> None:
        """A line for each check; what isn't known before another one is mended shares one."""
        _empty(self._found)
        waiting = [one.name for one in found if one.words == checks.LATER]
        for one in found:
            if one.words != checks.LATER:
                self._line(one.outcome, f"{one.name}: {one.words} {one.mend}".strip())
        if waiting:
            self._line("unknown", f"{', '.join(waiting)}: {checks.LATER}")

    def _line(self, outcome: str, words: str) -> None:
        mark, colour = _MARKS[outcome]
        theme.words(self._found, f"{mark}  {words}", look="Small", colour=colour, width=600).pack(fill="x", pady=1)


_IN_THE_HEAD = {"State", "Why", "What to do"}


def _failed(trouble: Trouble) -> checks.Check:
    return checks.Check("Check my set-up", "bad", trouble.words, trouble.mend)


def _empty(frame: tk.Frame) -> None:
    for child in frame.winfo_children():
        child.destroy()
