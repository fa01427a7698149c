"""Intuit's limits as a calculation: given the calls already granted, when may the next one go?

Times are seconds of one clock (the database's). Sliding windows, so whatever the other side's windows start at, none
of them ever holds more than the limit. https://developer.intuit.com/app/developer/qbo/docs/learn/limits-and-throttles
"""

from __future__ import annotations

from dataclasses import dataclass

SECOND_LIMIT = 10
MINUTE_LIMIT = 500
BATCH_LIMIT = 40
# Reads leave this share of the limits to posting while posting has work.
READ_SHARE = 0.6
# Calls don't arrive exactly as far apart as they left, so windows are taken a little longer than they are.
SECOND_MARGIN = 0.08
MINUTE_MARGIN = 0.01
LEAST_MARGIN = 0.02


@dataclass(frozen=True, slots=True)
class Log:
    """When the newest calls were granted, oldest first: all of them, and the batches among them."""

    calls: tuple[float, ...] = ()
    batches: tuple[float, ...] = ()


def windows(minute: float) -> tuple[float, float]:
    """Lengths of Intuit's second and minute, margins included, when its minute lasts `minute` seconds."""
    second = minute / 60
    return second + max(second * SECOND_MARGIN, LEAST_MARGIN), minute + max(minute * MINUTE_MARGIN, LEAST_MARGIN)


def slot(log: Log, now: float, *, batch: bool, minute: float, share: float = 1.0) -> float:
    """The earliest moment from `now` on at which one more call breaks no limit."""
    second_window, minute_window = windows(minute)
    newest = log.calls[-1] if log.calls else now
    moment = max(
        now,
        newest,
        _free(log.calls, int(SECOND_LIMIT * share), second_window),
        _free(log.calls, int(MINUTE_LIMIT * share), minute_window),
    )
    return max(moment, _free(log.batches, BATCH_LIMIT, minute_window)) if batch else moment


def granted(log: Log, moment: float, *, batch: bool) -> Log:
    """The log with one more call at `moment`, as short as the limits allow."""
    batches = (*log.batches, moment)[-BATCH_LIMIT:] if batch else log.batches
    return Log((*log.calls, moment)[-MINUTE_LIMIT:], batches)


def _free(times: tuple[float, ...], limit: int, window: float) -> float:
    return times[-limit] + window if len(times) >= limit else 0.0
