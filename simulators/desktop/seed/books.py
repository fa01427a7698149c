"""A company file under construction: records are added by the usual rules, with a clock of their own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from simulators.desktop import operations
from simulators.desktop.company_file import CompanyFile
from simulators.desktop.entities import ENTITIES

STEP = 437  # seconds between two records: no two share a second, and the whole fits into the days before the start


class Books:
    """Adds records, each a little later than the one before, and finds them by full name."""

    def __init__(self, file: CompanyFile, at: int, *, days_ago: int) -> None:
        self.file, self.at = file, at
        self._clock = at - days_ago * 86_400

    def day(self, ago: int) -> str:
        """ISO date so many days before the start."""
        return (datetime.fromtimestamp(self.at, UTC) - timedelta(days=ago)).date().isoformat()

    def move_to(self, days_ago: int) -> None:
        """Go on from the afternoon so many days before the start, if that is later than now."""
        self._clock = max(self._clock, self.at - days_ago * 86_400 + 6 * 3600)

    def add(self, entity: str, /, **values: Any) -> str:
        """Write a record and answer its id. ``active=False`` for an inactive one."""
        self._clock = min(self._clock + STEP, self.at - 1)
        if "active" in values:
            values["IsActive"] = "true" if values.pop("active") else "false"
        change = operations.add(self.file, ENTITIES[entity], values, now=self._clock, author=operations.BOOKKEEPER)
        return change.row.id
