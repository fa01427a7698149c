"""Backups and clones of the whole test database, made by the server itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.conf import settings
from django.db import connection, connections
from psycopg import sql


@contextmanager
def backup() -> Iterator[Backup]:
    """A copy of the test database as it is now, dropped at the end of the block."""
    taken = Backup(f"{connection.settings_dict['NAME']}_backup")
    taken.take()
    try:
        yield taken
    finally:
        taken.drop()


class Backup:
    def __init__(self, name: str) -> None:
        self.name = name

    def take(self) -> None:
        self._copy(str(connection.settings_dict["NAME"]), self.name)

    def restore(self) -> None:
        """The database is what it was when the backup was taken."""
        self._copy(self.name, str(connection.settings_dict["NAME"]))

    def drop(self) -> None:
        with _server() as server:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(self.name)))

    def _copy(self, source: str, target: str) -> None:
        connections.close_all()
        with _server() as server:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(target)))
            names = (sql.Identifier(target), sql.Identifier(source))
            server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))


def disconnect_everybody() -> int:
    """Ends every connection to the test database, as a restart of the server would. How many there were."""
    name = connection.settings_dict["NAME"]
    query = (
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
    )
    with _server() as server:
        row = server.execute(query, [name]).fetchone()
    return int(row[0]) if row else 0


def _server() -> psycopg.Connection[tuple[object, ...]]:
    given = settings.DATABASES["default"]
    return psycopg.connect(
        host=given["HOST"], port=given["PORT"], user=given["USER"], password=given["PASSWORD"], dbname="postgres",
        autocommit=True,
    )  # fmt: skip
