"""How many SQL statements a page takes."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bigtime.firm.models import Firm, Role
from integrations.models import Connection
from tests.factories import MembershipFactory, StaffFactory

FEW, MANY = 3, 40


def statements(client: Client, address: str, *, tables_are_known: bool = False) -> int:
    if not tables_are_known:
        know_the_tables()
    assert client.get(address).status_code == 200
    with CaptureQueriesContext(database) as seen:
        client.get(address)
    return len(seen)


def know_the_tables() -> None:
    """What autovacuum does by itself soon after so many rows came: without it PostgreSQL plans for empty tables."""
    with database.cursor() as cursor:
        cursor.execute("ANALYZE")


@dataclass(frozen=True)
class Sized:
    """A firm with few rows or with many, its books, and the session of its administrator."""

    firm: Firm
    books: Connection
    client: Client

    @classmethod
    def of(cls, books: Connection) -> Sized:
        membership = MembershipFactory.create(firm=books.firm, role=Role.ADMINISTRATOR)
        StaffFactory.create(firm=books.firm, user=membership.user)
        client = Client()
        client.force_login(membership.user, backend="bigtime.firm.backends.MemberBackend")
        return cls(books.firm, books, client)

    def statements(self, address: str) -> int:
        return statements(self.client, address, tables_are_known=True)
