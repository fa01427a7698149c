"""The first sync's preview: what importing would do, and a person's decisions. Nothing is written before."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from urllib.parse import quote, urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from bigtime.core.actions import back_to, number
from bigtime.firm.access import BOOKKEEPERS, FirmRequest, firm_view
from integrations import registry
from integrations.models import Connection, Link, Proposal, RemoteRecord, SyncRun
from integrations.sync import linkable, linking, matching, psa, runs, suggesting
from integrations.sync.errors import Rejected
from integrations.sync.likeness import SURE
from integrations.sync.matching import Suggestion
from integrations.system_pages import page_of

from .deciding import NO_ACTION, connection_or_404, count_of, with_books

Outcome = Proposal.Outcome
OUTCOMES = {
    Outcome.NEW: "Will be created",
    Outcome.MATCHED: "Already here",
    Outcome.LINKED: "Linked",
    Outcome.DECISION: "Needs a decision",
    Outcome.EXCLUDED: "Left out",
}
DECISIONS = {"exclude": "left out", "create": "to be created", "undo": "as proposed again"}
PER_PAGE = 50
MOST_AT_ONCE = 1000


@firm_view(*BOOKKEEPERS)
@with_books
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
    chosen, staying = _of_those_chosen(connection, counts)
    own = counts.get(entity, {})
    undecided = {key: counts[key].get(Outcome.DECISION, 0) for key in keys}
    context = {
        "connection": connection,
        "run": run,
        "tabs": [(key, name, count, undecided[key]) for key, name, count in tabs],
        "undecided": [(key, name, undecided[key]) for key, name, _ in tabs if undecided[key]],
        "entity": entity,
        "outcome": outcome,
        "asked": asked,
        "outcomes": [(key, label, own.get(key, 0)) for key, label in OUTCOMES.items() if own.get(key)],
        "all_count": next((count for key, _, count in tabs if key == entity), 0),
        "page": page,
        "totals": {key: sum(each.get(key, 0) for each in counts.values()) for key in OUTCOMES} | {"chosen": chosen},
        "staying": [(key, name, staying[key]) for key, name, _ in tabs if staying.get(key)],
        "preflight_url": page_of(connection, "preflight"),
        "manage_url": page_of(connection, "manage"),
        "linkable": linkable.spec_of(connection, entity) is not None,
        "may_accept": _may_accept(connection, entity, page),
        "is_wholesale": not linkable.is_by_choice(connection, entity),
        "here": quote(request.get_full_path()),
    }
    return render(request, "integrations/preview.html", context)


def _of_those_chosen(connection: Connection, counts: dict[str, dict[str, int]]) -> tuple[int, dict[str, int]]:
    """Of lists of which none comes in by itself: how many a person has linked, and how many of each stay there."""
    whole = {key: each.get(Outcome.NONE, 0) for key, each in counts.items() if linkable.is_by_choice(connection, key)}
    if not any(whole.values()):
        return 0, {}
    sides = Link.objects.filter(connection=connection, entity__in=whole, remote__isnull=False, local_id__isnull=False)
    of_preview = sides.filter(Exists(Proposal.objects.filter(remote=OuterRef("remote"), outcome=Outcome.NONE)))
    linked = dict(of_preview.order_by().values_list("entity").annotate(n=Count("remote", distinct=True)))
    return sum(linked.values()), {key: number - linked.get(key, 0) for key, number in whole.items()}


def _tabs(connection: Connection, counts: dict[str, dict[str, int]]) -> list[tuple[str, str, int]]:
    """Lists that bring something in, and those of which some may be chosen."""
    shown = matching.shown_counts(connection, counts)
    specs = [spec for key, spec in registry.get(connection.system).entities.items() if key in counts]
    ordered = sorted(specs, key=lambda spec: spec.first_look)
    return [(spec.key, spec.label, shown[spec.key]) for spec in ordered if shown[spec.key] or spec.by_choice]


def _rows(connection: Connection, entity: str, outcome: str, asked: str) -> QuerySet[Proposal]:
    """All of a list of which none comes in by itself: any may be chosen."""
    whole = Outcome.NONE if linkable.is_by_choice(connection, entity) else ""
    rows = matching.proposals(connection, entity, outcome or whole)
    for word in asked.split()[:10]:
        rows = rows.filter(remote__name__icontains=word)
    spec = linkable.spec_of(connection, entity)
    found: QuerySet[Proposal] = linkable.in_order(connection, spec, rows, "remote__") if spec else rows
    return found


def _completed(connection: Connection, entity: str, rows: list[Any]) -> list[Any]:
    """Adds to each row what it could be instead; constant SQL."""
    wanting = [row for row in rows if row.outcome in (Outcome.NEW, Outcome.DECISION, Outcome.NONE)]
    open_ones = [row.remote for row in wanting if row.confidence is None]
    hints = suggesting.suggest(connection=connection, entity=entity, records=suggesting.unlinked(open_ones))
    for row in rows:
        row.suggestion = hints.get(row.remote_id)
        if row.confidence is not None:
            row.suggestion = Suggestion(row.local_model, row.local_id, row.local_name, row.confidence)
            row.local_name = ""
    _linked([row for row in rows if row.outcome == Outcome.NONE], connection)
    return rows


def _linked(rows: list[Any], connection: Connection) -> None:
    """Of a list that one chooses from: what is linked by now, of which a proposal says nothing."""
    sides = Link.objects.filter(remote__in=[row.remote_id for row in rows], local_id__isnull=False)
    links = {link.remote_id: link for link in sides} if rows else {}
    ids: dict[str, list[int]] = defaultdict(list)
    for link in links.values():
        ids[link.local_model].append(link.local_id or 0)
    ours = {label: psa.by_id(label, pks, connection.firm_id) for label, pks in ids.items()}
    for row in rows:
        side = links.get(row.remote_id)
        known = None if side is None else ours[side.local_model].get(side.local_id or 0)
        if known is not None:
            row.outcome, row.local_name = Outcome.LINKED, str(known)


def _may_accept(connection: Connection, entity: str, page: Any) -> bool:
    """Whether a suggestion of the list is sure enough; of a list that one chooses from also whether one can be."""
    known = Q(outcome=Outcome.DECISION, confidence__gte=SURE)
    if linkable.is_by_choice(connection, entity) and page.paginator.num_pages > 1:
        known |= suggesting.any_free(connection, entity)
    found = Proposal.objects.filter(known, connection=connection, entity=entity).exists()
    return found or any(row.suggestion and row.suggestion.confidence >= SURE for row in page)


@firm_view(*BOOKKEEPERS, methods=("POST",))
@with_books
def decide(request: FirmRequest) -> HttpResponse:
    """A decision about one record, about the ticked ones of a list, or about all sure suggestions of it."""
    connection = connection_or_404(request)
    entity, decision = request.POST.get("entity", ""), request.POST.get("decision", "")
    back = back_to(request, f"{reverse('integrations:preview')}?{urlencode({'entity': entity})}")
    remotes = _ticked(request.POST.getlist("remote"))
    word, _, one = request.POST.get("one", "").partition(":")
    if one:
        decision, remotes = word, _ticked([one])
    if entity not in registry.get(connection.system).entities or decision not in (*DECISIONS, "accept", "link"):
        messages.error(request, NO_ACTION)
    elif decision == "accept" and linkable.spec_of(connection, entity):
        _accept(request, connection, entity)
    elif not remotes:
        messages.error(request, NO_ACTION)
    elif decision == "link":
        _link(request, connection, entity, remotes)
    else:
        _decide(request, connection, entity, remotes, decision)
    return redirect(back)


def _ticked(values: list[str]) -> list[int]:
    return [pk for pk in map(number, values) if pk is not None]


def _decide(request: FirmRequest, connection: Connection, entity: str, remotes: list[int], decision: str) -> None:
    try:
        count = matching.decide(
            connection=connection, entity=entity, remotes=remotes, decision=decision, by=request.user
        )
    except Rejected as refused:
        messages.error(request, f"{refused.message} Nothing was changed.")
    else:
        messages.success(request, f"{count_of(count)} {DECISIONS[decision]}.")


def _link(request: FirmRequest, connection: Connection, entity: str, remotes: list[int]) -> None:
    """Each to what the page says that it could be."""
    try:
        done = linking.accept_proposed(connection=connection, entity=entity, records=remotes, by=request.user)
    except Rejected as refused:
        messages.error(request, refused.message)
        return
    if done:
        messages.success(request, f"{count_of(done)} linked as suggested.")
    if done < len(set(remotes)):
        rest = count_of(len(set(remotes)) - done)
        messages.info(request, f"{rest} left alone: nothing to link to, or two of them could be the same. {ONE_BY_ONE}")


ONE_BY_ONE = "Choose with “Link to…”."


def _accept(request: FirmRequest, connection: Connection, entity: str) -> None:
    outcomes = [Outcome.NONE] if linkable.is_by_choice(connection, entity) else [Outcome.NEW, Outcome.DECISION]
    waiting = RemoteRecord.objects.filter(connection=connection, entity=entity, proposals__outcome__in=outcomes)
    records = list(waiting.filter(is_active=True).defer("data").order_by("name")[:MOST_AT_ONCE])
    about: dict[str, Any] = {"connection": connection, "entity": entity, "by": request.user}
    try:
        done = linking.accept_proposed(records=[each.pk for each in records], least=SURE, **about)
        done += linking.accept(records=records, **about)
    except Rejected as refused:
        messages.error(request, refused.message)
    else:
        words = f"{count_of(done)} linked as suggested." if done else "No suggestion is that sure. Nothing was changed."
        messages.success(request, words) if done else messages.info(request, words)
