"""Posting without the safeguards, as it is found in the field: to show that the loop would notice."""

from __future__ import annotations

from typing import Any

from integrations.models import Operation
from integrations.quickbooks.desktop import poster, qbxml
from integrations.quickbooks.desktop.qbxml import Request
from integrations.quickbooks.desktop.visit import Ask, Outcome, Visit
from integrations.sync import outbox, readiness

SIZE = 20


def ask_without_looking(visit: Visit) -> Ask | None:
    """What was handed out and not answered simply goes out again."""
    visit.state["scanned"] = []
    Operation.objects.filter(state__in=["sending", "in_doubt"]).update(state="ready", carrier=None, not_before=None)
    return poster._post(visit) if outbox.has_ready(visit.connection) else None


def ask_without_intent(visit: Visit) -> Ask | None:
    """Nothing is written down before the message leaves."""
    ready = Operation.objects.filter(connection=visit.connection, state="ready").order_by("pk")[:SIZE]
    requests = [_add(visit, each) for each in ready]
    return Ask(poster.POST, qbxml.build(requests), {"set": ""}) if requests else None


def _add(visit: Visit, operation: Operation) -> Request:
    found = readiness.check(visit.connection, "time_entry", [operation.local_id])[operation.local_id].document or {}
    document = readiness.stamped(visit.connection, "time_entry", found, operation.marker)
    order = readiness.outgoing(visit.connection, "time_entry").desktop_order
    return Request("TimeTrackingAdd", str(operation.pk), {"TimeTrackingAdd": qbxml.ordered(document, order)})


def posted_without_intent(visit: Visit, asked: dict[str, Any], outcome: Outcome) -> int:
    for response in outcome.answer.responses if outcome.answer else ():
        for row in response.rows:
            Operation.objects.filter(pk=response.request_id).update(state="posted", remote_id=row["TxnID"])
    return 0
