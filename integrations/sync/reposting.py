"""Queued for records that were on their way before: the former may be in the books, and is looked for there first."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from integrations.models import Connection, Operation

from .outcomes import State

# States in which a database that forgot nothing can't be while the books hold the transaction.
FORGETFUL = [State.READY, *Operation.BLOCKED]
# Over, and taken for not being in the books.
ENDED = [State.ABSENT, State.SKIPPED, State.CANCELLED, State.REJECTED]
# Missing in the books when they were last asked, or given up by a person after it had been sent.
MAY_BE_THERE = Q(state=State.ABSENT) | Q(state__in=[State.SKIPPED, State.CANCELLED], sent_at__isnull=False)


def wanted_again(connection: Connection | int | OuterRef) -> QuerySet[Operation]:
    """What is queued for records whose former posting may be in the books."""
    former = Operation.objects.filter(
        MAY_BE_THERE, connection=OuterRef("connection"), local_model=OuterRef("local_model"),
        local_id=OuterRef("local_id"),
    )  # fmt: skip
    of: dict[str, Any] = {"connection": connection}
    return Operation.objects.filter(Exists(former), **of, state__in=FORGETFUL, seq__gt=1)


def due(connection: Connection | int | OuterRef) -> QuerySet[Operation]:
    """Those of them that could be sent now."""
    is_due = Q(not_before__isnull=True) | Q(not_before__lte=Now())
    return wanted_again(connection).filter(is_due, state=State.READY)
