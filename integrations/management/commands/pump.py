"""Does all background work from PostgreSQL alone: posts, looks up, syncs. Needs no broker and no worker."""

from __future__ import annotations

import logging
import time
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand
from django.db import OperationalError, close_old_connections

from integrations import registry
from integrations.sync import pumping

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Post, look up and sync whatever is due. Runs beside workers or instead of them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        how = parser.add_mutually_exclusive_group()
        how.add_argument("--once", action="store_true", help="do what is due now, then end (the default)")
        how.add_argument("--forever", action="store_true", help="go on until stopped")
        parser.add_argument("--seconds", type=float, default=45.0, help="most seconds for one connection in one round")
        parser.add_argument("--every", type=float, default=5.0, help="seconds between rounds that found nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        rounds = 0
        while True:
            found = self.round(options["seconds"])
            if not options["forever"]:
                return
            rounds += 1
            if rounds % 1000 == 1:
                pumping.forget_exchanges()
            if not found:
                time.sleep(options["every"])

    def round(self, seconds: float) -> bool:
        """Whether there was anything. A database that is away for a moment doesn't end the pump."""
        try:
            close_old_connections()
            work = pumping.work()
        except OperationalError:
            log.warning("the database can't be reached; trying again")
            return False
        for run in work.runs:
            self.do("a sync", registry.get(run.connection.system).driver.sync, run)
        for connection in work.connections:
            self.do("posting", pumping.drain, connection, seconds=seconds)
        return bool(work)

    def do(self, what: str, act: Callable[..., Any], *arguments: Any, **named: Any) -> None:
        """One firm's trouble doesn't keep the others waiting."""
        try:
            act(*arguments, **named)
        except Exception:
            log.exception("%s stopped; the next round carries on", what)
