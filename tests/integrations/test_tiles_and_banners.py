"""Integrations as a list of tiles, and what every page says when the books need somebody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from bigtime.core.context import Banner
from bigtime.firm.models import Firm
from integrations.connected import active_connection, forget
from integrations.models import Connection
from integrations.quickbooks.online import lifetimes, tokens
from integrations.quickbooks.online.models import Token
from tests.factories import FirmFactory
from tests.factories.books import ConnectionFactory

pytestmark = pytest.mark.django_db
SignedIn = Callable[..., Client]
URL = "/company/integrations/"
ENABLE = "/company/integrations/quickbooks-online/enable/"


def text(answer: Any) -> str:
    return str(answer.content.decode())


def with_token(firm: Firm, *, unused_days: int = 100, hard_days: int | None = None, **values: Any) -> Connection:
    connection = ConnectionFactory.create(firm=firm, company_name="Blue Heron", **values)
    now = timezone.now()
    Token.objects.create(
        connection=connection,
        access_token="a",
        refresh_token="r",
        access_expires_at=now + timedelta(hours=1),
        refresh_expires_at=now + timedelta(days=unused_days, hours=1),
        hard_expires_at=now + timedelta(days=hard_days, hours=1) if hard_days is not None else None,
        refreshed_at=now,
    )
    return connection


def test_nothing_connected(signed_in: SignedIn) -> None:
    page = text(signed_in("administrator").get(URL))
    assert 'id="tile-quickbooks_online"' in page
    assert "Not connected" in page
    assert f'href="{ENABLE}">Enable</a>' in page
    assert 'id="tile-quickbooks_desktop"' in page
    assert f'href="{reverse("quickbooks_desktop:enable")}">Enable</a>' in page
    assert "Disable" not in page


@pytest.mark.parametrize("role", ["accountant", "manager", "staff"])
def test_others_neither_see_nor_open_it(signed_in: SignedIn, role: str) -> None:
    client = signed_in(role)
    answer = client.get(URL)
    assert answer.status_code == 403
    assert "This page is for administrators only." in text(answer)
    assert f'href="{URL}"' not in text(answer)


def test_connected(signed_in: SignedIn) -> None:
    admin: Any = signed_in("administrator")
    with_token(admin.membership.firm, imported_at=timezone.now(), last_sync_at=timezone.now() - timedelta(minutes=4))
    with_token(FirmFactory.create(name="Others"))
    page = text(admin.get(URL))
    assert "Connected" in page
    assert "4\xa0minutes ago" in page
    assert "renews itself · ends" in page
    assert page.count("Blue Heron") == 1


def test_disabled_says_that_links_come_back(signed_in: SignedIn) -> None:
    admin: Any = signed_in("administrator")
    ConnectionFactory.create(firm=admin.membership.firm, company_name="Blue Heron", status="disabled")
    page = text(admin.get(URL))
    assert "Was connected to <b>Blue Heron</b>" in page
    assert "Enable</a>" in page


def test_the_number_of_queries_does_not_grow_with_connections(signed_in: SignedIn) -> None:
    admin: Any = signed_in("administrator")
    with_token(admin.membership.firm)
    admin.get(URL)
    spent = []
    for _ in range(2):
        with CaptureQueriesContext(database) as queries:
            admin.get(URL)
        spent.append(len(queries))
        ConnectionFactory.create_batch(20, firm=admin.membership.firm, status="disabled")
    assert spent[0] == spent[1]


@pytest.mark.parametrize(
    ("role", "shown", "reconnect"),
    [("administrator", True, True), ("accountant", True, False), ("manager", True, False), ("staff", False, False)],
)
def test_a_paused_connection_is_said_on_every_page(
    signed_in: SignedIn, role: str, shown: bool, reconnect: bool
) -> None:
    client: Any = signed_in(role)
    with_token(client.membership.firm, status="paused", pause_code="invalid_grant", pause_reason="Refused.")
    page = text(client.get("/"))
    assert ("Blue Heron: Refused." in page) is shown
    assert (f'href="{ENABLE}">Reconnect</a>' in page) is reconnect


@pytest.mark.parametrize(
    ("days", "hard", "sentence"),
    [
        (100, None, ""),
        (15, 91, ""),
        (13, None, "unless it is used before."),
        (100, 89, "five years after it was given."),
        (13, 89, "five years after it was given."),
    ],
)
def test_an_end_is_said_before_it_comes(firm: Firm, days: int, hard: int | None, sentence: str) -> None:
    connection = with_token(firm, unused_days=days, hard_days=hard)
    found = lifetimes.warnings(connection)
    assert len(found) == bool(sentence)
    for banner in found:
        assert isinstance(banner, Banner)
        assert (banner.level, banner.url, banner.label) == ("warn", ENABLE, "Reconnect")
        assert banner.text.endswith(sentence)


def test_the_tile_and_banners_need_no_key(signed_in: SignedIn, settings: Any) -> None:
    admin: Any = signed_in("administrator")
    with_token(admin.membership.firm)
    settings.ENCRYPTION_KEYS = []
    assert admin.get(URL).status_code == 200
    assert admin.get(reverse("quickbooks_online:manage")).status_code == 200


def test_the_books_are_asked_for_once_in_a_request(firm: Firm) -> None:
    connection = ConnectionFactory.create(firm=firm, status="paused")
    with CaptureQueriesContext(database) as queries:
        assert [active_connection(firm) for _ in range(3)] == [connection] * 3
    assert len(queries) == 1
    Connection.objects.update(status="disabled")
    forget(firm)
    assert active_connection(firm) is None
    assert active_connection(None) is None


def test_administrators_get_one_letter(
    member: Callable[..., Any], firm: Firm, django_capture_on_commit_callbacks: Any
) -> None:
    member("administrator", email="maya@example.com")
    member("accountant")
    member("administrator", in_firm=FirmFactory.create())
    connection = with_token(firm)
    with django_capture_on_commit_callbacks(execute=True):
        tokens.pause(connection, "invalid_grant", "Refused.")
        tokens.pause(connection, "invalid_grant", "Refused.")
    [letter] = mail.outbox
    assert letter.to == ["maya@example.com"]
    assert letter.subject == "BigTime: Blue Heron needs reconnecting"
    assert letter.body.startswith("Refused.\n")
    assert f"http://127.0.0.1:8000{ENABLE}" in letter.body


def test_a_copy_posts_only_after_a_person_says_so(signed_in: SignedIn) -> None:
    admin: Any = signed_in("administrator")
    connection = with_token(admin.membership.firm, instance="another-installation")
    page = reverse("quickbooks_online:manage")
    assert "This looks like a copy of another BigTime installation." in text(admin.get(page))
    admin.post(reverse("quickbooks_online:take_over"))
    connection.refresh_from_db()
    assert connection.instance != "another-installation"
    assert connection.quarantined_at is not None
    assert "This looks like a copy" not in text(admin.get(page))
