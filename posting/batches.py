"""One batch while it runs and afterwards: progress and per-row results, read from its operations."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Min, Sum
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


@dataclass(frozen=True, slots=True)
class Progress:
    """Counts of lines; `minutes` of time in each group."""

    total: int
    posted: int
    queued: int
    sending: int
    in_doubt: int
    failed: int
    missing: int
    skipped: int
    posted_minutes: int
    minutes: int
    ask_again_at: datetime | None

    @property
    def finished(self) -> bool:
        return self.settled == self.total

    @property
    def words(self) -> str:
        """How it stands, as a heading."""
        if not self.finished:
            return "Posting…"
        if self.failed:
            return f"Finished, {self.failed} failed"
        return "All posted" if self.posted == self.total else "Finished"

    @property
    def settled(self) -> int:
        return self.total - self.queued - self.sending - self.in_doubt


def progress(batch: Batch) -> Progress:
    count: Counter[str] = Counter()
    minutes: Counter[str] = Counter()
    states = batch.lines.values("operation__state").annotate(n=Count("pk"), m=Sum("minutes"))
    for row in states:
        count[row["operation__state"]] = row["n"]
        minutes[row["operation__state"]] = row["m"] or 0
    posted = count["posted"] + count["posted_diverged"]
    failed = sum(count[state] for state in Operation.FAILED)
    doubt = count["in_doubt"]
    again = (
        batch.lines.filter(operation__state="in_doubt").aggregate(at=Min("operation__not_before"))["at"]
        if doubt
        else None
    )
    if again is not None and again <= timezone.now():
        again = None  # at any moment now
    return Progress(
        count.total(), posted, count["ready"], count["sending"], doubt, failed, count["absent"],
        count["skipped"] + count["cancelled"], minutes["posted"] + minutes["posted_diverged"], minutes.total(), again,
    )  # fmt: skip


@firm_view(*BOOKKEEPERS)
def batch(request: FirmRequest, pk: int) -> HttpResponse:
    """P7: the job, its bar, and each row's result. Polled while it runs; 286 ends the polling."""
    found = get_object_or_404(Batch.objects.for_firm(request.firm).select_related("connection", "created_by"), pk=pk)
    lines = found.lines.select_related("operation").order_by("pk")
    only = request.GET.get("only", "")
    if only == "failed":
        lines = lines.filter(operation__state__in=Operation.FAILED)
    if only == "posted":
        lines = lines.filter(operation__state__in=["posted", "posted_diverged"])
    now = progress(found)
    context = {
        "batch": found,
        "connection": found.connection,
        "progress": now,
        "only": only,
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
        ("warning" if now.failed else "success"),
        f"{now.words}: {now.posted} of {now.total} are in QuickBooks.",
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
