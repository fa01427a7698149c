"""One record of the books: what it is here, what it could be, and everything a person may decide about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from bigtime.core.actions import back_to
from bigtime.firm.access import BOOKKEEPERS, FirmRequest, firm_view
from integrations import progress, registry
from integrations.models import Connection, Link, Proposal, RemoteRecord, SyncChange
from integrations.panels import local_url, local_word, status_of
from integrations.sync import linkable, linking, psa, suggesting
from integrations.sync.errors import Rejected
from integrations.sync.issues import dismiss
from integrations.sync.mapper import Entity
from integrations.sync.match import NEAR_TWIN

from .deciding import UNCREATABLE, carry_out, decide, local_of, record_or_404
from .history import shown

CHANGES = 20
HOW = {"created": "created by the sync", "name": "matched by name or e-mail", "person": "linked by hand"}


@dataclass(frozen=True, slots=True)
class Linked:
    """One of ours that the record is; `value` names it in a form."""

    link: Link
    name: str
    what: str
    url: str
    value: str
    how: str


@firm_view(*BOOKKEEPERS)
def record(request: FirmRequest, pk: int) -> HttpResponse:
    """What it is linked to, what it could be linked to (by likeness, or by what was typed), and its history."""
    found = record_or_404(request, pk)
    connection = found.connection
    spec = linkable.spec_of(connection, found.entity)
    links = list(found.links.select_related("created_by"))
    for link in links:
        link.remote = found
    asked = request.GET.get("q", "").strip()[:200]
    held = {link.local_model for link in links if link.local_id}
    open_models = (
        [m for m in linkable.models_for(spec, found) if m not in held] if spec and not _is_blocked(links) else []
    )
    context = {
        "record": found,
        "connection": connection,
        "list_label": progress.labels(connection).get(found.entity, found.entity),
        "status": status_of(links[0] if links else None),
        "is_blocked": _is_blocked(links),
        "linked": [_linked(connection, spec, link, link.local_id) for link in links if link.local_id],
        "above": found.above,  # type: ignore[attr-defined]
        "choices": [_choices(connection, found, model, asked) for model in open_models],
        "asked": asked,
        "issues": list(found.issues.filter(resolved_at=None)),
        "proposal": Proposal.objects.filter(remote=found).first(),
        "changes": [(each, shown(each)) for each in SyncChange.objects.filter(remote=found).order_by("-pk")[:CHANGES]],
        "values": _values(connection, found),
        "back": back_from(request, found),
    }  # fmt: skip
    context["may_create"] = _may_create(spec, context)
    return render(request, "integrations/record.html", context)


def back_from(request: FirmRequest, found: RemoteRecord) -> str:
    """Where the person came from, when that is one of ours; else the record's list."""
    target = request.GET.get("next", "")
    inside = reverse("integrations:list")
    return target if target.startswith(inside) else f"{reverse('integrations:links')}?entity={found.entity}"


def _is_blocked(links: list[Link]) -> bool:
    return any(link.state == Link.State.BLOCKED for link in links)


def _linked(connection: Connection, spec: Entity | None, link: Link, pk: int) -> Linked:
    owner = suggesting.owner_of(spec, link.local_model) if spec else ""
    item = psa.by_id(link.local_model, [pk], connection.firm_id, owner=owner).get(pk)
    return Linked(
        link,
        str(item) if item else "no longer here",
        local_word(link.local_model),
        local_url(link.local_model, pk) if item else "",
        f"{link.local_model}:{pk}",
        HOW.get(link.how, link.how),
    )


def _choices(connection: Connection, found: RemoteRecord, model: str, asked: str) -> dict[str, Any]:
    rows = suggesting.candidates(connection=connection, record=found, model=model, asked=asked)
    return {
        "what": local_word(model),
        "rows": [{"value": f"{model}:{each.local_id}", "it": each} for each in rows],
    }


def _values(connection: Connection, found: RemoteRecord) -> list[tuple[str, Any]]:
    """What the books say of it, as far as the list's declaration reads it; nothing when it can't be read."""
    system = registry.get(connection.system)
    spec = system.entities.get(found.entity)
    try:
        values = spec.read(found.data, system.dialect) if spec else {}
    except Rejected:
        return []
    told = [(name, value) for name, value in values.items() if name not in ("name", "active", "parent")]
    return [
        (name.replace("_", " ").removeprefix("is ").capitalize(), "Yes" if value is True else value)
        for name, value in told
        if value not in (None, "", False)
    ]


def _may_create(spec: Any, context: dict[str, Any]) -> bool:
    """Only where the list makes something here by itself, and nothing here stands in the way."""
    half = _is_half_asked(context)
    if spec is None or (context["linked"] and not half) or context["is_blocked"] or not context["record"].is_active:
        return False
    if spec.by_choice:
        # Made at once, so not before the first import: until then nothing is written.
        return context["connection"].imported_at is not None
    stuck = any(issue.code in UNCREATABLE for issue in context["issues"])
    return not stuck


def _is_half_asked(context: dict[str, Any]) -> bool:
    """As `matching.asked`, from what the page has read: half of a record may be linked, the other asked about."""
    proposal = context["proposal"]
    proposed = proposal is not None and proposal.outcome == Proposal.Outcome.DECISION
    return any(issue.code == NEAR_TWIN for issue in context["issues"]) or (proposed and proposal.confidence is not None)


@firm_view(*BOOKKEEPERS, methods=("POST",))
def record_act(request: FirmRequest, pk: int) -> HttpResponse:
    """Link, unlink, create, block, open again; or say that an issue was seen."""
    found = record_or_404(request, pk)
    action, local = request.POST.get("do", ""), local_of(request.POST.get("local", ""))
    try:
        said = _act(request, found, action, local)
    except Rejected as refused:
        messages.error(request, f"{refused.message} Nothing was changed.")
    else:
        messages.success(request, said) if said else messages.error(
            request, "Choose what becomes of it. Nothing was changed."
        )
    return redirect(back_to(request, reverse("integrations:record", args=[found.pk])))


def _act(request: FirmRequest, found: RemoteRecord, action: str, local: tuple[str, int] | None) -> str:
    connection = found.connection
    if action == "link" and local:
        linking.link(connection=connection, record=found, local=local, by=request.user)
        carry_out(request, connection)
        return f"“{found}” is linked."
    if action == "unlink" and local:
        count = linking.unlink(connection=connection, records=[found.pk], local=local)
        return f"“{found}” is unlinked. Both sides stay as they are." if count else f"“{found}” wasn't linked to that."
    if action == "create" and linkable.is_by_choice(connection, found.entity):
        return _become(request, found)
    if action in SAID and decide(request, connection, [found], action):
        carry_out(request, connection)
        return SAID[action].format(found)
    if action == "dismiss":
        issues = [int(each) for each in request.POST.getlist("issue") if each.isdecimal() and len(each) < 19]
        return "Seen. It is told again when it is found again." if dismiss(connection=connection, issues=issues) else ""
    return ""


def _become(request: FirmRequest, found: RemoteRecord) -> str:
    if found.connection.imported_at is None:
        raise Rejected("Nothing is created before the first import.")
    item = linking.become(connection=found.connection, record=found, by=request.user)
    carry_out(request, found.connection)
    return f"“{item}” was created and linked."


SAID = {
    "create": "“{}” will be created.",
    "exclude": "“{}” is blocked: it stays in QuickBooks alone.",
    "undo": "“{}” is open again.",
}
