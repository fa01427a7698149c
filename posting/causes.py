"""The error centre: failures by cause, because one mend frees many."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from django.db.models import Count, Max, Min, QuerySet
from django.urls import reverse

from integrations.models import Connection, Operation
from integrations.sync import readiness

# What is posted so far.
TIME = "time_entry"
BLOCKED_AUTH = "blocked_auth"
RECONNECT = ("Reconnect QuickBooks", "integrations:list")
# Mended in QuickBooks; we learn of it by the next sync.
MENDED_THERE = ("blocked_mapping", "blocked_inactive", "blocked_period")


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason, and how many records it stops."""

    state: str
    code: str
    text: str
    count: int
    first: object
    last: object
    mend: tuple[str, str] | None  # the label and URL name of the page that mends it
    address: str  # of the page of the very record that lacks something; "" where it isn't known

    @property
    def key(self) -> str:
        return sha256(f"{self.state}\n{self.code}\n{self.text}".encode()).hexdigest()[:16]

    @property
    def place(self) -> tuple[str, str] | None:
        """The label and address of the page that mends it, where there is one."""
        if self.mend is None:
            return None
        label, page = self.mend
        return label, self.address or reverse(page)

    @property
    def is_mended_there(self) -> bool:
        """Whoever mended it in QuickBooks lets BigTime look there: then it goes by itself. Before, nothing would
        be sent, so that trying again isn't offered.
        """
        return self.state in MENDED_THERE and self.mend is None

    @property
    def is_for_administrators(self) -> bool:
        return self.state == BLOCKED_AUTH

    def operations(self, connection: Connection) -> QuerySet[Operation]:
        failed = Operation.objects.failed_now(connection)
        return failed.filter(state=self.state, error_code=self.code, error_text=self.text)


def causes(connection: Connection) -> list[Cause]:
    """Every cause of failure that stands now, the largest first."""
    rows = (
        Operation.objects.failed_now(connection)
        .values("state", "error_code", "error_text")
        .annotate(n=Count("pk"), first=Min("created_at"), last=Max("created_at"), example=Min("local_id"))
        .order_by("-n", "error_text")
    )
    found, mends = list(rows), readiness.mends(connection)
    addresses = _addresses(connection, {r["example"] for r in found if r["error_code"] in mends})
    return [
        Cause(
            r["state"], r["error_code"], r["error_text"], r["n"], r["first"], r["last"],
            mends.get(r["error_code"], RECONNECT if r["state"] == BLOCKED_AUTH else None),
            addresses.get((r["example"], r["error_code"]), ""),
        )
        for r in found
    ]  # fmt: skip


def _addresses(connection: Connection, examples: set[int]) -> dict[tuple[int, str], str]:
    """Where what a record lacks is mended, by the record and the kind of lack; constant SQL."""
    verdicts = readiness.check(connection, TIME, examples) if examples else {}
    return {(pk, blocker.code): blocker.url for pk, verdict in verdicts.items() for blocker in verdict.blockers}


def cause(connection: Connection, key: str) -> Cause | None:
    return next((found for found in causes(connection) if found.key == key), None)
