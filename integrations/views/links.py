"""One list of the books and what each record is here: linked, linked but inactive, blocked or not linked."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.urls import reverse

from bigtime.core.bulk import Action, act_on_rows
from bigtime.firm.access import BOOKKEEPERS, FirmRequest, firm_view
from integrations.models import Connection, RemoteRecord
from integrations.sync import linkable, linking
from integrations.sync.errors import Rejected
from integrations.sync.likeness import SURE
from integrations.sync.mapper import Entity

from .deciding import APART, BLOCKED, carry_out, connection_or_404, count_of, decide, with_books
from .link_list import LinkList

SURELY = f"Each is linked to what it could be where that is {SURE} % sure or more, and the only one; others stay."
# Of a record what decisions need; what was received of thousands isn't read for them.
NEEDED = ("entity", "remote_id", "name", "parent_id", "is_active", "deleted_at")


def _specs(connection: Connection) -> dict[str, Entity]:
    return {spec.key: spec for spec in linkable.lists(connection)}


def _list(request: FirmRequest, query: QueryDict) -> LinkList:
    """The list that an address means; without a name the first that can be linked."""
    specs = _specs(connection_or_404(request))
    if not specs:
        raise Http404("Nothing of these books can be linked.")
    first = min(specs.values(), key=lambda spec: spec.first_look)
    spec = specs.get(query.get("entity") or first.key)
    if spec is None:
        raise Http404("There is no such list.")
    return LinkList(request, spec, query)


@firm_view(*BOOKKEEPERS)
@with_books
def links(request: FirmRequest) -> HttpResponseBase:
    """`?entity=customer&q=…&state=not_linked`."""
    page = _list(request, request.GET)
    specs = list(_specs(page.connection).values())
    about = {"spec": page.spec, "specs": specs, "connection": page.connection}
    return page.respond("integrations/links.html", title="Links", **about)


@firm_view(*BOOKKEEPERS, methods=("POST",))
@with_books
def links_act(request: FirmRequest) -> HttpResponse:
    """What the action bar says about the ticked records, or about all that match."""
    actions = {
        "accept": Action("Accept the sure suggestions for {}", partial(_accept, request), SURELY),
        "unlink": Action("Unlink {}", partial(_unlink, request), "Both sides stay as they are."),
        "exclude": Action("Block {}", partial(_decided, request, "exclude", BLOCKED), APART),
        "undo": Action("Open {} again", partial(_decided, request, "undo", "open again")),
    }
    of, back = partial(_list, request), reverse("integrations:links")
    return act_on_rows(request, of, back, "record", actions, button="do")


def _accept(request: FirmRequest, rows: QuerySet[Any]) -> str:
    """Of all at once: whether two records want the same of ours shows only among all of them."""
    connection, done = connection_or_404(request), 0
    records = list(RemoteRecord.objects.filter(pk__in=rows).only(*NEEDED))
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
    return ""


def _unlink(request: FirmRequest, rows: QuerySet[Any]) -> str:
    done = linking.unlink(connection=connection_or_404(request), records=rows)
    return "Nothing was linked." if not done else f"{count_of(done, 'link')} removed. Both sides stay as they are."


def _decided(request: FirmRequest, decision: str, words: str, rows: QuerySet[Any]) -> str:
    connection = connection_or_404(request)
    done = decide(request, connection, list(RemoteRecord.objects.filter(pk__in=rows).only(*NEEDED)), decision)
    if not done:
        messages.info(request, "None of these records is in a state for that. Nothing was changed.")
        return ""
    carry_out(request, connection)
    return f"{count_of(done)} {words}."
