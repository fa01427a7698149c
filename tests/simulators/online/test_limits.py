"""Throttling with Intuit's limits, the minute compressed."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from tests.simulators.online.caller import Caller


def codes(api: Caller, count: int) -> list[int]:
    return [api.get("companyinfo/1").status_code for _ in range(count)]


def test_ten_calls_a_second(api: Caller, configure: Callable[..., Any]) -> None:
    configure(limits=True, minute=60)
    assert codes(api, 12) == [200] * 10 + [429] * 2
    time.sleep(1.05)
    assert codes(api, 1) == [200]


def test_the_refusal_is_the_gateways(api: Caller, configure: Callable[..., Any]) -> None:
    configure(limits=True, minute=60, requests_per_second=0, retry_after=True)
    answer = api.get("companyinfo/1")
    error = answer.json()["fault"]["error"][0]
    assert (answer.status_code, error["code"]) == (429, "3001")
    assert error["message"] == "message=ThrottleExceeded; errorCode=003001; statusCode=429"
    assert answer.headers["Retry-After"] == "60"


def test_so_many_calls_a_minute_and_a_short_minute_goes_by(api: Caller, configure: Callable[..., Any]) -> None:
    configure(limits=True, minute=2, requests_per_minute=20, requests_per_second=100)
    began = time.monotonic()
    assert codes(api, 22) == [200] * 20 + [429] * 2
    time.sleep(max(0.0, 2.1 - (time.monotonic() - began)))
    assert codes(api, 1) == [200]


def test_batches_have_a_limit_of_their_own(api: Caller, configure: Callable[..., Any]) -> None:
    configure(limits=True, minute=60, batches_per_minute=2)
    body = {"BatchItemRequest": [{"bId": "1", "Query": "select count(*) from Customer"}]}
    assert [api.post("batch", body).status_code for _ in range(3)] == [200, 200, 429]
    assert api.get("companyinfo/1").status_code == 200


def test_companies_do_not_share_a_limit(api: Caller, configure: Callable[..., Any]) -> None:
    other = Caller(api.simulator, api.simulator.create_realm("Other Books"))
    configure(limits=True, minute=60)
    assert codes(api, 11)[-1] == 429
    assert codes(other, 1) == [200]


def test_stats_count_what_happened(api: Caller) -> None:
    api.simulator.stats(reset=True)
    api.batch([{"bId": "1", "operation": "create", "Customer": {"DisplayName": "A"}}])
    api.customer()
    stats = api.simulator.stats()
    assert stats["calls"] == {"batch": 1, "create": 1}
    assert stats["writes"] == {"Customer.create": 2}
    assert (stats["batches"], stats["max_entries_per_batch"], stats["throttled"]) == (1, 1, 0)
