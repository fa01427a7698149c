"""Intuit's throttle: sliding windows per company, and per company and app."""

from __future__ import annotations

import time
from collections import defaultdict, deque
from dataclasses import dataclass, field

from simulators.online.config import Config

BATCHES_PER_REALM = 3  # times the app's own share: 120 a minute against 40


@dataclass
class Limiter:
    """Remembers when calls were let through; a refused call costs nothing."""

    _windows: dict[tuple[str, ...], deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def allow(self, config: Config, realm: str, app: str, *, batch: bool) -> bool:
        """Whether this call stays within every limit; if so it is counted."""
        if not config.limits:
            return True
        now, second = time.monotonic(), config.minute / 60
        rules = [
            (("second", realm, app), config.requests_per_second, second),
            (("minute", realm), config.requests_per_minute, config.minute),
        ]
        if batch:
            rules.append((("batch", realm, app), config.batches_per_minute, config.minute))
            rules.append((("batch", realm), config.batches_per_minute * BATCHES_PER_REALM, config.minute))
        windows = [self._window(key, now - length) for key, _, length in rules]
        if any(len(window) >= most for window, (_, most, _) in zip(windows, rules, strict=True)):
            return False
        for window in windows:
            window.append(now)
        return True

    def _window(self, key: tuple[str, ...], since: float) -> deque[float]:
        window = self._windows[key]
        while window and window[0] <= since:
            window.popleft()
        return window
