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

# Where each kind of failure is mended: label, URL name, query. The text beside a cause says what; this says where.
Place = tuple[str, str, str]
BY_CODE: dict[str, Place] = {
    "link_staff": ("Link the person", "staff:list", ""),
    "link_customer": ("Link the customer", "clients:project_list", ""),
    "link_item": ("Link the service", "codes:list", ""),
    "link_class": ("Link the class", "codes:classes", ""),
    "link_payroll_item": ("Link the payroll item", "codes:payroll_items", ""),
    "no_class": ("Open the timesheet", "timesheets:approvals", ""),
    "no_payroll_item": ("Choose the payroll item", "timesheets:payroll_filters", ""),
    "classes_off": ("Change the settings", "integrations:settings", ""),
    "no_code": ("Open the timesheet", "timesheets:approvals", ""),
    "rate": ("Open the person", "staff:list", ""),
    "not_approved": ("Open approvals", "timesheets:approvals", ""),
}
BY_STATE: dict[str, Place] = {"blocked_auth": ("Reconnect QuickBooks", "integrations:list", "")}
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
    # The page of the very record that lacks something; "" where it isn't known.
    address: str = ""

    @property
    def key(self) -> str:
        return sha256(f"{self.state}\n{self.code}\n{self.text}".encode()).hexdigest()[:16]

    @property
    def place(self) -> tuple[str, str] | None:
        """The label and address of the page that mends it, where there is one."""
        found = BY_CODE.get(self.code) or BY_STATE.get(self.state)
        if found is None:
            return None
        label, name, query = found
        if self.address:
            return label, self.address
        return label, f"{reverse(name)}?{query}" if query else reverse(name)

    @property
    def is_mended_there(self) -> bool:
        """Whoever mended it in QuickBooks lets BigTime look there: then it goes by itself."""
        return self.state in MENDED_THERE and self.code not in BY_CODE

    @property
    def is_for_administrators(self) -> bool:
        return self.state == "blocked_auth"

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
    found = list(rows)
    addresses = _addresses(connection, {r["example"] for r in found if r["error_code"] in BY_CODE})
    return [
        Cause(
            r["state"], r["error_code"], r["error_text"], r["n"], r["first"], r["last"],
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
