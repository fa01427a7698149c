"""Saves the cells of a form one by one, and gives back what couldn't be saved as it was typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.contrib import messages

from bigtime.core.durations import clock
from bigtime.core.periods import Period, short
from bigtime.timesheets.grid import Week
from bigtime.timesheets.lines import LineKey
from bigtime.timesheets.refusals import Conflict, Refused
from bigtime.timesheets.rights import Hand
from bigtime.timesheets.sent import SentCell, read_form, read_rows
from bigtime.timesheets.services import Saved, Wanted, change_row, save_each


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
    """`moved` are rows that have another class or payroll item now, `refused` why others haven't."""

    saved: list[Saved] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    moved: dict[LineKey, LineKey] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    @property
    def has_conflict(self) -> bool:
        return any(problem.is_conflict for problem in self.problems)

    def words(self) -> list[tuple[int, str]]:
        counts = [(len(self.saved), "cell"), (len(self.moved), "row")]
        saved = " and ".join(f"{count} {noun}{'' if count == 1 else 's'}" for count, noun in counts if count)
        told = [(messages.SUCCESS, f"Saved {saved}." if saved else "Nothing had changed.")]
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


def save_sent(hand: Hand, week: Period, data: Mapping[str, str]) -> Outcome:
    """Saves a posted grid or day: first the rows that were given other codes, then the touched cells, each by itself.

    Raises Refused for what no page of ours sends.
    """
    cells = read_form(data)
    outcome = _change_rows(hand, week, read_rows(data))
    for cell in cells:
        cell.key = outcome.moved.get(cell.key, cell.key)
    _save_cells(hand, cells, outcome)
    return outcome


def _change_rows(hand: Hand, week: Period, rows: Mapping[LineKey, LineKey]) -> Outcome:
    outcome = Outcome()
    for key, to in rows.items():
        try:
            outcome.moved[key] = change_row(by=hand.by, staff=hand.staff, key=key, to=to, week=week)
        except Refused as refusal:
            outcome.refused.append(refusal.sentence)
    return outcome


def _save_cells(hand: Hand, cells: list[SentCell], outcome: Outcome) -> None:
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


def conflict_words(yours: str, conflict: Conflict) -> str:
    """`Yours 2:00 · saved 1:30 by Chloe`."""
    stored = (
        f"saved {clock(conflict.minutes)} by {conflict.by}"
        if conflict.version is not None
        else "cleared in the meantime"
    )
    return f"Yours {yours.strip() or 'empty'} · {stored}"
