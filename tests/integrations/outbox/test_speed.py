"""Posting is bound by Intuit's limits, not by us. Time is compressed: Intuit's minute lasts five seconds."""

from __future__ import annotations

import time
from typing import Any

import pytest

from integrations.quickbooks.online import poster
from tests.integrations.grants import Grants
from tests.postable import Postable

MINUTE = 5.0


@pytest.mark.slow
def test_posting_uses_the_limit_and_never_exceeds_it(
    postable: Postable, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MINUTE_SECONDS = MINUTE
    postable.push(postable.entries(3600))
    postable.simulator.config(minute=MINUTE, limits=False)
    postable.simulator.stats(reset=True)
    grants = Grants(monkeypatch)
    began = time.monotonic()

    poster.drain(postable.connection, seconds=60)

    wall = time.monotonic() - began
    stats = postable.simulator.stats()
    postable.simulator.config(minute=60.0)
    assert postable.states() == {"posted": 3600}
    assert [each for each in grants.granted if each.exceeds] == []
    assert [each for each in grants.asked if each.waits_for_nothing] == []
    assert stats["batches"] == 120
    assert stats["calls"].get("query", 0) == 1, "the look before the first post, and no other read"
    floor = (120 / 40 - 1) * MINUTE
    assert wall >= floor
