"""Runs the sections one after the other and puts their rows into one table."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Iterator, Sequence

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections

from simulators.online.remote import Simulator

from . import desktop, pages, post, sync
from .books import simulator
from .table import Row, text


def measure(sections: Sequence[str], *, small: bool, minute: float) -> str:
    """The table, and what the machine was like. Each row is told on standard error as soon as it is known."""
    began = time.monotonic()
    call_command("migrate", verbosity=0)
    rows = []
    with simulator() as books:
        settings.INTUIT_SIMULATOR_URL = os.environ["INTUIT_SIMULATOR_URL"] = books.url
        for row in _rows(sections, books, small=small, minute=minute):
            print(" ".join(filter(None, row.cells())), file=sys.stderr, flush=True)
            rows.append(row)
    about = _about(time.monotonic() - began)
    connections.close_all()
    return f"{text(rows)}\n\n{about}"


def _rows(sections: Sequence[str], books: Simulator, *, small: bool, minute: float) -> Iterator[Row]:
    for section in sections:
        print(f"{section} …", file=sys.stderr, flush=True)
        found: Iterable[Row]
        match section:
            case "sync":
                found = sync.rows(books, small=small)
            case "post":
                found = post.rows(books, small=small, minute=minute)
            case "desktop":
                found = desktop.rows(small=small)
            case "pages":
                found = pages.rows(small=small)
            case _:
                raise ValueError(f"There is no section “{section}”.")
        yield from found


def _about(seconds: float) -> str:
    load = " ".join(f"{each:.1f}" for each in os.getloadavg())
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version = cursor.fetchone()[0]
    return f"{seconds:.0f} s in all, load {load} on {os.cpu_count()} cores, PostgreSQL {version}"
