"""The time of one sheet, added up for reading: by day with notes, by line, and what is billable."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from bigtime.core.periods import short

from .lines import Line, LineKey
from .models import TimeEntry


@dataclass(frozen=True, slots=True)
class Spent:
    line: Line
    minutes: int
    note: str = ""
    lock: str = ""


@dataclass(frozen=True, slots=True)
class DayOf:
    date: date
    entries: list[Spent]

    @property
    def words(self) -> str:
        return short(self.date)

    @property
    def minutes(self) -> int:
        return sum(entry.minutes for entry in self.entries)


@dataclass(frozen=True, slots=True)
class Summary:
    minutes: int
    billable: int
    notes: int
    days: list[DayOf]
    lines: list[Spent]

    @property
    def billable_percent(self) -> int:
        """Whole percent, halves up; 0 of nothing."""
        return percent(self.billable, self.minutes)


def percent(part: int, whole: int) -> int:
    return (200 * part + whole) // (2 * whole) if whole else 0


def summarize(entries: list[TimeEntry]) -> Summary:
    ordered = sorted(entries, key=lambda e: (e.work_date, Line.of(e).order))
    days = [
        DayOf(day, [Spent(Line.of(e), e.minutes, e.note, e.lock_note if e.lock else "") for e in group])
        for day, group in groupby(ordered, key=lambda e: e.work_date)
    ]
    return Summary(
        minutes=sum(e.minutes for e in entries),
        billable=sum(e.minutes for e in entries if e.is_billable),
        notes=sum(bool(e.note) for e in entries),
        days=days,
        lines=_by_line(entries),
    )


def _by_line(entries: list[TimeEntry]) -> list[Spent]:
    lines: dict[LineKey, Line] = {}
    totals: dict[LineKey, int] = {}
    for entry in entries:
        key = LineKey.of(entry)
        lines[key] = Line.of(entry)
        totals[key] = totals.get(key, 0) + entry.minutes
    found = [Spent(lines[key], minutes) for key, minutes in totals.items()]
    return sorted(found, key=lambda spent: (-spent.minutes, spent.line.order))
