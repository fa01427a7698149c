"""A cell of the week's grid, and the day that it is on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bigtime.core.durations import clock
from bigtime.core.periods import short

from .lines import LineKey


@dataclass(slots=True)
class Day:
    date: date
    is_today: bool
    is_weekend: bool
    lock: str
    minutes: int = 0
    expected: int = 0
    is_closed: bool = False

    @property
    def is_short(self) -> bool:
        """A past working day with less than what is expected of it."""
        return self.minutes < self.expected

    @property
    def words(self) -> str:
        return short(self.date)


@dataclass(slots=True)
class Cell:
    """One line on one day. `lock` is why it can't be changed at all, `ceiling` why no time can be added to it.

    `typed`, `error` and `conflict` carry what a person sent and what became of it, when the page is shown again.
    """

    key: LineKey
    on: Day
    minutes: int = 0
    note: str = ""
    version: int | None = None
    lock: str = ""
    ceiling: str = ""
    is_posted: bool = False
    typed: str | None = None
    typed_note: str | None = None
    error: str = ""
    conflict: str = ""

    @property
    def day(self) -> date:
        return self.on.date

    @property
    def name(self) -> str:
        return f"{self.key}:{self.day.isoformat()}"

    @property
    def text(self) -> str:
        return clock(self.minutes) if self.typed is None else self.typed

    @property
    def note_text(self) -> str:
        return self.note if self.typed_note is None else self.typed_note

    @property
    def seen(self) -> str:
        """What the page says it showed: version and text, so that only touched cells are saved."""
        return f"{'' if self.version is None else self.version}|{clock(self.minutes)}"

    @property
    def why(self) -> str:
        return self.lock or (self.ceiling if not self.minutes else "")

    @property
    def css(self) -> str:
        """Its day, whether it can be changed, its note and what went wrong, as the stylesheet names them."""
        day = "today" if self.on.is_today else "we" if self.on.is_weekend else ""
        held = "locked" if self.why else "closed" if self.on.is_closed else ""
        wrong = "bad" if self.error else "conflict" if self.conflict else ""
        return " ".join(filter(None, (day, held, self.note and "note-dot", wrong)))
