"""How many SQL statements a page takes."""

from __future__ import annotations

from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext

FEW, MANY = 3, 40


def statements(client: Client, address: str) -> int:
    know_the_tables()
    assert client.get(address).status_code == 200
    with CaptureQueriesContext(database) as seen:
        client.get(address)
    return len(seen)


def know_the_tables() -> None:
    """What autovacuum does by itself soon after so many rows came: without it PostgreSQL plans for empty tables."""
    with database.cursor() as cursor:
        cursor.execute("ANALYZE")
