"""Posted, and otherwise in QuickBooks now: deleted there, or changed. It is told, and left as it is."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from bigtime.timesheets.models import TimeEntry
from integrations.models import Connection, Operation

from .rows import TIME_ENTRY


def missing(connection: Connection | int) -> QuerySet[Operation]:
    """Deleted there, of time that is still here and that nothing else holds or has posted: it can be posted again."""
    free = TimeEntry.objects.filter(pk=OuterRef("local_id"), lock=TimeEntry.Lock.NONE)
    gone = Operation.objects.standing(connection, [Operation.State.ABSENT])
    return gone.filter(Exists(free), local_model=TIME_ENTRY)


def changed(connection: Connection | int) -> QuerySet[Operation]:
    """Edited there; what is there is left as it is. Each of them lives, so none has been replaced."""
    return Operation.objects.filter(connection=connection, state=Operation.State.POSTED_DIVERGED)
