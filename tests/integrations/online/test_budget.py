from __future__ import annotations

from bisect import bisect_left

from hypothesis import given
from hypothesis import strategies as st

from integrations.quickbooks.online import budget
from integrations.quickbooks.online.budget import BATCH_LIMIT, MINUTE_LIMIT, SECOND_LIMIT, Log

Calls = list[tuple[float, bool]]


def run(gaps: Calls, minute: float, share: float = 1.0) -> tuple[list[float], list[float]]:
    """Grants calls that are asked for with these gaps; the moments of all of them, and of the batches."""
    log, now, calls, batches = Log(), 1000.0, [], []
    for gap, batch in gaps:
        now += gap
        moment = budget.slot(log, now, batch=batch, minute=minute, share=share)
        log = budget.granted(log, moment, batch=batch)
        calls.append(moment)
        batches += [moment] if batch else []
        assert moment >= now
    return calls, batches


def most_within(times: list[float], window: float) -> int:
    return max((n + 1 - bisect_left(times, at - window + 1e-9) for n, at in enumerate(times)), default=0)


@given(
    gaps=st.lists(st.tuples(st.floats(0, 0.3), st.booleans()), max_size=700),
    minute=st.sampled_from([60.0, 6.0, 1.0]),
    share=st.sampled_from([1.0, 0.6]),
)
def test_no_window_ever_holds_more_than_the_limit(gaps: Calls, minute: float, share: float) -> None:
    calls, batches = run(gaps, minute, share)
    assert calls == sorted(calls)
    assert most_within(calls, minute / 60) <= SECOND_LIMIT * share
    assert most_within(calls, minute) <= MINUTE_LIMIT * share
    assert most_within(batches, minute) <= BATCH_LIMIT


def test_batches_reach_the_limit_but_for_the_margin() -> None:
    _, batches = run([(0.0, True)] * 334, 60.0)
    floor = (-(-334 // BATCH_LIMIT) - 1) * 60.0
    assert floor <= batches[-1] - batches[0] <= floor * 1.05


def test_calls_reach_the_limit_but_for_the_margin() -> None:
    calls, _ = run([(0.0, False)] * 5001, 60.0)
    assert calls[-1] - calls[0] <= 600.0 * 1.05


def test_the_log_stays_short() -> None:
    log = Log()
    for n in range(2000):
        log = budget.granted(log, float(n), batch=True)
    assert (len(log.calls), len(log.batches)) == (MINUTE_LIMIT, BATCH_LIMIT)
