"""What a timesheet says no with: always a sentence for the person, and nothing has changed."""

from __future__ import annotations


class Refused(Exception):
    """The change isn't possible; `sentence` says why and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class NotAllowed(Refused):
    """The change isn't this person's to make."""


class Stale(Refused):
    """What the person saw isn't what is stored now, as a whole page: it has to be looked at again."""


class Conflict(Refused):
    """The cell was changed by somebody else since the person saw it. Holds what is stored now.

    `version` is None and `minutes` 0 where the cell was cleared.
    """

    def __init__(self, *, minutes: int, note: str, version: int | None, by: str) -> None:
        super().__init__(f"This cell was changed by {by} in the meantime.")
        self.minutes = minutes
        self.note = note
        self.version = version
        self.by = by
