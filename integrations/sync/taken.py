"""Records of the books that one of ours resembles, and that are another of ours already: usually one made twice."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q

from integrations.models import Connection, Link

from . import psa
from .likeness import SURE, best, words_of
from .suggesting import COMPARED, MOST

# The link that stands in the way, and the one of ours that has it.
Taken = tuple[Link, Any]


def alike(*, connection: Connection, entity: str, model: str, name: str, asked: str = "") -> list[Taken]:
    """Those called nearly as `name`, or as was asked for; the likeliest first. Two statements."""
    words = words_of(asked or name)[:8]
    links = Link.objects.filter(
        reduce(or_, (Q(remote__name__icontains=word) for word in words), Q(pk__in=[])),
        connection=connection, entity=entity, local_model=model, state=Link.State.LINKED, remote__deleted_at=None,
    )  # fmt: skip
    found = {each.pk: each for each in links.select_related("remote").defer("remote__data").order_by("pk")[:COMPARED]}
    names = {pk: link.remote.name for pk, link in found.items() if link.remote}
    ranked = [found[pk] for pk, _, _ in best(asked or name, names, most=MOST, least=SURE)]
    ours = psa.by_id(model, [each.local_id for each in ranked if each.local_id], connection.firm_id)
    return [(each, ours[each.local_id]) for each in ranked if each.local_id in ours]
