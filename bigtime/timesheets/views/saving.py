"""Saves the cells of a form one by one, and gives back what couldn't be saved as it was typed."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.contrib import messages

from bigtime.core.durations import clock
from bigtime.core.periods import short
from bigtime.timesheets.grid import Week
from bigtime.timesheets.refusals import Conflict, Refused
from bigtime.timesheets.rights import Hand
from bigtime.timesheets.sent import SentCell
from bigtime.timesheets.services import Saved, Wanted, save_each


@dataclass(slots=True)
class Problem:
    """A cell that wasn't saved, with what was typed and why."""

    cell: SentCell
    refusal: Refused

    @property
    def sentence(self) -> str:
        return (
            conflict_words(self.cell.text, self.refusal)
            if isinstance(self.refusal, Conflict)
            else self.refusal.sentence
        )

    @property
    def day_words(self) -> str:
        return short(self.cell.day)

    @property
    def is_conflict(self) -> bool:
        return isinstance(self.refusal, Conflict)

    @property
    def name(self) -> str:
        return f"{self.cell.key}:{self.cell.day.isoformat()}"


@dataclass(slots=True)
class Outcome:
    saved: list[Saved] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def has_conflict(self) -> bool:
        return any(problem.is_conflict for problem in self.problems)

    def words(self) -> list[tuple[int, str]]:
        count = len(self.saved)
        told = [
            (messages.SUCCESS, f"Saved {count} cell{'' if count == 1 else 's'}." if count else "Nothing had changed.")
        ]
        rounded = [f"{short(s.day)}: {s.rounding}" for s in self.saved if s.rounding]
        return told + [(messages.INFO, sentence + ".") for sentence in rounded]

    def show_in(self, grid: Week) -> None:
        """Puts what was typed back into its cells, with the reason. A conflict's cell now carries the stored version,
        so that sending it again keeps what was typed."""
        for problem in self.problems:
            cell = grid.cell(problem.cell.key, problem.cell.day)
            if cell is None:
                continue
            cell.typed = problem.cell.text
            if problem.cell.note is not None:
                cell.typed_note = problem.cell.note
            if problem.is_conflict:
                cell.conflict = problem.sentence
            else:
                cell.error = problem.sentence


def save_sent(hand: Hand, cells: list[SentCell]) -> Outcome:
    """Saves the touched cells, each by itself."""
    outcome = Outcome()
    readable: dict[int, SentCell] = {}
    wanted: list[Wanted] = []
    for cell in cells:
        if not cell.is_touched:
            continue
        try:
            ask = cell.wanted()
        except Refused as refusal:
            outcome.problems.append(Problem(cell, refusal))
            continue
        readable[id(ask)] = cell
        wanted.append(ask)
    for ask, result in save_each(by=hand.by, staff=hand.staff, cells=wanted):
        if isinstance(result, Refused):
            outcome.problems.append(Problem(readable[id(ask)], result))
        else:
            outcome.saved.append(result)
    return outcome


def conflict_words(yours: str, conflict: Conflict) -> str:
    """`Yours 2:00 · saved 1:30 by Chloe`."""
    stored = (
        f"saved {clock(conflict.minutes)} by {conflict.by}"
        if conflict.version is not None
        else "cleared in the meantime"
    )
    return f"Yours {yours.strip() or 'empty'} · {stored}"
