"""Links on the pages of clients, projects, people and codes, which lie below and don't know of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from bigtime.core.audit_words import name_values
from bigtime.core.slots import Badge, ExtraColumn, Slot, register
from bigtime.firm.access import BOOKKEEPERS

from . import registry
from .connected import active_connection
from .models import Link
from .sync import linkable, psa

ROLES = frozenset(BOOKKEEPERS)


@dataclass(frozen=True, slots=True)
class Side:
    """One list that a record of ours can be linked to: `link` is None while it isn't."""

    label: str
    status: str
    link: Link | None
    choose_url: str


def status_of(link: Link | None) -> str:
    """A word of `status_words`: not_linked, linked, linked_inactive or blocked."""
    if link is None:
        return "not_linked"
    if link.state == Link.State.BLOCKED or link.remote is None:
        return "blocked"
    there = link.remote.is_active and link.remote.deleted_at is None
    return "linked" if there and link.is_active else "linked_inactive"


def local_word(model: str) -> str:
    """What one of ours is called: `labor code`."""
    return str(psa.model_of(model)._meta.verbose_name)


def local_url(model: str, pk: int | None) -> str:
    """The page of one of ours; "" for what has none."""
    if not model or not pk:
        return ""
    address = getattr(psa.model_of(model)(pk=pk), "get_absolute_url", None)
    return str(address()) if address else ""


def link_panel(request: Any, subject: Any) -> dict[str, Any] | None:
    """For a `Slot`: how `subject` is linked to each list it can be linked to; two statements at most."""
    connection = active_connection(request.firm)
    if connection is None:
        return None
    model = subject._meta.label_lower
    found = {each.entity: each for each in linkable.links_of(connection, model, [subject.pk]).get(subject.pk, [])}
    sides = [
        Side(spec.label, status_of(found.get(spec.key)), found.get(spec.key), choose_url(model, subject.pk, spec.key))
        for spec in linkable.lists(connection, model)
    ]
    return {"connection": connection, "system": registry.get(connection.system), "sides": sides, "model": model}


def choose_url(model: str, pk: int, entity: str) -> str:
    return f"{reverse('integrations:local', args=[model, pk])}?entity={entity}"


def link_badges(request: Any, rows: Sequence[Any]) -> Mapping[Any, Badge]:
    """For an `ExtraColumn`: one statement for the page. A person linked to either of two lists is linked."""
    connection = active_connection(request.firm)
    if connection is None:
        return {}
    model = rows[0]._meta.label_lower
    found = linkable.links_of(connection, model, [row.pk for row in rows])
    return {row.pk: _badge(model, row.pk, found.get(row.pk, [])) for row in rows}


def _badge(model: str, pk: int, links: list[Link]) -> Badge:
    held = next((each for each in links if each.remote_id is not None), links[0] if links else None)
    if held is not None and held.remote_id is not None:
        return Badge(status_of(held), "", reverse("integrations:record", args=[held.remote_id]))
    return Badge(status_of(held), "", reverse("integrations:local", args=[model, pk]))


def shown(request: HttpRequest) -> bool:
    membership = getattr(request, "membership", None)
    return membership is not None and membership.role in BOOKKEEPERS and active_connection(membership.firm) is not None


def install() -> None:
    registry.when_registered(_show_links)


def _show_links(system: registry.System) -> None:
    name_values("entity", {key: spec.label for key, spec in system.entities.items()})
    for place in {place for spec in system.entities.values() for place in spec.places}:
        register(Slot(f"{place}_detail", "integrations/_link_panel.html", link_panel, 20, ROLES))
        register(ExtraColumn(f"{place}_list", "quickbooks", "QuickBooks", link_badges, shown, 20))
