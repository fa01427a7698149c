"""What the limiter of calls gave away, by its own clock: how soon a call then leaves and arrives is the machine's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from integrations.quickbooks.online import budget, limiter
from integrations.quickbooks.online.budget import BATCH_LIMIT, MINUTE_LIMIT, SECOND_LIMIT, Log


@dataclass(frozen=True)
class Asked:
    """The calls that were known, when it was asked, for what, and the moment that was named."""

    log: Log
    now: float
    batch: bool
    minute: float
    moment: float

    @property
    def is_granted(self) -> bool:
        return self.moment - self.now <= limiter.NEAR_SECONDS

    @property
    def exceeds(self) -> bool:
        """With this call a second or a minute would hold more than Intuit allows."""
        return (
            self._since(self.log.calls, self.minute / 60) >= SECOND_LIMIT
            or self._since(self.log.calls, self.minute) >= MINUTE_LIMIT
            or (self.batch and self._since(self.log.batches, self.minute) >= BATCH_LIMIT)
        )

    @property
    def waits_for_nothing(self) -> bool:
        """Later than asked for, although every limit leaves room, margins included."""
        second, minute = (window + 1e-6 for window in budget.windows(self.minute))
        return self.moment > self.now and not (
            self._since(self.log.calls, second) >= SECOND_LIMIT
            or self._since(self.log.calls, minute) >= MINUTE_LIMIT
            or (self.batch and self._since(self.log.batches, minute) >= BATCH_LIMIT)
        )

    def _since(self, times: tuple[float, ...], window: float) -> int:
        return sum(at > self.moment - window for at in times)


class Grants:
    """Notes what the limiter is asked from now on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[Asked] = []
        self._slot = budget.slot
        monkeypatch.setattr(budget, "slot", self._noting)

    def _noting(self, log: Log, now: float, *, batch: bool, minute: float, **options: Any) -> float:
        moment = self._slot(log, now, batch=batch, minute=minute, **options)
        self.asked.append(Asked(log, now, batch, minute, moment))
        return moment

    @property
    def granted(self) -> list[Asked]:
        return [each for each in self.asked if each.is_granted]
