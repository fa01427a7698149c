"""One batch while it runs and afterwards: progress and per-row results, read from its operations."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Max, Min, Q, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django_htmx.http import trigger_client_event

from bigtime.core.actions import back_to
from bigtime.firm.access import BOOKKEEPERS, FirmRequest, firm_view
from integrations.models import Operation

from .books import away
from .models import Batch

# What a posting's results are told apart by: for the address, in words, and the states that it says.
GROUPS: dict[str, tuple[str, list[str]]] = {
    "posted": ("Posted", ["posted", "posted_diverged"]),
    "queued": ("Queued", ["ready"]),
    "sending": ("Sending", ["sending"]),
    "unknown": ("Unknown outcome", ["in_doubt"]),
    "failed": ("Failed", Operation.FAILED),
    "missing": ("Missing in QuickBooks", ["absent"]),
    "skipped": ("Skipped", ["skipped", "cancelled"]),
}
UNSETTLED = ("queued", "sending", "unknown")
# QuickBooks answers sooner than that, or not at all.
SILENT = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Group:
    """The results of one kind: how many lines, and how many minutes of time."""

    key: str
    label: str
    count: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Progress:
    """`ask_again_at` is the next look for what has an unknown outcome. Where something was sent long ago and nobody
    has answered, `silent_since` says since when, and `silent_until` until when the answer is waited for.
    """

    groups: tuple[Group, ...]
    ask_again_at: datetime | None = None
    silent_since: datetime | None = None
    silent_until: datetime | None = None

    def __getitem__(self, key: str) -> Group:
        return {group.key: group for group in self.groups}[key]

    @property
    def total(self) -> int:
        return sum(group.count for group in self.groups)

    @property
    def settled(self) -> int:
        return sum(group.count for group in self.groups if group.key not in UNSETTLED)

    @property
    def finished(self) -> bool:
        return self.settled == self.total

    @property
    def words(self) -> str:
        """How it stands, as a heading."""
        if not self.finished:
            return "Posting…"
        if failed := self["failed"].count:
            return f"Finished, {failed} failed"
        return "All posted" if self["posted"].count == self.total else "Finished"

    def tabs(self, chosen: str) -> list[Group]:
        """What there is, and what was chosen while there was some of it."""
        return [group for group in self.groups if group.count or group.key == chosen]


def progress(batch: Batch) -> Progress:
    """Two statements at most."""
    count: Counter[str] = Counter()
    minutes: Counter[str] = Counter()
    for row in batch.lines.values("operation__state").annotate(n=Count("pk"), m=Sum("minutes")):
        count[row["operation__state"]] = row["n"]
        minutes[row["operation__state"]] = row["m"] or 0
    groups = tuple(
        Group(key, label, sum(count[each] for each in states), sum(minutes[each] for each in states))
        for key, (label, states) in GROUPS.items()
    )
    return Progress(groups, **_times(batch)) if count["in_doubt"] or count["sending"] else Progress(groups)


def _times(batch: Batch) -> dict[str, datetime | None]:
    """What is at any moment now, or was only just sent, has no time."""
    sending, now = Q(operation__state="sending"), timezone.now()
    found = batch.lines.aggregate(
        ask_again_at=Min("operation__not_before", filter=Q(operation__state="in_doubt")),
        silent_since=Min("operation__sent_at", filter=sending),
        silent_until=Max("operation__lease_until", filter=sending),
    )
    if found["ask_again_at"] and found["ask_again_at"] <= now:
        found["ask_again_at"] = None
    if not found["silent_since"] or found["silent_since"] > now - SILENT:
        found["silent_since"] = found["silent_until"] = None
    return found


@firm_view(*BOOKKEEPERS)
def batch(request: FirmRequest, pk: int) -> HttpResponse:
    """P7: the job, its bar, and each row's result. Polled while it runs; 286 ends the polling."""
    found = get_object_or_404(Batch.objects.for_firm(request.firm).select_related("connection", "created_by"), pk=pk)
    lines = found.lines.select_related("operation").order_by("pk")
    only = request.GET.get("only", "")
    if only in GROUPS:
        lines = lines.filter(operation__state__in=GROUPS[only][1])
    now = progress(found)
    context = {
        "batch": found,
        "connection": found.connection,
        "progress": now,
        "only": only,
        "tabs": now.tabs(only),
        **away(request),
        "back": back_to(request, reverse("posting:timesheets")),
        "page": Paginator(lines, 50).get_page(request.GET.get("page")),
    }
    if request.htmx and request.GET.get("part") == "progress":
        return _fragment(request, context, now)
    return render(request, "posting/batch.html", context)


def _fragment(request: FirmRequest, context: dict[str, Any], now: Progress) -> HttpResponse:
    if not now.finished:
        return render(request, "posting/_batch.html", context)
    answer = render(request, "posting/_batch.html", context, status=286)
    level, text = (
        ("warning" if now["failed"].count else "success"),
        f"{now.words}: {now['posted'].count} of {now.total} are in QuickBooks.",
    )
    return trigger_client_event(answer, "toast", {"level": level, "text": text})


@firm_view(*BOOKKEEPERS)
def batches(request: FirmRequest) -> HttpResponse:
    """Every press of the button, newest first."""
    found = (
        Batch.objects.for_firm(request.firm)
        .select_related("created_by", "connection")
        .annotate(n=Count("lines"), m=Sum("lines__minutes"))
        .order_by("-pk")
    )
    page = Paginator(found, 50).get_page(request.GET.get("page"))
    return render(request, "posting/batches.html", {"page": page})
