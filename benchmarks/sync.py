"""A first sync of a large company, at Intuit's real limits; then again with nothing changed; and its memory."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from django.conf import settings
from django.utils import timezone

from bigtime.firm.models import Firm
from integrations.models import Connection, RemoteRecord, SyncRun, Watermark
from integrations.quickbooks.online import puller
from integrations.sync import pull, runs
from simulators.online.remote import Simulator

from . import memory, upserts
from .books import company, connected
from .measuring import Spent, spending, statements, tuples_written
from .table import Row

CALLS_A_SECOND = 10
SMALL_LISTS = 12
MINUTE = 60.0
PATIENCE = 3600.0


@dataclass(slots=True)
class Sizes:
    customers: int
    jobs: int
    upserted: int

    @property
    def records(self) -> int:
        return self.customers + self.jobs


def rows(books: Simulator, *, small: bool) -> Iterator[Row]:
    sizes = Sizes(60, 240, 200) if small else Sizes(10_000, 50_000, 20_000)
    settings.MINUTE_SECONDS = MINUTE
    books.config(minute=MINUTE, limits=True, call_latency=0, item_latency=0)
    realm = company(books, "Large company", customers=sizes.customers, jobs=sizes.jobs)
    connection = connected(books, realm, Firm.objects.create(name="Large firm"))
    yield from _first(books, connection, sizes)
    yield from _again(books, connection)
    yield from upserts.rows(books.dump(realm, "Customer")[: sizes.upserted])
    books.config(limits=False)
    yield from _memory(books, realm, sizes)


@dataclass(slots=True)
class Pulled:
    """When the last page was in the mirror, by `time.perf_counter` and by this process's own CPU."""

    at: float = 0.0
    cpu: float = 0.0


@contextmanager
def noting_the_pull() -> Iterator[Pulled]:
    """Reading and what follows are one piece of work; this looks at the clock between them."""
    noted, follows = Pulled(), runs.pulled

    def note(work: Any) -> None:
        noted.at, noted.cpu = time.perf_counter(), time.process_time()
        follows(work)

    with patch.object(runs, "pulled", note):
        yield noted


def _first(books: Simulator, connection: Connection, sizes: Sizes) -> list[Row]:
    books.stats(reset=True)
    run = runs.start(connection=connection)
    began, cpu = time.perf_counter(), time.process_time()
    with spending() as reading, noting_the_pull() as pulled:
        puller.sync(run, seconds=PATIENCE)
    stats = books.stats()
    read = Spent(pulled.at - began, pulled.cpu - cpu)
    preview = Spent(reading.wall - read.wall, reading.cpu - read.cpu)
    with spending() as applying, statements() as applied:
        puller.sync(runs.import_preview(run=_ended(run, SyncRun.State.PREVIEW)), seconds=PATIENCE)
    _ended(run, SyncRun.State.DONE)
    return [
        *_reading(sizes, stats, read, preview),
        *_applying(run, sizes, applying, applied.count),
        Row("first sync, all of it: records/s", f"{sizes.records / (reading.wall + applying.wall):,.0f}"),
    ]


def _reading(sizes: Sizes, stats: dict[str, Any], read: Spent, preview: Spent) -> list[Row]:
    calls, pages = stats["calls_total"], -(-sizes.records // pull.PAGE)
    floor = calls / CALLS_A_SECOND
    most = pages + SMALL_LISTS
    return [
        Row(
            f"first sync, {sizes.customers:,} customers + {sizes.jobs:,} jobs: calls",
            f"{calls}", f"{pages} pages", f"{calls / pages:.2f} ×", f"≤ {most}", calls <= most,
        ),
        Row("  answers 429", f"{stats['throttled']}", aim="0", met=not stats["throttled"]),
        Row(
            "  reading: seconds, at Intuit's real pace", f"{read.wall:.1f} (CPU {read.cpu:.1f})",
            f"floor {floor:.1f} (10 calls/s)", f"{read.wall / floor:.2f} ×", "≤ 1.10 ×", read.wall <= floor * 1.1,
        ),
        Row("  preview: seconds", f"{preview.wall:.1f} (CPU {preview.cpu:.1f})"),
    ]  # fmt: skip


def _applying(run: SyncRun, sizes: Sizes, spent: Spent, statements: int) -> list[Row]:
    pages = sum(-(-step.pulled // pull.PAGE) for step in run.steps.all())
    made = run.changes.count()
    return [
        Row(
            f"import of {sizes.records:,} records, {made:,} made here: records/s",
            f"{sizes.records / spent.wall:,.0f}", f"CPU {spent.cpu:.1f} s of {spent.wall:.1f} s",
        ),
        Row("  SQL statements a page of up to 1,000", f"{statements / max(pages, 1):.0f}", f"{pages} pages"),
    ]  # fmt: skip


def _again(books: Simulator, connection: Connection) -> list[Row]:
    """Nothing has changed: asked for changes, as every later sync does, and read whole, as after a long pause."""
    # The records were made a moment ago, within the time that is read again for safety's sake.
    Watermark.objects.filter(connection=connection).update(high=timezone.now() + pull.OVERLAP)
    found = [*_unchanged(books, connection, "sync with nothing changed")]
    Watermark.objects.filter(connection=connection).update(high=timezone.now() - puller.LONGEST_GAP)
    return [*found, *_unchanged(books, connection, "everything read again, nothing changed")]


def _unchanged(books: Simulator, connection: Connection, words: str) -> list[Row]:
    books.stats(reset=True)
    with tuples_written() as written:
        run = runs.start(connection=connection)
        with spending() as spent:
            puller.sync(run, seconds=PATIENCE)
    _ended(run, SyncRun.State.DONE)
    kept = ("integrations_remoterecord", "integrations_link", "clients_", "staff_", "codes_")
    records = sum(count for table, count in written.items() if table.startswith(kept))
    held = RemoteRecord.objects.filter(connection=connection).count()
    return [
        Row(
            f"{words}: records written", f"{records}", f"{held:,} held",
            aim="0", met=not records,
        ),
        Row(
            "  calls; milliseconds; CPU milliseconds",
            f"{books.stats()['calls_total']}; {spent.wall * 1000:,.0f}; {spent.cpu * 1000:,.0f}",
        ),
    ]  # fmt: skip


def _ended(run: SyncRun, state: str) -> SyncRun:
    run.refresh_from_db()
    if run.state != state:
        raise RuntimeError(f"The run is {run.state} instead of {state}: {run.error}")
    return run


def _memory(books: Simulator, realm: str, sizes: Sizes) -> list[Row]:
    tenth = company(books, "Tenth", customers=sizes.customers // 10, jobs=sizes.jobs // 10)
    small, large = (
        memory.peak_of(connected(books, each, Firm.objects.create(name=f"Memory {each}")).pk) for each in (tenth, realm)
    )
    ratio = large.most / small.most
    grown = (large.most - large.before) / (small.most - small.before)
    return [
        Row(
            f"peak memory of first sync and import, {sizes.records:,} records: MB", f"{large.most:.0f}",
            f"{small.most:.0f} at {sizes.records // 10:,}", f"{ratio:.2f} ×", "≤ 1.10 ×", ratio <= 1.1,
        ),
        Row(
            "  of it above the process at rest: MB", f"{large.most - large.before:.0f}",
            f"{small.most - small.before:.0f}", f"{grown:.2f} ×",
        ),
    ]  # fmt: skip
