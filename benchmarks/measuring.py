"""Wall clock, CPU seconds, tuples written, statements: what is read before and after."""

from __future__ import annotations

import os
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection

TICKS = os.sysconf("SC_CLK_TCK")
WRITTEN = "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_user_tables WHERE schemaname = 'public'"


@dataclass(slots=True)
class Spent:
    """Seconds. `cpu` is this process with all its threads, `database` the one server process of this thread.

    `database` is nan where the server's processes can't be seen from here.
    """

    wall: float = 0.0
    cpu: float = 0.0
    database: float = 0.0


@contextmanager
def spending() -> Iterator[Spent]:
    spent, backend = Spent(), _backend_cpu()
    wall, cpu = time.perf_counter(), time.process_time()
    try:
        yield spent
    finally:
        spent.wall, spent.cpu = time.perf_counter() - wall, time.process_time() - cpu
        spent.database = _backend_cpu() - backend


def _backend_cpu() -> float:
    connection.ensure_connection()
    try:
        fields = Path(f"/proc/{connection.connection.info.backend_pid}/stat").read_text().rpartition(")")[2].split()
    except (OSError, ValueError):
        return float("nan")
    return (int(fields[11]) + int(fields[12])) / TICKS


@contextmanager
def tuples_written() -> Iterator[Counter[str]]:
    """Rows inserted, updated and deleted meanwhile, by table, by everybody. Tables without any are left out."""
    found: Counter[str] = Counter()
    before = _written()
    yield found
    found.update({name: count - before[name] for name, count in _written().items() if count > before[name]})


def _written() -> Counter[str]:
    # A session reports what it wrote about once a second, or when told to; other threads' sessions when they end.
    time.sleep(1.1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(WRITTEN)
        return Counter(dict(cursor.fetchall()))


@dataclass(slots=True)
class Statements:
    """Counts this thread's statements."""

    count: int = 0
    seen: list[str] = field(default_factory=list)

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.count += 1
        self.seen.append(sql)
        return execute(sql, params, many, context)


@contextmanager
def statements() -> Iterator[Statements]:
    counter = Statements()
    with connection.execute_wrapper(counter):
        yield counter


def repeated(times: int, once: Callable[[], None]) -> list[Spent]:
    """What each of so many runs took."""
    found = []
    for _ in range(times):
        with spending() as spent:
            once()
        found.append(spent)
    return found


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def p95(values: Sequence[float]) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]


def spread(values: Sequence[float], digits: int = 0) -> str:
    """Median, and what lies around it."""
    return f"{median(values):,.{digits}f} ({min(values):,.{digits}f}–{max(values):,.{digits}f})"
