"""A database of the benchmarks' own on DATABASE_URL's server, gone at the end."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg
from psycopg import sql


@contextmanager
def own_database() -> Iterator[str]:
    """Its address. Whatever still holds a session at the end is cut off."""
    server = os.environ["DATABASE_URL"]
    name = f"bigtime_bench_{secrets.token_hex(4)}"
    # Where tests have made the tables, they are copied.
    template = sql.Identifier(os.environ.get("BIGTIME_TEST_TEMPLATE", "template1"))
    _run(server, sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), template))
    try:
        yield urlsplit(server)._replace(path=f"/{name}").geturl()
    finally:
        _run(server, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _run(server: str, statement: sql.Composable) -> None:
    with psycopg.connect(server, autocommit=True, connect_timeout=10) as session:
        session.execute(statement)
