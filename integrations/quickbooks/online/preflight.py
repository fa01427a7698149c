"""What to know about the books before anything of them is imported: asked of the mirror, so it costs Intuit no call."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models.fields.json import KT

from bigtime.firm.models import Firm
from integrations import registry
from integrations.models import Connection, RemoteRecord

PEOPLE_AND_CUSTOMERS = ("customer", "employee", "vendor")
WORDS = {"customer": "Customer", "employee": "Employee", "vendor": "Vendor", "job": "Job"}
# What QuickBooks Online appends to the name of what was made inactive.
DELETED = " (deleted)"


@dataclass(frozen=True, slots=True)
class Row:
    """A customer, job, employee or vendor as far as duplicates go."""

    entity: str
    remote_id: str
    name: str
    email: str = ""
    active: bool = True
    parent_id: str = ""

    @property
    def word(self) -> str:
        return WORDS["job" if self.parent_id else self.entity]


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Groups of two or more active rows each."""

    same_name: list[list[Row]] = field(default_factory=list)
    similar_name: list[list[Row]] = field(default_factory=list)
    same_email: list[list[Row]] = field(default_factory=list)

    @property
    def any(self) -> bool:
        return bool(self.same_name or self.similar_name or self.same_email)


def plain(name: str) -> str:
    """A name without case, accents, space and punctuation: "Café  Lumière, Inc." and "cafe lumiere inc" are one."""
    letters = unicodedata.normalize("NFKD", name.removesuffix(DELETED)).casefold()
    return "".join(letter for letter in letters if letter.isalnum())


def duplicates(rows: Iterable[Row]) -> Duplicates:
    """Jobs are compared with their siblings only: two customers may each have a job of the same name."""
    active = [row for row in rows if row.active]
    exact, similar, emails = _grouped(active)
    same = [group for group in exact.values() if len(group) > 1]
    alike = [g for g in similar.values() if len(g) > 1 and len({row.name.strip() for row in g}) > 1]
    return Duplicates(same, alike, [group for group in emails.values() if len(group) > 1])


def _grouped(rows: list[Row]) -> tuple[dict[Any, list[Row]], dict[Any, list[Row]], dict[str, list[Row]]]:
    exact, similar, emails = defaultdict(list), defaultdict(list), defaultdict(list)
    for row in rows:
        exact[row.parent_id, row.name.strip()].append(row)
        # A name of punctuation alone has nothing to compare.
        if key := plain(row.name):
            similar[row.parent_id, key].append(row)
        # Jobs carry their customer's address.
        if row.email and not row.parent_id:
            emails[row.email.strip().lower()].append(row)
    return exact, similar, emails


def rows_of(connection: Connection) -> Iterator[Row]:
    """One statement, whatever the size of the books."""
    found = (
        RemoteRecord.objects.filter(connection=connection, entity__in=PEOPLE_AND_CUSTOMERS, deleted_at=None)
        .annotate(email=KT("data__PrimaryEmailAddr__Address"))
        .order_by("name", "pk")
        .values_list("entity", "remote_id", "name", "email", "is_active", "parent_id")
    )
    for entity, remote_id, name, email, active, parent_id in found.iterator(chunk_size=5000):
        yield Row(entity, remote_id, name, email or "", active, parent_id)


@dataclass(frozen=True, slots=True)
class Count:
    label: str
    active: int
    inactive: int


def counts(connection: Connection) -> list[Count]:
    """What was read, list by list, the inactive records apart: they aren't brought over."""
    tally: dict[tuple[str, bool], int] = defaultdict(int)
    seen = RemoteRecord.objects.filter(connection=connection, deleted_at=None).values_list("entity", "is_active")
    for entity, active, number in seen.annotate(number=models.Count("pk")).order_by():
        tally[entity, active] = number
    lists = [spec for spec in registry.get(connection.system).entities.values() if not spec.single]
    return [
        Count(spec.whole_label or spec.label, tally[spec.key, True], tally[spec.key, False])
        for spec in sorted(lists, key=lambda spec: spec.first_look)
        if tally[spec.key, True] or tally[spec.key, False]
    ]


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the report: `state` is ok, warn or info."""

    state: str
    title: str
    text: str


def checks(connection: Connection, firm: Firm) -> list[Check]:
    """What the books' own settings mean for BigTime."""
    return [
        _currency(connection, firm),
        _closing(connection),
        _feature(
            connection, "time_tracking", "Time tracking", "Posted time is listed under Time entries in QuickBooks."
        ),
        _feature(connection, "classes", "Classes", "Time carries no class until classes are switched on."),
        _feature(
            connection, "billable_expenses", "Billable expenses", "Expenses can't be marked billable to a customer."
        ),
    ]


def _currency(connection: Connection, firm: Firm) -> Check:
    if not connection.home_currency:
        return Check("warn", "Home currency", f"QuickBooks doesn't say. BigTime works in {firm.currency}: compare.")
    return Check("ok", "Home currency", f"{connection.home_currency} on both sides.")


def _closing(connection: Connection) -> Check:
    if connection.closed_through is None:
        return Check("ok", "Closing date", "The books are open: time of any day can be posted.")
    day = f"{connection.closed_through:%B} {connection.closed_through.day}, {connection.closed_through.year}"
    return Check("info", "Closing date", f"The books are closed through {day}. Time up to that day can't be posted.")


def _feature(connection: Connection, key: str, title: str, off: str) -> Check:
    on = connection.facts.get(key)
    if on is None:
        return Check("info", title, "QuickBooks doesn't say whether it is switched on.")
    return Check("ok", title, "Switched on.") if on else Check("warn", title, f"Switched off in QuickBooks. {off}")
