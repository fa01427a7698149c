"""Celery's part: hints that there is work now. What is lost here is found by the pump; each task may run twice.

A task works for less than a minute and then hints again, so that a restart never waits long.
"""

from __future__ import annotations

import logging
import random
from typing import Any

from celery import Celery, current_app, shared_task
from django.conf import settings
from django.db import transaction

from . import registry
from .models import Connection, SyncRun
from .sync import pumping

log = logging.getLogger(__name__)
TASK_SECONDS = 45.0
TIDY_SHARE = 0.02
# A broker that hangs must not hold up the person who clicked.
BROKER_SECONDS = 1.0


@shared_task(ignore_result=True)
def sync(run_id: int) -> None:
    """Carries a sync run on until it is done, cancelled, or waits for a person."""
    run = SyncRun.objects.select_related("connection__firm").filter(pk=run_id, state__in=SyncRun.OPEN).first()
    if run is not None:
        registry.get(run.connection.system).driver.sync(run)
        if SyncRun.objects.filter(pk=run_id, state__in=SyncRun.OPEN, heartbeat_at=None, not_before=None).exists():
            hint(sync, run_id)


@shared_task(ignore_result=True)
def drain(connection_id: int) -> None:
    """Posts what is due for one connection; hints again when there is more."""
    connection = Connection.objects.select_related("firm").filter(pk=connection_id).first()
    if connection is not None and pumping.drain(connection, seconds=TASK_SECONDS):
        hint(drain, connection.pk)


@shared_task(ignore_result=True)
def pump() -> None:
    """Every few seconds: hints for whatever is due by PostgreSQL, and whatever a dead worker held."""
    work = pumping.work()
    for run in work.runs:
        hint(sync, run.pk)
    for connection in work.connections:
        hint(drain, connection.pk)
    # Once in a while, and nobody need remember when it was last done.
    if random.random() < TIDY_SHARE:  # noqa: S311 - not a secret
        pumping.forget_exchanges()


def hint(task: Any, *arguments: int) -> None:
    """Tells a worker, after the commit of the transaction at hand. Never raises, and never waits more than seconds."""
    transaction.on_commit(lambda: _send(task, arguments), robust=True)


def _send(task: Any, arguments: tuple[int, ...]) -> None:
    if not settings.REDIS_URL:
        return
    app: Celery = current_app
    options = {
        **app.conf.broker_transport_options,
        "socket_connect_timeout": BROKER_SECONDS,
        "socket_timeout": BROKER_SECONDS,
    }
    try:
        with app.connection_for_write(connect_timeout=BROKER_SECONDS, transport_options=options) as channel:
            task.apply_async(arguments, connection=channel, retry=False)
    except Exception as error:  # noqa: BLE001 - whatever the broker's client raises: the pump finds the work
        log.warning("no hint was sent: %s", type(error).__name__)
