"""The mirror's way of writing a page beside Django's `bulk_create(update_conflicts=True)`, on the same pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction

from bigtime.firm.models import Firm
from integrations import registry
from integrations.models import Connection, RemoteRecord
from integrations.sync import mirror

from .measuring import Spent, median, spending, spread, tuples_written
from .table import Row

PAGE = 1000
TIMES = 5
UPDATED = ["version", "parent_id", "name", "is_active", "deleted_at", "remote_time", "data", "pending"]
Pages = Sequence[Sequence[dict[str, Any]]]
Write = Callable[[Connection, Pages], None]


def ours(connection: Connection, pages: Pages) -> None:
    system = registry.get(connection.system)
    entity = system.entities["customer"]
    for page in pages:
        read = mirror.read_page(entity, system.dialect, page)
        with transaction.atomic():
            mirror.store(connection, entity, read, first=True)


def theirs(connection: Connection, pages: Pages) -> None:
    """The same reading of the records; the writing as Django's documentation has it."""
    system = registry.get(connection.system)
    entity, dialect = system.entities["customer"], system.dialect
    for page in pages:
        rows = []
        for raw in page:
            identity, values = dialect.identify(raw), entity.read(raw, dialect)
            rows.append(
                RemoteRecord(
                    connection=connection, entity="customer", remote_id=identity.remote_id, version=identity.version,
                    parent_id=values.get("parent", ""), name=mirror.squeezed(values.get("name", "")),
                    is_active=values.get("active", True), remote_time=identity.changed_at, data=raw,
                )
            )  # fmt: skip
        with transaction.atomic():
            RemoteRecord.objects.bulk_create(
                rows, update_conflicts=True, update_fields=UPDATED,
                unique_fields=["connection", "entity", "remote_id"],
            )  # fmt: skip


def rows(customers: list[dict[str, Any]]) -> list[Row]:
    """Each way on an empty company, then on the same company again; taking turns, so that both meet the same load."""
    pages = [customers[start : start + PAGE] for start in range(0, len(customers), PAGE)]
    firm = Firm.objects.create(name="Upserts")
    spent: dict[str, list[Spent]] = {"ours": [], "theirs": [], "ours again": [], "theirs again": []}
    for turn in range(TIMES):
        for name, write in (("ours", ours), ("theirs", theirs)):
            connection = Connection.objects.create(
                firm=firm, system="quickbooks_online", environment="simulator", company_id=f"{name}{turn}",
                status=Connection.Status.DISABLED,
            )  # fmt: skip
            for key in (name, f"{name} again"):
                spent[key].append(_spent(write, connection, pages))
    with tuples_written() as written:
        ours(connection_of(firm, "ours0"), pages)
    RemoteRecord.objects.filter(connection__firm=firm).delete()
    count = len(customers)
    return [
        _compared(f"mirror upsert, {count:,} new records: records/s", spent["ours"], spent["theirs"], count),
        _compared(f"mirror upsert, {count:,} unchanged: records/s", spent["ours again"], spent["theirs again"], count),
        _of_cpu("  client CPU of the new ones, µs a record", spent["ours"], spent["theirs"], count, "cpu"),
        _of_cpu("  PostgreSQL's CPU of the new ones, µs a record", spent["ours"], spent["theirs"], count, "database"),
        Row(
            "  tuples written when nothing changed", f"{written.total():,}", f"bulk_create {count:,}",
            aim="0", met=not written.total(),
        ),
    ]  # fmt: skip


def connection_of(firm: Firm, company: str) -> Connection:
    return Connection.objects.get(firm=firm, company_id=company)


def _spent(write: Write, connection: Connection, pages: Pages) -> Spent:
    with spending() as spent:
        write(connection, pages)
    return spent


def _compared(words: str, ours: list[Spent], theirs: list[Spent], count: int) -> Row:
    mine, other = [count / each.wall for each in ours], [count / each.wall for each in theirs]
    ratio = median([b.wall / a.wall for a, b in zip(ours, theirs, strict=True)])
    return Row(words, spread(mine), f"bulk_create {spread(other)}", f"{ratio:.1f} × faster", "≥ 3 ×", ratio >= 3)


def _of_cpu(words: str, ours: list[Spent], theirs: list[Spent], count: int, which: str) -> Row:
    mine, other = ([getattr(each, which) / count * 1e6 for each in side] for side in (ours, theirs))
    ratio = median(other) / median(mine)
    aim = ("≥ 3 ×", ratio >= 3) if which == "cpu" else ("", None)
    return Row(words, spread(mine), f"bulk_create {spread(other)}", f"{ratio:.1f} × less", *aim)
