"""What was changed in QuickBooks since it was posted, in words: which fields, and what both sides say in them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils.formats import date_format

from bigtime.core.templatetags.ui import hm
from integrations.models import Connection, Operation, OperationEvent, RemoteRecord

# What of a time activity can be changed over there, by the field that says so.
PARTS = {
    "day": "the date",
    "employee": "the person",
    "vendor": "the person",
    "kind": "the person",
    "customer": "the customer or job",
    "item": "the service",
    "minutes": "the length of time",
    "tracking_class": "the class",
    "payroll_item": "the payroll item",
    "description": "the note",
    "billable": "the billable status",
    "rate": "the rate",
}
# Fields whose value is the id of a record of the books, with the list that it is in.
REFS = {
    "employee": "employee",
    "vendor": "vendor",
    "customer": "customer",
    "item": "item",
    "tracking_class": "class",
    "payroll_item": "payroll_item",
}
BILLABLE = {"Billable": "Billable", "NotBillable": "Not billable", "HasBeenBilled": "Billed"}
SAID: dict[str, Callable[[Any], str]] = {
    "day": lambda value: date_format(date.fromisoformat(value), "M j, Y"),
    "minutes": hm,
    "billable": lambda value: BILLABLE.get(value, value),
    "rate": lambda value: f"{value:.2f}",
    **{name: lambda value: f"number {value}" for name in REFS},
}
CHANGED = "Changed in QuickBooks:"
DIVERGED = Operation.State.POSTED_DIVERGED
Names = dict[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class Difference:
    """One field in words: what was sent, and what QuickBooks held when it was last read; "–" where it says nothing."""

    field: str
    sent: str
    there: str


def in_words(names: Iterable[str]) -> str:
    """The fields that differ, each once: "the length of time, the person"."""
    return ", ".join(dict.fromkeys(PARTS.get(each, each) for each in names))


def newest(events: Sequence[OperationEvent]) -> OperationEvent | None:
    """The one that says what differs now."""
    return next((each for each in reversed(events) if each.to_state == DIVERGED), None)


def both_sides(connection: Connection, evidence: dict[str, Any]) -> list[Difference]:
    """One row for each field in words; none where only the names of what differs were written down."""
    sent, there = evidence.get("sent"), evidence.get("there")
    if sent is None or there is None:
        return []
    names = _names(connection, (sent, there))
    words = dict.fromkeys(PARTS.get(each, each) for each in evidence["differences"])
    return [
        Difference(word.removeprefix("the "), _said(word, sent, names), _said(word, there, names)) for word in words
    ]


def _said(word: str, values: dict[str, Any], names: Names) -> str:
    """What one side says; of who it is, the record that is known by that number."""
    given = {name: value for name, value in values.items() if PARTS.get(name, name) == word and name != "kind"}
    known = [names[key] for name, value in given.items() if (key := (REFS.get(name, ""), str(value))) in names]
    said = [SAID.get(name, str)(value) for name, value in given.items()]
    return next(iter(known or said), "–")


def _names(connection: Connection, sides: Collection[dict[str, Any]]) -> Names:
    """By list and number, what the books call what both sides refer to, as last read; at most one statement."""
    keys = {(REFS[name], str(value)) for side in sides for name, value in side.items() if name in REFS}
    if not keys:
        return {}
    entities, ids = {entity for entity, _ in keys}, {number for _, number in keys}
    found = RemoteRecord.objects.filter(connection=connection, entity__in=entities, remote_id__in=ids)
    rows = found.values_list("entity", "remote_id", "name", "parent__name")
    return {(entity, number): f"{above}:{name}" if above else name for entity, number, name, above in rows}


def saying(word: str) -> Q:
    """For a filter of operations: those whose reason, worded as in `reasons`, says this; the newest change counts."""
    changed, said = Q(state=DIVERGED), word.lower()
    if said in CHANGED.lower():
        return changed
    names = [name for name, words in PARTS.items() if said.rstrip(",") in words]
    if not names:
        return Q(pk__in=[])
    mine = OperationEvent.objects.filter(operation=OuterRef(OuterRef("pk")), to_state=DIVERGED)
    newest = OperationEvent.objects.filter(pk=Subquery(mine.order_by("-pk").values("pk")[:1]))
    return changed & Q(Exists(newest.filter(evidence__differences__has_any_keys=names)))


def reasons(operations: Iterable[Operation]) -> dict[int, str]:
    """By operation, what differs of those changed since they were posted; one statement for any number."""
    changed = [each.pk for each in operations if each.state == DIVERGED]
    events = OperationEvent.objects.filter(operation__in=changed, to_state=DIVERGED).order_by("pk") if changed else ()
    found = {each.operation_id: in_words(each.evidence.get("differences") or ()) for each in events}
    return {pk: f"{CHANGED} {words}" for pk, words in found.items() if words}
