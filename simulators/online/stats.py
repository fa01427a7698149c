"""What the simulator has counted since the last reset."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Stats:
    """Counters for benchmarks and tests; ``metered`` counts what Intuit's partner programme would."""

    calls: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    writes: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    batches: int = 0
    batch_items: int = 0
    largest_batch: int = 0
    throttled: int = 0
    replayed: int = 0
    token_refreshes: int = 0
    metered: int = 0

    def called(self, kind: str, *, metered: bool) -> None:
        self.calls[kind] += 1
        self.metered += metered

    def answered(self, status: int) -> None:
        self.statuses[str(status)] += 1
        self.throttled += status == 429

    def wrote(self, op: str, entity: str) -> None:
        self.writes[f"{entity}.{op}"] += 1

    def batch(self, items: int) -> None:
        self.batches += 1
        self.batch_items += items
        self.largest_batch = max(self.largest_batch, items)

    def as_json(self) -> dict[str, Any]:
        return {
            "calls": dict(self.calls),
            "calls_total": self.calls.total(),
            "statuses": dict(self.statuses),
            "throttled": self.throttled,
            "writes": dict(self.writes),
            "writes_total": self.writes.total(),
            "batches": self.batches,
            "batch_items": self.batch_items,
            "max_entries_per_batch": self.largest_batch,
            "replayed": self.replayed,
            "faults": dict(self.faults),
            "token_refreshes": self.token_refreshes,
            "metered": self.metered,
        }
