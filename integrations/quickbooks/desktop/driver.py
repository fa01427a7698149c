"""The Desktop edition is driven from outside: what needs the company file waits for an agent to call."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from integrations.models import Connection, SyncRun
from integrations.sync import outbox, runs
from integrations.sync.work import working

from . import reading

SECONDS = 50.0
# A run that waits for an agent is looked at again this seldom: the agent's own calls carry it on.
LOOK_AGAIN = timedelta(minutes=5)


class DesktopDriver:
    """See `integrations.registry.Driver`."""

    def sync(self, run: SyncRun) -> None:
        """Everything after the reading: preview or import. Before that there is nothing to do here."""
        if run.state != SyncRun.State.APPLYING and not reading.is_pulled(run):
            waiting = SyncRun.objects.filter(pk=run.pk, state__in=[SyncRun.State.QUEUED, SyncRun.State.PULLING])
            waiting.update(not_before=timezone.now() + LOOK_AGAIN)
            return
        with working(run, SECONDS) as work:
            if work is None:
                return
            if work.run.state in (SyncRun.State.QUEUED, SyncRun.State.PULLING):
                runs.pulled(work)
            if work.run.state == SyncRun.State.APPLYING:
                runs.applied(work)

    def drain(self, connection: Connection, seconds: float) -> None:
        """Frees what a dead session held; what is queued waits for the agent."""
        outbox.expire(connection)
        outbox.lift(connection)
