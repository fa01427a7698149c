"""A company under construction: objects are added through the same rules as a client's, with a clock of their own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from simulators.online import operations
from simulators.online.entities import ENTITIES
from simulators.online.realm import Realm

STEP = 437  # seconds between two objects: no two share a second, and the whole fits into the days before the start


class Books:
    """Adds objects, each a little later than the one before, and finds them by name."""

    def __init__(self, realm: Realm, at: int, *, days_ago: int) -> None:
        self.realm, self.at = realm, at
        self._clock = at - days_ago * 86_400

    def day(self, ago: int) -> str:
        """ISO date so many days before the start."""
        return (datetime.fromtimestamp(self.at, UTC) - timedelta(days=ago)).date().isoformat()

    def move_to(self, days_ago: int) -> None:
        """Go on from the afternoon so many days before the start, if that is later than now."""
        self._clock = max(self._clock, self.at - days_ago * 86_400 + 6 * 3600)

    def add(self, entity: str, /, **body: Any) -> str:
        """Write an object and answer its id."""
        self._clock = min(self._clock + STEP, self.at - 1)
        return operations.write(self.realm, ENTITIES[entity], body, now=self._clock, privileged=True).row.id

    def inactivate(self, entity: str, id: str) -> None:
        self.add(entity, Id=id, sparse=True, Active=False)

    def ref(self, entity: str, name: str) -> dict[str, str]:
        """A reference by name. KeyError if nobody bears it."""
        holder = self.realm.holder(ENTITIES[entity], name)
        if holder is None or holder[0] != entity:
            raise KeyError(name)
        return {"value": holder[1]}
