"""One budget of calls for each connection, in PostgreSQL, shared by every process that talks to its books."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import NamedTuple

from django.conf import settings
from django.db import connection as database
from django.db import transaction

from integrations.models import Connection
from integrations.sync.errors import Retryable

from . import budget
from .budget import Log
from .models import CallBudget

# A slot this near is taken and waited for; a farther one is asked for again, as a pause may come in between.
NEAR_SECONDS = 0.25
PATIENCE_SECONDS = 120.0
# After this many failures in a row only one probe a minute goes out.
BREAKER = 5
THROTTLED = "QuickBooks limits how fast it can be asked; this waits its turn."
CLOCK = "SELECT extract(epoch from clock_timestamp())::float8"
LOCK = """
    SELECT calls, batches, paused_until, failures, extract(epoch from clock_timestamp())::float8
    FROM quickbooks_online_callbudget WHERE connection_id = %s FOR UPDATE
"""
STAMP = """
    UPDATE quickbooks_online_callbudget SET
        calls = ARRAY(SELECT t FROM unnest(array_replace(calls, %(slot)s::float8, clock.now)) t ORDER BY t),
        batches = ARRAY(SELECT t FROM unnest(array_replace(batches, %(slot)s::float8, clock.now)) t ORDER BY t)
    FROM (SELECT extract(epoch from clock_timestamp())::float8 AS now) clock WHERE connection_id = %(connection)s
"""
TAKE = "UPDATE quickbooks_online_callbudget SET calls = %s, batches = %s WHERE connection_id = %s"


class Slot(NamedTuple):
    """Leave for one call: `moment` names it, in seconds of the database's clock; `failures` came in a row before it."""

    moment: float
    failures: int = 0


def acquire(
    connection: Connection, *, batch: bool = False, share: float = 1.0, patience: float = PATIENCE_SECONDS
) -> Slot:
    """Returns when one more call may go out. Raises Retryable (code throttled) when `patience` seconds don't suffice.

    Never call it inside a transaction: other processes would wait for its end.
    """
    until = time.monotonic() + patience
    while True:
        wait, slot = _ask(connection, batch=batch, share=share)
        if time.monotonic() + wait > until and slot is None:
            raise Retryable(THROTTLED, code="throttled", after=wait)
        if wait > 0:
            time.sleep(wait)
        if slot is not None:
            return slot


def stamp(connection: Connection, slot: Slot) -> None:
    """The call of this slot goes out only now. Later is safe: nothing is counted before Intuit may have seen it."""
    with database.cursor() as cursor:
        cursor.execute(STAMP, {"slot": slot.moment, "connection": connection.pk})


def _ask(connection: Connection, *, batch: bool, share: float) -> tuple[float, Slot | None]:
    """Seconds until the next slot, and the slot when it was taken for us."""
    with transaction.atomic(durable=True), database.cursor() as cursor:
        cursor.execute(LOCK, [connection.pk])
        row = cursor.fetchone()
        if row is None:
            CallBudget.objects.bulk_create([CallBudget(connection=connection)], ignore_conflicts=True)
            return 0.0, None
        calls, batches, paused_until, failures, now = row
        log = Log(tuple(calls), tuple(batches))
        minute = settings.MINUTE_SECONDS
        moment = max(paused_until, budget.slot(log, now, batch=batch, minute=minute, share=share))
        if moment - now > NEAR_SECONDS:
            return moment - now, None
        taken = budget.granted(log, moment, batch=batch)
        cursor.execute(TAKE, [list(taken.calls), list(taken.batches), connection.pk])
        return moment - now, Slot(moment, failures)


def spent(connection: Connection, calls: int) -> None:
    """So many calls went out past this budget and count from now: later than they left, which is safe."""
    CallBudget.objects.bulk_create([CallBudget(connection=connection)], ignore_conflicts=True)
    with transaction.atomic(), database.cursor() as cursor:
        cursor.execute(LOCK, [connection.pk])
        made, batches, _, _, now = cursor.fetchone()
        log = Log(tuple(sorted([*made, *[now] * calls]))[-budget.MINUTE_LIMIT :], tuple(batches))
        cursor.execute(TAKE, [list(log.calls), list(log.batches), connection.pk])


def throttled(connection: Connection) -> None:
    """After a 429 nobody calls for Intuit's minute, and a little longer so that not everybody returns at once."""
    _pause(connection, lambda _: settings.MINUTE_SECONDS * random.uniform(1.0, 1.25))  # noqa: S311 - not a secret


def failed(connection: Connection) -> None:
    """Unreachable or broken: wait twice as long after each failure in a row, then a minute, one probe at a time."""
    second = settings.MINUTE_SECONDS / 60

    def seconds(failures: int) -> float:
        longest = 60.0 if failures >= BREAKER else 2.0**failures
        return float(second * longest * random.uniform(0.75, 1.0))  # noqa: S311 - not a secret

    _pause(connection, seconds, failures=1)


def worked(connection: Connection) -> None:
    """An answer came: the count of failures starts over."""
    CallBudget.objects.filter(connection=connection).update(failures=0)


def _pause(connection: Connection, seconds: Callable[[int], float], failures: int = 0) -> None:
    with transaction.atomic(durable=True), database.cursor() as cursor:
        CallBudget.objects.bulk_create([CallBudget(connection=connection)], ignore_conflicts=True)
        budget_row = CallBudget.objects.select_for_update().get(connection=connection)
        cursor.execute(CLOCK)
        now = cursor.fetchone()[0]
        budget_row.failures += failures
        budget_row.paused_until = max(budget_row.paused_until, now + seconds(budget_row.failures))
        budget_row.save(update_fields=["failures", "paused_until"])
