"""Which columns of a list are shown: the person's choice, kept in the address as `cols`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .columns import Column
from .slots import ExtraColumn

PARAM = "cols"


@dataclass(frozen=True, slots=True)
class Offer:
    """One line of the column chooser; a `fixed` one can't be left out."""

    key: str
    label: str
    shown: bool
    fixed: bool


class ColumnChoice:
    """The columns a person may see, cut down to those asked for; none asked for: those a list shows at first.

    What is asked for and isn't offered (another role's column, a misspelt one) is passed over.
    """

    def __init__(self, columns: Sequence[Column], extra: Sequence[ExtraColumn], asked: Sequence[str]) -> None:
        self.offered, self.offered_extra = tuple(columns), list(extra)
        self.asked = {key for key in asked if key}

    @property
    def columns(self) -> tuple[Column, ...]:
        return tuple(c for c in self.offered if self._shows(c.key, c.shown) or c.main)

    @property
    def extra(self) -> list[ExtraColumn]:
        return [c for c in self.offered_extra if self._shows(c.key, True)]

    def _shows(self, key: str, at_first: bool) -> bool:
        return key in self.asked if self.asked else at_first

    def __iter__(self) -> Iterator[Offer]:
        for column in self.offered:
            yield Offer(column.key, column.label, column.main or self._shows(column.key, column.shown), column.main)
        for extra in self.offered_extra:
            yield Offer(extra.key, extra.label, self._shows(extra.key, True), False)

    @property
    def made(self) -> bool:
        """Whether somebody chose; else the list shows what it shows at first."""
        return bool(self.asked)
