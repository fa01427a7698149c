"""A row of Post Timesheets: its figures, and where it stands toward QuickBooks: status words, and where each leads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.text import Truncator

from bigtime.core import status_words
from bigtime.timesheets.models import Timesheet
from integrations.models import Operation
from integrations.sync.readiness import Blocker

WHY_QUIET = {"submitted": "Waiting for approval", "approved": "Nothing to post", "rejected": "Sent back"}


@dataclass(frozen=True, slots=True)
class Standing:
    """A status word, of how many entries it is true, and what stands beside it; `mends` leads to what would help."""

    state: str
    text: str = ""
    url: str = ""
    beside: str = ""
    beside_url: str = ""
    mends: str = ""
    more: int = 0  # reasons besides

    @property
    def css(self) -> str:
        return status_words.describe(self.state)[0]

    @property
    def words(self) -> str:
        return self.text or status_words.describe(self.state)[1]


@dataclass(slots=True)
class Row:
    """Figures in minutes. `ready_minutes` is what a press of the button would send now."""

    timesheet: Timesheet
    entered: int = 0
    submitted: int = 0
    approved: int = 0
    posted: int = 0
    entries: int = 0
    ready: int = 0
    ready_minutes: int = 0
    unready: int = 0
    blockers: list[Blocker] = field(default_factory=list)
    states: Counter[str] = field(default_factory=Counter)
    error: str = ""
    # Held by a posting to books that aren't connected any more.
    held: int = 0

    @property
    def can_post(self) -> bool:
        return self.ready > 0

    @property
    def failed(self) -> int:
        return sum(self.states[state] for state in Operation.FAILED)

    @property
    def queued(self) -> int:
        return self.states["ready"]

    @property
    def sending(self) -> int:
        return self.states["sending"]

    @property
    def missing(self) -> int:
        """Posted once and deleted in the books since; it may be posted again."""
        return self.states["absent"]

    @property
    def in_doubt(self) -> int:
        return self.states["in_doubt"]

    @property
    def is_quiet(self) -> bool:
        """Nothing of it is on its way, ready, or stopped."""
        on_its_way = self.queued or self.sending or self.in_doubt
        return not (self.ready or self.unready or on_its_way or self.failed or self.held)

    @property
    def figures(self) -> list[tuple[str, int]]:
        """The columns that are lengths of time."""
        named = ("Entered", self.entered), ("Submitted", self.submitted), ("Approved", self.approved)
        return [*named, ("Posted", self.posted)]

    @property
    def first_day(self) -> str:
        """`Nov 16`."""
        day = self.timesheet.starts_on
        return f"{day:%b} {day.day}"

    @property
    def about(self) -> str:
        """Whose, and from which day on."""
        return f"{self.timesheet.staff.name}, {self.first_day}"

    @property
    def period(self) -> str:
        """`Nov 16 – 22`, `Nov 30 – Dec 6`: the span that is shown stands above."""
        first, last = self.timesheet.starts_on, self.timesheet.ends_on
        month = "" if first.month == last.month else f"{last:%b} "
        return f"{self.first_day} – {month}{last.day}"

    @property
    def standings(self) -> list[Standing]:
        return list(_standings(self))

    @property
    def all_posted(self) -> bool:
        return bool(self.entered) and self.posted == self.entered


def _standings(row: Row) -> Iterator[Standing]:
    """At least one for a row with entries."""
    if row.all_posted:
        yield from _missing(row)
        yield Standing("posted")
    elif row.is_quiet:
        yield from _missing(row)
        yield Standing("not_ready", beside=WHY_QUIET.get(row.timesheet.status, "Not submitted"))
    else:
        yield from _moving(row)


def _moving(row: Row) -> Iterator[Standing]:
    if row.ready:
        is_mixed = row.unready or row.failed or row.queued or row.sending or row.posted
        yield Standing("ready", f"{row.ready} ready" if is_mixed else "")
    yield from _missing(row)
    if row.failed:
        errors = reverse("posting:errors")
        yield Standing("failed", f"{row.failed} failed", errors, Truncator(row.error).chars(90) or "See why", errors)
    if row.in_doubt:
        yield Standing("unknown_outcome", f"{row.in_doubt} unknown outcome")
    if row.held:
        yield Standing("unknown_outcome", f"{row.held} held by a former company", reverse("posting:former"))
    if row.queued:
        yield Standing("queued", f"{row.queued} queued")
    if row.sending:
        yield Standing("sending", f"{row.sending} sending")
    if row.unready:
        first, *others = row.blockers
        text = f"{row.unready} not ready"
        yield Standing("not_ready", text, beside=first.text, mends=first.url, more=len(others))


def _missing(row: Row) -> Iterator[Standing]:
    if row.missing:
        ledger = f"{reverse('posting:ledger')}?state=missing_in_quickbooks"
        text = f"{row.missing} missing in QuickBooks"
        yield Standing("missing_in_quickbooks", text, beside="was posted before", beside_url=ledger)
