"""The posting ledger: who posted what, when, what was sent and what came of it, ids on both sides. Never edited."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import django_filters
from django.db.models import Case, OuterRef, Q, QuerySet, Subquery, TextField, Value, When
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from bigtime.codes.models import LaborCode
from bigtime.core.columns import Column
from bigtime.core.filters import ListFilter
from bigtime.core.lists import ListPage
from bigtime.core.status_words import describe, key_of
from bigtime.firm.access import BOOKKEEPERS, FirmRequest, firm_view
from bigtime.firm.models import Firm
from bigtime.timesheets.models import TimeEntry
from integrations.models import Exchange, Operation, OperationEvent
from integrations.sync import former

from . import differing
from .books import away
from .models import Batch, Line
from .rows import TIME_ENTRY

VIA = {
    "answer": "QuickBooks’ answer",
    "replay": "QuickBooks’ answer to the same request",
    "query": "looking it up in QuickBooks by its mark",
    "person": "a person, who attached its number",
}


def _by_word() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for state, word in Operation.State.choices:
        found.setdefault(word, []).append(state)
    return found


# What can be filtered and sorted by: each status word, with the states that it says.
STATES = _by_word()
WORD = Case(*(When(state__in=states, then=Value(word)) for word, states in STATES.items()))


# The day in the books; of what was never sent, that of the entry as it is now.
ENTRY_DAY = TimeEntry.objects.filter(pk=OuterRef("local_id")).values("work_date")
DAY = Coalesce(KT("payload__TxnDate"), Case(When(local_model=TIME_ENTRY, then=Cast(Subquery(ENTRY_DAY), TextField()))))


def _day(found: Any) -> date | None:
    """None where it was never sent and its entry no longer exists."""
    try:
        return date.fromisoformat((found.payload or {}).get("TxnDate") or "")
    except ValueError:
        return found.entry.work_date if found.entry else None


def _code(found: Any) -> LaborCode | None:
    """The entry's own, else its task's."""
    entry: TimeEntry | None = found.entry
    if entry is None:
        return None
    return entry.labor_code or (entry.task.labor_code if entry.task else None)


def _entries(firm: Firm, operations: list[Operation]) -> dict[int, TimeEntry]:
    """By id, the entries that these are about, as they are now, with the names the ledger shows."""
    ids = [each.local_id for each in operations if each.local_model == TIME_ENTRY]
    found = TimeEntry.objects.for_firm(firm).filter(pk__in=ids)
    return found.select_related("staff", "project__client", "task__labor_code", "labor_code").in_bulk()


class LedgerFilter(ListFilter):
    search = ("label", "remote_id", "marker", "error_text")
    state = django_filters.ChoiceFilter(
        label="State", choices=[(key_of(word), word) for word in STATES], method="by_word"
    )
    created_at = django_filters.DateFromToRangeFilter(label="Asked for")

    class Meta:
        model = Operation
        fields: list[str] = []

    def saying(self, word: str) -> Q:
        return super().saying(word) | differing.saying(word)

    def by_word(self, rows: QuerySet[Any], name: str, key: str) -> QuerySet[Any]:
        return rows.filter(state__in=next(states for word, states in STATES.items() if key_of(word) == key))


class Ledger(ListPage):
    name = "posting-ledger"
    order = "-asked"
    filters = LedgerFilter
    search_label = "Search records, numbers, marks, reasons"
    columns = (
        Column(
            "record",
            "Record",
            "label",
            sort="label",
            url=lambda o: reverse("posting:operation", args=[o.pk]),
            main=True,
        ),
        Column("day", "Day", _day, sort=DAY, kind="date"),
        Column("person", "Person", "entry.staff.name", shown=False),
        Column("client", "Client", "entry.project.client.name", shown=False),
        Column("project", "Project", "entry.project.name", shown=False),
        Column("task", "Task", "entry.task.name", shown=False),
        Column("code", "Labor code", _code, shown=False),
        Column("hours", "Hours", "minutes", kind="minutes"),
        Column("verb", "What", "get_verb_display", shown=False),
        Column("state", "State", "get_state_display", sort=WORD, kind="tag"),
        Column("asked", "Asked for", "created_at", sort="created_at", kind="instant"),
        Column("by", "By", "requested_by.name", sort="requested_by__name"),
        Column("finished", "Settled", "finished_at", sort="finished_at", kind="instant"),
        Column("number", "QuickBooks number", "remote_id", sort="remote_id"),
        Column("mark", "Mark", "marker"),
        Column("tries", "Tries", "attempts", sort="attempts", kind="number", shown=False),
        Column("error", "Reason", lambda o: o.error_text or o.changed),
    )
    empty = {
        "title": "Nothing has been posted yet",
        "text": "Every posting is written down here for good: who, what, when, and both sides’ numbers.",
        "icon": "book-open-check",
    }

    def rows(self) -> QuerySet[Any]:
        # A record posted again belongs to several batches, with the same length in each.
        of_line = Line.objects.filter(operation=OuterRef("pk")).order_by("-pk").values("minutes")[:1]
        found = Operation.objects.for_firm(self.request.firm).select_related("requested_by")
        return found.annotate(minutes=Subquery(of_line))

    def completed(self, rows: list[Any]) -> list[Any]:
        changed, entries = differing.reasons(rows), _entries(self.request.firm, rows)
        for row in rows:
            row.entry = entries.get(row.local_id) if row.local_model == TIME_ENTRY else None
            row.changed = changed.get(row.pk, "")
        return rows

    def is_off(self, row: Any) -> bool:
        return False


@firm_view(*BOOKKEEPERS)
def ledger(request: FirmRequest) -> HttpResponseBase:
    return Ledger(request).respond("posting/ledger.html", **away(request))


@firm_view(*BOOKKEEPERS)
def operation(request: FirmRequest, pk: int) -> HttpResponse:
    """One record's whole story: both sides' numbers, what was sent and answered, each step with its evidence."""
    found = get_object_or_404(
        Operation.objects.for_firm(request.firm).select_related("connection", "requested_by"), pk=pk
    )
    same = Operation.objects.filter(connection=found.connection, local_model=found.local_model, local_id=found.local_id)
    # What lives is what stands, even when a later one was withdrawn.
    is_former = found.state not in Operation.LIVE
    later = same.filter(seq__gt=found.seq).order_by("-seq").first() if is_former else None
    events = list(found.events.select_related("by"))
    exchange = _exchange(found, events)
    changed = differing.newest(events) if found.state == differing.DIVERGED else None
    context = {
        "operation": found,
        "connection": found.connection,
        "payload": _pretty(found.payload),
        "events": [_described(event) for event in events],
        "changed": changed,
        "differences": differing.both_sides(found.connection, changed.evidence) if changed else [],
        "exchange": exchange,
        "answer": _own_answer(exchange.answer, _position(found, events)) if exchange else "",
        "batches": Batch.objects.filter(lines__operation=found),
        "later": later,
        "via": VIA.get(found.via, "–"),
        "attachable": found.state in Operation.FAILED and later is None and found.connection.is_enabled,
        "is_held_away": found.state in former.DECIDABLE and not found.connection.is_enabled,
        **away(request),
    }
    return render(request, "posting/operation.html", context)


def _described(event: OperationEvent) -> OperationEvent:
    words = dict(Operation.State.choices)
    event.words = words.get(event.to_state, event.to_state)  # type: ignore[attr-defined]
    event.differing = differing.in_words(event.evidence.get("differences") or ())  # type: ignore[attr-defined]
    event.details = {k: v for k, v in event.evidence.items() if k not in ("sent", "there")}  # type: ignore[attr-defined]
    event.colour, _ = describe(event.words)  # type: ignore[attr-defined]
    return event


def _exchange(found: Operation, events: list[OperationEvent]) -> Exchange | None:
    """The message that carried it last, while it is still among those kept."""
    tid = next((str(event.evidence["tid"]) for event in reversed(events) if event.evidence.get("tid")), "")
    return Exchange.objects.filter(connection=found.connection, tid=tid).first() if tid else None


def _position(found: Operation, events: list[OperationEvent]) -> str:
    """Its place in the message that was answered last: once it waits to be sent again only its history knows."""
    answered = max((at for at, event in enumerate(events) if event.evidence.get("tid")), default=-1)
    sent = (event.evidence.get("position") for event in reversed(events[: answered + 1]))
    return next((str(position) for position in sent if position), found.position)


def _own_answer(text: str, position: str) -> str:
    """The record's own part of a message's answer; the whole when it can't be told apart."""
    try:
        answer = json.loads(text)
        items = answer["BatchItemResponse"]
        return _pretty(next(item for item in items if item["bId"] == position))
    except (ValueError, LookupError, TypeError, StopIteration):
        return text


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True)
