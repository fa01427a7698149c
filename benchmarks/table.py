"""The one table at the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass

HEAD = ("measure", "ours", "beside it", "ratio", "aim", "met")


@dataclass(frozen=True, slots=True)
class Row:
    """One measure in words and figures; `met` is None where there is no aim, or where it says nothing at this size."""

    measure: str
    ours: str
    beside: str = ""
    ratio: str = ""
    aim: str = ""
    met: bool | None = None

    def cells(self) -> tuple[str, ...]:
        *words, met = astuple(self)
        return (*words, {True: "yes", False: "NO", None: ""}[met])


def text(rows: Sequence[Row]) -> str:
    cells = [HEAD, *(row.cells() for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(HEAD))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in cells
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)
