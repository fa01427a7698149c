"""The report before the first import: what counts as a duplicate, and what the page says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from integrations.models import Connection, SyncRun
from integrations.quickbooks.online.preflight import Count, Row, counts, duplicates, plain
from tests.factories.books import ConnectionFactory, RemoteRecordFactory


def names(groups: list[list[Row]]) -> list[list[str]]:
    return [[row.name for row in group] for group in groups]


def test_names_that_are_one_but_for_case_space_accents_and_punctuation() -> None:
    rows = [
        Row("customer", "1", "Acme Corp"),
        Row("vendor", "2", "ACME  Corp."),
        Row("customer", "3", "Café Lumière"),
        Row("customer", "4", "cafe-lumiere"),
        Row("customer", "5", "Acme Corporation"),
        Row("customer", "6", "???"),
        Row("customer", "7", "!!!"),
    ]
    found = duplicates(rows)
    assert names(found.similar_name) == [["Acme Corp", "ACME  Corp."], ["Café Lumière", "cafe-lumiere"]]
    assert (found.same_name, found.same_email) == ([], [])


def test_the_same_name_is_said_once() -> None:
    found = duplicates([Row("customer", "1", "Acme"), Row("vendor", "2", "Acme ")])
    assert (names(found.same_name), found.similar_name) == ([["Acme", "Acme "]], [])


def test_inactive_records_and_other_customers_jobs_don_t_count() -> None:
    rows = [
        Row("customer", "1", "Acme"),
        Row("customer", "2", "ACME (deleted)", active=False),
        Row("customer", "3", "Audit", parent_id="1"),
        Row("customer", "4", "Audit", parent_id="9"),
        Row("customer", "5", "audit.", parent_id="1"),
    ]
    found = duplicates(rows)
    assert (found.same_name, names(found.similar_name)) == ([], [["Audit", "audit."]])


def test_e_mail_addresses_of_people_and_customers_but_not_of_jobs() -> None:
    rows = [
        Row("employee", "1", "Ben Ortiz", "Ben@Example.com"),
        Row("vendor", "2", "Ortiz Consulting", "ben@example.com "),
        Row("customer", "3", "Acme", "a@example.com"),
        Row("customer", "4", "Website", "a@example.com", parent_id="3"),
        Row("customer", "5", "No address"),
        Row("customer", "6", "None either"),
    ]
    assert names(duplicates(rows).same_email) == [["Ben Ortiz", "Ortiz Consulting"]]


@given(st.text())
def test_a_name_compared_with_itself_in_capitals_and_spaces_is_the_same(name: str) -> None:
    assert plain(f"  {name} ") == plain(name)
    assert plain(plain(name)) == plain(name)


@pytest.mark.django_db
def test_classes_and_terms_are_counted_too() -> None:
    connection = ConnectionFactory.create()
    RemoteRecordFactory.create(connection=connection, entity="class", name="East")
    RemoteRecordFactory.create(connection=connection, entity="term", name="Net 30", is_active=False)
    assert counts(connection) == [Count("Classes", 1, 0), Count("Terms", 0, 1)]


@pytest.fixture
def books(signed_in: Callable[..., Client]) -> tuple[Client, Connection]:
    admin = signed_in("administrator")
    facts = {"classes": False, "time_tracking": True, "billable_expenses": None}
    connection = ConnectionFactory.create(
        firm=admin.membership.firm,  # type: ignore[attr-defined]
        company_name="Blue Heron",
        facts=facts,
        closed_through=date(2026, 3, 31),
    )
    return admin, connection


URL = "/company/integrations/quickbooks-online/before-importing/"


@pytest.mark.django_db
def test_the_page(books: tuple[Client, Connection]) -> None:
    admin, connection = books
    RemoteRecordFactory.create(connection=connection, name="Acme <Corp>")
    RemoteRecordFactory.create(connection=connection, name="ACME corp", entity="vendor")
    RemoteRecordFactory.create(connection=connection, name="Gone", is_active=False)
    RemoteRecordFactory.create(name="Acme Corp")  # another firm's books
    page = admin.get(URL).content.decode()
    assert "Acme &lt;Corp&gt;" in page
    assert "ACME corp" in page
    assert "Names that differ only by case, space, accents or punctuation" in page
    assert "The same name" not in page
    assert "The books are closed through March 31, 2026." in page
    assert "Switched off in QuickBooks. Time carries no class until classes are switched on." in page
    assert "USD on both sides." in page
    assert page.count("Acme Corp") == 0


@pytest.mark.django_db
def test_it_costs_the_same_however_much_there_is(books: tuple[Client, Connection]) -> None:
    admin, connection = books
    admin.get(URL)
    spent = []
    for _ in range(2):
        RemoteRecordFactory.create_batch(30, connection=connection, name="The same")
        with CaptureQueriesContext(
            database,
        ) as queries:
            assert admin.get(URL).status_code == 200
        spent.append(len(queries))
    assert spent[0] == spent[1]


@pytest.mark.django_db
def test_reading_begins_the_first_sync_once(books: tuple[Client, Connection]) -> None:
    admin, connection = books
    for _ in range(2):
        answer = admin.post(reverse("quickbooks_online:preflight_read"))
        assert answer.headers["Location"] == URL
    run = SyncRun.objects.get()
    assert (run.connection, run.state) == (connection, "queued")
    assert 'hx-trigger="every 2s"' in admin.get(URL).content.decode()


@pytest.mark.django_db
def test_without_a_connection_there_is_no_report(signed_in: Callable[..., Client]) -> None:
    admin: Any = signed_in("administrator")
    assert admin.get(URL).headers["Location"] == reverse("quickbooks_online:enable")
    assert admin.post(reverse("quickbooks_online:preflight_read")).status_code == 302
    assert not SyncRun.objects.exists()
