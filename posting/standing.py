"""Where a row of Post Timesheets stands toward QuickBooks: its status words, and where each leads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.text import Truncator

from bigtime.core import status_words

if TYPE_CHECKING:
    from .rows import Row

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


def standings(row: Row) -> Iterator[Standing]:
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
