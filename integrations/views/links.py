"""One list of the books and what each record is here: linked, linked but inactive, blocked or not linked."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from bigtime.core.actions import back_to, chosen
from bigtime.firm.access import BOOKKEEPERS, FirmRequest, firm_view
from integrations.models import RemoteRecord
from integrations.sync import linkable, linking
from integrations.sync.errors import Rejected
from integrations.sync.likeness import SURE

from .deciding import NO_ACTION, carry_out, connection_or_404, count_of, decide
from .link_list import LinkList

Act = Callable[[FirmRequest, Sequence[RemoteRecord]], None]


@firm_view(*BOOKKEEPERS)
def links(request: FirmRequest) -> HttpResponseBase:
    """`?entity=customer&q=…&state=not_linked`; without a list the first that can be linked."""
    connection = connection_or_404(request)
    specs = {spec.key: spec for spec in linkable.lists(connection)}
    if not specs:
        raise Http404("Nothing of these books can be linked.")
    first = min(specs.values(), key=lambda spec: spec.first_look)
    spec = specs.get(request.GET.get("entity") or first.key)
    if spec is None:
        raise Http404("There is no such list.")
    return LinkList(request, spec).respond(
        "integrations/links.html", title="Links", spec=spec, specs=list(specs.values()), connection=connection
    )


@firm_view(*BOOKKEEPERS, methods=("POST",))
def links_act(request: FirmRequest) -> HttpResponse:
    """What the action bar says about the ticked records."""
    connection = connection_or_404(request)
    back = back_to(request, reverse("integrations:links"))
    records = list(RemoteRecord.objects.filter(connection=connection, pk__in=chosen(request)))
    action = request.POST.get("do", "")
    if not records or action not in BULK:
        messages.error(request, NO_ACTION)
        return redirect(back)
    BULK[action](request, records)
    return redirect(back)


def _accept(request: FirmRequest, records: Sequence[RemoteRecord]) -> None:
    connection, done = connection_or_404(request), 0
    try:
        for entity in {record.entity for record in records}:
            own = [record for record in records if record.entity == entity]
            done += linking.accept(connection=connection, entity=entity, records=own, by=request.user)
    except Rejected as refused:
        messages.error(request, refused.message)
    if done:
        carry_out(request, connection)
        messages.success(request, f"{count_of(done)} linked as suggested.")
    if done < len(records):
        rest = count_of(len(records) - done)
        messages.info(request, f"{rest} left alone: no suggestion of {SURE} % or more, or several.")


def _unlink(request: FirmRequest, records: Sequence[RemoteRecord]) -> None:
    done = linking.unlink(connection=connection_or_404(request), records=[record.pk for record in records])
    words = "Nothing was linked." if not done else f"{count_of(done, 'link')} removed. Both sides stay as they are."
    messages.success(request, words)


def _decided(decision: str, words: str) -> Act:
    def act(request: FirmRequest, records: Sequence[RemoteRecord]) -> None:
        connection = connection_or_404(request)
        done = decide(request, connection, records, decision)
        if done:
            carry_out(request, connection)
            messages.success(request, f"{count_of(done)} {words}.")
        else:
            messages.info(request, "None of the ticked records is in a state for that. Nothing was changed.")

    return act


BULK = {
    "accept": _accept,
    "unlink": _unlink,
    "exclude": _decided("exclude", "blocked: neither linked nor created, now or later"),
    "undo": _decided("undo", "open again"),
}
