"""The first sync's preview: what importing would do, and a person's decisions. Nothing is written before."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from bigtime.firm.access import BOOKKEEPERS, FirmRequest, firm_view
from integrations import progress, registry
from integrations.models import Proposal, SyncRun
from integrations.sync import matching, runs
from integrations.sync.errors import Rejected

from .sync import connection_or_404

OUTCOMES = {
    "new": "Will be created",
    "matched": "Already here",
    "linked": "Linked",
    "decision": "Need a decision",
    "excluded": "Left out",
}
DECISIONS = {"exclude": "left out", "create": "to be created", "undo": "as proposed again"}


@firm_view(*BOOKKEEPERS)
def preview(request: FirmRequest) -> HttpResponse:
    connection = connection_or_404(request)
    run = runs.current_run(connection)
    if run is None or run.state != SyncRun.State.PREVIEW:
        return redirect("integrations:sync")
    names = progress.labels(connection)
    counts = matching.counts(connection)
    shown = [key for key in registry.get(connection.system).entities if counts.get(key)]
    entity = request.GET.get("entity", "")
    entity = entity if entity in shown else ("customer" if "customer" in shown else next(iter(shown), ""))
    outcome = request.GET.get("outcome", "")
    outcome = outcome if outcome in OUTCOMES else ""
    rows = matching.proposals(connection, entity, outcome)
    context = {
        "connection": connection,
        "run": run,
        "tabs": [(key, names[key], sum(n for o, n in counts[key].items() if o != "none")) for key in shown],
        "entity": entity,
        "outcome": outcome,
        "outcomes": [(key, label, counts.get(entity, {}).get(key, 0)) for key, label in OUTCOMES.items()],
        "page": Paginator(rows, 50).get_page(request.GET.get("page")),
        "undecided": sum(by.get(Proposal.Outcome.DECISION, 0) for by in counts.values()),
        "totals": {key: sum(by.get(key, 0) for by in counts.values()) for key in OUTCOMES},
    }
    return render(request, "integrations/preview.html", context)


@firm_view(*BOOKKEEPERS, methods=("POST",))
def decide(request: FirmRequest) -> HttpResponse:
    """A decision about the ticked records."""
    connection = connection_or_404(request)
    entity, decision = request.POST.get("entity", ""), request.POST.get("decision", "")
    back = f"{reverse('integrations:preview')}?entity={entity}"
    remotes = [int(pk) for pk in request.POST.getlist("remote") if pk.isascii() and pk.isdigit()]
    if decision not in DECISIONS or entity not in registry.get(connection.system).entities or not remotes:
        messages.error(request, "Tick at least one record and choose what becomes of it. Nothing was changed.")
        return redirect(back)
    try:
        count = matching.decide(
            connection=connection, entity=entity, remotes=remotes, decision=decision, by=request.user
        )
    except Rejected as refused:
        messages.error(request, f"{refused.message} Nothing was changed.")
    else:
        messages.success(request, f"{count} {DECISIONS[decision]}.")
    return redirect(back)
