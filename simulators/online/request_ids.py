"""``requestid``: the answer of the first call is kept and given again, while the mode is an honest one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from simulators.online.config import Config
from simulators.online.errors import Refusal

LONGEST, LONGEST_ON_BATCH, LONGEST_BID = 50, 36, 10


@dataclass
class RequestIds:
    """Answers by (realm, requestid), kept only when they were HTTP 200."""

    _answers: dict[tuple[str, str], tuple[bytes, float]] = field(default_factory=dict)
    _turns: dict[tuple[str, str], tuple[asyncio.Lock, int]] = field(default_factory=dict)

    @asynccontextmanager
    async def turn(self, realm: str, requestid: str) -> AsyncIterator[None]:
        """One call with this id at a time: a second one waits for the first to end."""
        key = (realm, requestid)
        lock, users = self._turns.get(key, (asyncio.Lock(), 0))
        self._turns[key] = (lock, users + 1)
        try:
            async with lock:
                yield
        finally:
            lock, users = self._turns.pop(key)
            if users > 1:
                self._turns[key] = (lock, users - 1)

    def replay(self, config: Config, realm: str, requestid: str, *, batch: bool) -> bytes | None:
        """The stored answer, if the mode gives it. Raises Refusal 6000 in mode ``batch_6000``."""
        if config.requestid == "ignored":
            return None
        body, at = self._answers.get((realm, requestid), (None, 0.0))
        if body is None or (config.requestid == "forgotten" and time.time() - at > config.requestid_retention):
            return None
        if config.requestid == "batch_6000" and batch:
            raise Refusal("6000", "Business Validation Error: The batch request has been processed before.")
        return body

    def keep(self, realm: str, requestid: str, body: bytes) -> dict[str, object]:
        """Remember an answer; returns the record for the log."""
        at = time.time()
        self._answers[(realm, requestid)] = (body, at)
        return {"realm": realm, "requestid": requestid, "body": body.decode(), "at": at}

    def restore(self, *, realm: str, requestid: str, body: str, at: float) -> None:
        self._answers[(realm, requestid)] = (body.encode(), at)


def check(requestid: str, *, batch: bool, bids: list[str]) -> None:
    """Raises Refusal 2130 for ids that are too long; on a batch with a requestid the bIds are limited too."""
    if len(requestid) > (LONGEST_ON_BATCH if batch else LONGEST):
        raise Refusal("2130")
    if batch and any(len(bid) > LONGEST_BID for bid in bids):
        raise Refusal("2130", f"With a request id each bId has at most {LONGEST_BID} characters.")
