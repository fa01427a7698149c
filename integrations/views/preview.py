"""The first sync's preview: what importing would do, and a person's decisions. Nothing is written before."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from bigtime.core.actions import back_to
from bigtime.firm.access import BOOKKEEPERS, FirmRequest, firm_view
from integrations import progress, registry
from integrations.models import Connection, Proposal, RemoteRecord, SyncRun
from integrations.sync import linking, matching, runs
from integrations.sync.errors import Rejected
from integrations.system_pages import page_of

from .deciding import NO_ACTION, connection_or_404, count_of

Outcome = Proposal.Outcome
OUTCOMES = {
    Outcome.NEW: "Will be created",
    Outcome.MATCHED: "Already here",
    Outcome.LINKED: "Linked",
    Outcome.DECISION: "Needs a decision",
    Outcome.EXCLUDED: "Left out",
}
# Where to look first: what a person knows best. Lists that aren't named come last, as they are read.
TABS = ("customer", "employee", "vendor", "item", "account", "company")
DECISIONS = {"exclude": "left out", "create": "to be created", "undo": "as proposed again"}
PER_PAGE = 50
MOST_AT_ONCE = 1000


@firm_view(*BOOKKEEPERS)
def preview(request: FirmRequest) -> HttpResponse:
    connection = connection_or_404(request)
    run = runs.current_run(connection)
    if run is None or run.state != SyncRun.State.PREVIEW:
        return redirect("integrations:sync")
    counts = matching.counts(connection)
    tabs = _tabs(connection, counts)
    keys = [key for key, _, _ in tabs]
    entity = request.GET.get("entity", "")
    entity = entity if entity in keys else next(iter(keys), "")
    outcome = request.GET.get("outcome", "")
    outcome = outcome if outcome in OUTCOMES else ""
    asked = request.GET.get("q", "").strip()[:200]
    found = _rows(connection, entity, outcome, asked)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    page.object_list = _completed(connection, entity, list(page.object_list))
    own = counts.get(entity, {})
    context = {
        "connection": connection,
        "run": run,
        "tabs": tabs,
        "entity": entity,
        "outcome": outcome,
        "asked": asked,
        "outcomes": [(key, label, own.get(key, 0)) for key, label in OUTCOMES.items() if own.get(key)],
        "all_count": _sum(own),
        "page": page,
        "totals": {key: sum(each.get(key, 0) for each in counts.values()) for key in OUTCOMES},
        "preflight_url": page_of(connection, "preflight"),
        "manage_url": page_of(connection, "manage"),
        "linkable": linking.spec_of(connection, entity) is not None,
        "is_wholesale": entity != "vendor",
        "here": quote(request.get_full_path()),
    }
    return render(request, "integrations/preview.html", context)


def _sum(outcomes: dict[str, int]) -> int:
    return sum(number for outcome, number in outcomes.items() if outcome != Outcome.NONE)


def _tabs(connection: Connection, counts: dict[str, dict[str, int]]) -> list[tuple[str, str, int]]:
    """Lists that bring something in, and vendors, of whom some may be chosen."""
    names = progress.labels(connection)
    known = [key for key in registry.get(connection.system).entities if key in counts]
    keys = sorted(known, key=lambda key: TABS.index(key) if key in TABS else len(TABS))
    tabs = [(key, names[key], _sum(counts[key])) for key in keys]
    return [(key, name, number or _held(counts[key], key)) for key, name, number in tabs if number or key == "vendor"]


def _held(outcomes: dict[str, int], key: str) -> int:
    return outcomes.get(Outcome.NONE, 0) if key == "vendor" else 0


def _rows(connection: Connection, entity: str, outcome: str, asked: str) -> QuerySet[Proposal]:
    """Of vendors all: none comes in by itself, any may be chosen."""
    rows = matching.proposals(connection, entity, outcome or (Outcome.NONE if entity == "vendor" else ""))
    for word in asked.split()[:10]:
        rows = rows.filter(remote__name__icontains=word)
    spec = linking.spec_of(connection, entity)
    found: QuerySet[Proposal] = linking.contractors_first(connection, spec, rows, "remote__") if spec else rows
    return found


def _completed(connection: Connection, entity: str, rows: list[Any]) -> list[Any]:
    """Adds to each row what it stands under, and what it could be instead; constant SQL."""
    names = linking.above(connection, entity, [row.remote for row in rows])
    open_ones = [row.remote for row in rows if row.outcome in (Outcome.NEW, Outcome.DECISION, Outcome.NONE)]
    hints = linking.suggest(connection=connection, entity=entity, records=linking.unlinked(open_ones))
    for row in rows:
        row.suggestion, row.above = hints.get(row.remote_id), names.get(row.remote.parent_id, "")
    return rows


@firm_view(*BOOKKEEPERS, methods=("POST",))
def decide(request: FirmRequest) -> HttpResponse:
    """A decision about the ticked records of one list, or about all suggestions of it."""
    connection = connection_or_404(request)
    entity, decision = request.POST.get("entity", ""), request.POST.get("decision", "")
    back = back_to(request, f"{reverse('integrations:preview')}?{urlencode({'entity': entity})}")
    if linking.spec_of(connection, entity) and decision == "accept":
        return _accept(request, connection, entity, back)
    remotes = [int(pk) for pk in request.POST.getlist("remote") if pk.isascii() and pk.isdigit() and len(pk) < 19]
    if decision not in DECISIONS or entity not in registry.get(connection.system).entities or not remotes:
        messages.error(request, NO_ACTION)
        return redirect(back)
    try:
        count = matching.decide(
            connection=connection, entity=entity, remotes=remotes, decision=decision, by=request.user
        )
    except Rejected as refused:
        messages.error(request, f"{refused.message} Nothing was changed.")
    else:
        messages.success(request, f"{count_of(count)} {DECISIONS[decision]}.")
    return redirect(back)


def _accept(request: FirmRequest, connection: Connection, entity: str, back: str) -> HttpResponse:
    outcomes = [Outcome.NONE] if entity == "vendor" else [Outcome.NEW, Outcome.DECISION]
    waiting = RemoteRecord.objects.filter(connection=connection, entity=entity, proposals__outcome__in=outcomes)
    records = list(waiting.filter(is_active=True).defer("data").order_by("name")[:MOST_AT_ONCE])
    try:
        done = linking.accept(connection=connection, entity=entity, records=records, by=request.user)
    except Rejected as refused:
        messages.error(request, refused.message)
    else:
        words = f"{count_of(done)} linked as suggested." if done else "No suggestion is that sure. Nothing was changed."
        messages.success(request, words) if done else messages.info(request, words)
    return redirect(back)
