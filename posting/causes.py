"""The error centre: failures by cause, because one mend frees many."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from django.db.models import Count, Max, Min, QuerySet
from django.urls import NoReverseMatch, reverse

from integrations.models import Connection, Operation

# Where each kind of failure is mended. The text beside a cause says what; this says where.
PLACES: dict[str, tuple[str, str]] = {
    "blocked_auth": ("Reconnect QuickBooks", "integrations:list"),
    "blocked_mapping": ("Link the record", "integrations:list"),
}


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason, and how many records it stops."""

    state: str
    code: str
    text: str
    count: int
    first: object
    last: object

    @property
    def key(self) -> str:
        return sha256(f"{self.state}\n{self.code}\n{self.text}".encode()).hexdigest()[:16]

    @property
    def place(self) -> tuple[str, str] | None:
        """The label and address of the page that mends it, where there is one."""
        if self.state not in PLACES:
            return None
        label, name = PLACES[self.state]
        try:
            return label, reverse(name)
        except NoReverseMatch:
            return None

    def operations(self, connection: Connection) -> QuerySet[Operation]:
        failed = Operation.objects.failed_now(connection)
        return failed.filter(state=self.state, error_code=self.code, error_text=self.text)


def causes(connection: Connection) -> list[Cause]:
    """Every cause of failure that stands now, the largest first."""
    rows = (
        Operation.objects.failed_now(connection)
        .values("state", "error_code", "error_text")
        .annotate(n=Count("pk"), first=Min("created_at"), last=Max("created_at"))
        .order_by("-n", "error_text")
    )
    return [Cause(r["state"], r["error_code"], r["error_text"], r["n"], r["first"], r["last"]) for r in rows]


def cause(connection: Connection, key: str) -> Cause | None:
    return next((found for found in causes(connection) if found.key == key), None)
