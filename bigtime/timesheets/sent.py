"""Reads what a grid sends: from the page's script as JSON, from the page without script as one form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from bigtime.core.durations import DurationError, parse

from .lines import LineKey
from .refusals import Refused
from .services import Wanted

EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)


def read_day(text: str) -> date:
    """An ISO date from 2000 to 2100. Raises Refused for anything else."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text or not EARLIEST <= day <= LATEST:
        raise Refused("That isn't a day. Write it as year, month and day, like 2026-11-16.")
    return day


def read_minutes(text: str) -> int:
    try:
        return parse(text)
    except DurationError as error:
        raise Refused(str(error)) from error


def read_seen(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Refused("The page is too old. Reload it; what you typed stays until then.")
    return int(text)


def read_wanted(sent: Any) -> Wanted:
    """One cell as the script sends it: `{"row", "day", "text", "seen", "note"?}`, all text. Raises Refused."""
    if not isinstance(sent, dict) or not all(isinstance(sent.get(k), str) for k in ("row", "day", "text", "seen")):
        raise Refused("The page sent something that isn't a cell. Reload it.")
    note = sent.get("note")
    if note is not None and not isinstance(note, str):
        raise Refused("The note isn't text.")
    return Wanted(
        LineKey.read(sent["row"]), read_day(sent["day"]), read_minutes(sent["text"]), read_seen(sent["seen"]), note
    )


def read_id(text: Any) -> int | None:
    """The id that a list of choices sends, None for its empty choice. Raises Refused for anything else."""
    if not isinstance(text, str) or not (text == "" or (text.isascii() and text.isdigit() and len(text) < 19)):
        raise Refused("That isn't one of the choices. Reload the page.")
    return int(text or 0) or None


def read_choice(key: LineKey, name: Any, value: Any) -> LineKey:
    """The key a row has once `value` is chosen for its `name`. Raises Refused for what no page of ours sends."""
    if name == "tracking_class":
        return replace(key, tracking_class=read_id(value))
    if name == "payroll_item":
        return replace(key, payroll_item=read_id(value))
    raise Refused("That can't be chosen for a row. Reload the page.")


def read_rows(data: Mapping[str, str]) -> dict[LineKey, LineKey]:
    """The rows of a posted grid or day whose class or payroll item was chosen anew: `k:ROW:tracking_class` and so."""
    wanted: dict[LineKey, LineKey] = {}
    for name, value in data.items():
        if name.startswith("k:"):
            row, _, part = name.removeprefix("k:").partition(":")
            key = LineKey.read(row)
            wanted[key] = read_choice(wanted.get(key, key), part, value)
    return {key: to for key, to in wanted.items() if to != key}


@dataclass(slots=True)
class SentCell:
    """One cell of the form: what was typed, and what the page had shown (`was`, `was_note`, `seen`)."""

    key: LineKey
    day: date
    text: str
    seen: str
    was: str
    note: str | None = None
    was_note: str = ""
    take_theirs: bool = False

    @property
    def is_touched(self) -> bool:
        if self.take_theirs:
            return False
        noted = self.note is not None and self.note.replace("\r\n", "\n").strip() != self.was_note.strip()
        return noted or self.text.strip() != self.was

    def wanted(self) -> Wanted:
        """Raises Refused when what was typed isn't a time, or a note stands without time."""
        minutes = read_minutes(self.text)
        note = self.note.replace("\r\n", "\n") if self.note is not None else None
        if note and note.strip() and not minutes and note.strip() != self.was_note.strip():
            raise Refused("Enter the time first, then its note.")
        return Wanted(self.key, self.day, minutes, read_seen(self.seen), note)


def read_form(data: Mapping[str, str]) -> list[SentCell]:
    """The cells of a posted grid or day: `c:ROW:DAY` the text, `s:` what was seen as `version|text`, `n:` and `o:` the
    note and the note seen, `t:` set to take what somebody else saved. Raises Refused for names no page sends."""
    cells = []
    for name, text in data.items():
        if not name.startswith("c:"):
            continue
        key, _, day = name.removeprefix("c:").partition(":")
        place = f"{key}:{day}"
        seen, _, was = data.get(f"s:{place}", "").partition("|")
        cells.append(
            SentCell(
                LineKey.read(key),
                read_day(day),
                text,
                seen,
                was,
                data.get(f"n:{place}"),
                data.get(f"o:{place}", "").replace("\r\n", "\n"),
                data.get(f"t:{place}") == "1",
            )
        )
    return cells
