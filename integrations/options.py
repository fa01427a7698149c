"""What a firm has chosen for one connection, typed. Stored as JSON in `Connection.options`; unknown keys are kept."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Self

from bigtime.timesheets.models import Timesheet

from .models import Connection

BILLABLE = ("not_billable", "as_entered")


@dataclass(frozen=True, slots=True)
class Options:
    """Defaults hold for what was never chosen, and for a stored value of the wrong type."""

    enable_updates: bool = True  # a sync creates and changes clients and projects; off: what is new waits for a person
    use_jobs: bool = True  # projects pair with jobs; off: with customers
    inactive_job_status: str = ""  # what a project becomes when its job is made inactive; "" leaves it as it is
    require_approval: bool = True  # only approved time is posted
    post_class: bool = True  # time carries its class into the books
    billable: str = "not_billable"  # or "as_entered"
    marker: bool = True  # posted time carries ten characters that find it again
    check_minutes: int = 15  # between checks for changes; 0: only by hand
    # Our ids of accounts, see `accounts`; 0: none is chosen.
    checking_account: int = 0
    payable_account: int = 0
    card_account: int = 0
    receivable_account: int = 0

    @property
    def postable(self) -> tuple[str, ...]:
        """The states of a timesheet whose time may be posted: approved; with the firm's leave, handed in."""
        approved = (Timesheet.Status.APPROVED,)
        return approved if self.require_approval else (*approved, Timesheet.Status.SUBMITTED)

    @classmethod
    def of(cls, connection: Connection) -> Self:
        stored = connection.options if isinstance(connection.options, dict) else {}
        known = {f.name: stored[f.name] for f in fields(cls) if type(stored.get(f.name)) is type(f.default)}
        return cls(**known)

    def save(self, connection: Connection) -> None:
        """Writes every option; what this version doesn't know stays as it is."""
        chosen: dict[str, Any] = {f.name: getattr(self, f.name) for f in fields(self)}
        connection.options = {**connection.options, **chosen}
        connection.save(update_fields=["options", "updated_at"])
