"""When the agent looks for changes by itself: 4 minutes after a sync, then ever less often while nothing changes."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

MINUTES = (4, 8, 16, 32, 64, 128, 240)


def length_of_minute() -> timedelta:
    """SYNC_AGENT_MINUTE shortens it, in seconds, for a demonstration."""
    return timedelta(seconds=float(os.environ.get("SYNC_AGENT_MINUTE", "60")))


@dataclass(frozen=True)
class Schedule:
    """A value: each event gives the next schedule, the clock is always handed in.

    `step` counts through MINUTES; after the longest interval, four hours, the cycle starts over at four minutes.
    """

    step: int = 0
    next_check: datetime | None = None
    minute: timedelta = timedelta(minutes=1)
    at_least: timedelta = timedelta(0)

    @property
    def minutes(self) -> int:
        """The interval that the next check closes."""
        return MINUTES[self.step]

    def is_due(self, now: datetime) -> bool:
        """A new schedule is due at once; so is one whose time passed while the computer slept."""
        return self.next_check is None or now >= self.next_check

    def after_check(self, now: datetime, *, changes: bool) -> Schedule:
        """A scheduled check ended: changes go back to four minutes, none doubles the interval."""
        first = changes or self.next_check is None
        return self._from(0 if first else (self.step + 1) % len(MINUTES), now)

    def after_sync_now(self, now: datetime) -> Schedule:
        """Somebody synced by hand: the cycle starts over, whatever was found."""
        return self._from(0, now)

    def after_failure(self, now: datetime) -> Schedule:
        """A check that could not be made says nothing about changes, so the interval stays what it was."""
        return self._from(self.step, now)

    def postponed(self, now: datetime, seconds: int) -> Schedule:
        """The server asked for the next check not to come before so many seconds."""
        asked = now + timedelta(seconds=max(seconds, 0))
        return self if self.next_check and self.next_check >= asked else replace(self, next_check=asked)

    def with_at_least(self, seconds: int) -> Schedule:
        """The server's lower limit between two checks, from authenticate."""
        return replace(self, at_least=timedelta(seconds=max(seconds, 0)))

    def resumed(self, now: datetime) -> Schedule:
        """After a pause the first check comes at once."""
        return replace(self, step=0, next_check=now)

    def _from(self, step: int, now: datetime) -> Schedule:
        return replace(self, step=step, next_check=now + max(MINUTES[step] * self.minute, self.at_least))
