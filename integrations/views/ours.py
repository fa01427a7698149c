"""One of ours, and which record of the books it is."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render

from bigtime.core.actions import back_to
from bigtime.firm.access import BOOKKEEPERS, FirmRequest, firm_view
from integrations.connected import active_connection
from integrations.panels import local_url, local_word, status_of
from integrations.sync import linkable, psa, suggesting, taken


@firm_view(*BOOKKEEPERS)
def local(request: FirmRequest, model: str, pk: int) -> HttpResponse:
    """Which record of the list `?entity=` it is; without one, of the first list that it can be linked to."""
    connection = active_connection(request.firm)
    specs = linkable.lists(connection, model) if connection else []
    owner = suggesting.owner_of(specs[0], model) if specs else ""
    item = psa.by_id(model, [pk], request.firm.pk, owner=owner).get(pk) if specs else None
    if connection is None or item is None:
        raise Http404("There is nothing to link.")
    spec = next((each for each in specs if each.key == request.GET.get("entity")), specs[0])
    held = {link.entity: link for link in linkable.links_of(connection, model, [pk]).get(pk, [])}
    page = local_url(model, pk)
    asked = request.GET.get("q", "").strip()[:200]
    rows = [] if spec.key in held else suggesting.remote_candidates(
        connection=connection, entity=spec.key, model=model, name=item.name, asked=asked
    )  # fmt: skip
    context = {
        "item": item,
        "connection": connection,
        "spec": spec,
        "specs": specs,
        "link": held.get(spec.key),
        "status": status_of(held.get(spec.key)),
        "asked": asked,
        "rows": rows,
        "taken": []
        if spec.key in held
        else taken.alike(connection=connection, entity=spec.key, model=model, name=item.name, asked=asked),
        "value": f"{model}:{pk}",
        "what": local_word(model),
        "own_page": page,
        "back": back_to(request, page),
        "next": request.GET.get("next", ""),
    }
    return render(request, "integrations/local.html", context)
