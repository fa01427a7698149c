"""From when on to ask a company file what changed: by its own local time, since its offsets can't be relied on."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from integrations.models import Watermark

# Read again this much before the newest change: a record may be saved a moment after a younger one, and in the night
# that summer time ends the company file's clock shows one hour twice.
OVERLAP = timedelta(minutes=70)
# QuickBooks remembers for about ninety days what was deleted. Past this everything is read again and compared.
LONGEST_GAP = timedelta(days=80)


def since(mark: Watermark) -> str:
    """The local time to ask from; "" for everything."""
    newest = str(mark.position.get("from", "")) if mark.high else ""
    if not newest or mark.high is None or timezone.now() - mark.high > LONGEST_GAP:
        return ""
    return (datetime.fromisoformat(newest) - OVERLAP).strftime("%Y-%m-%dT%H:%M:%S")


def begun(asked_from: str) -> dict[str, Any]:
    """A question under way: from which local time on, since when by our clock, the newest change in its answers."""
    return {"from": asked_from, "since": timezone.now().isoformat(), "newest": "", "iterator": ""}


def advance(mark: Watermark, going: dict[str, Any]) -> None:
    """The question was answered to its end: `mark` as it is to be saved."""
    mark.high = datetime.fromisoformat(going["since"])
    mark.position = {"from": max(going["newest"], str(mark.position.get("from", "")))}
