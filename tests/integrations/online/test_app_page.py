"""The firm's own Intuit app: a secret that goes in and never comes out, and a test that really asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection as database
from django.test import Client

from integrations.models import Connection
from integrations.quickbooks.online.models import IntuitApp
from simulators.online.remote import Simulator
from tests.factories import FirmFactory
from tests.factories.books import ConnectionFactory

pytestmark = pytest.mark.django_db
URL = "/company/integrations/quickbooks-online/intuit-app/"
OWN = {"environment": "simulator", "client_id": "demo-client", "client_secret": "demo-secret"}


@pytest.fixture
def admin(signed_in: Callable[..., Client], simulator: Simulator) -> Client:
    return signed_in("administrator")


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_environment_s_app_is_shown_without_its_secret(admin: Client) -> None:
    page = text(admin.get(URL))
    assert "From the environment" in page
    assert "demo-client" in page
    assert "demo-secret" not in page
    assert "http://127.0.0.1:8000/company/integrations/quickbooks-online/callback/" in page


def test_the_secret_is_stored_encrypted_and_never_shown(admin: Client) -> None:
    assert admin.post(URL, OWN).status_code == 302
    with database.cursor() as cursor:
        cursor.execute("SELECT client_secret FROM quickbooks_online_intuitapp")
        assert cursor.fetchone()[0].startswith("gAAAA")
    page = text(admin.get(URL))
    assert "Your own app" in page
    assert "demo-secret" not in page


def test_an_empty_secret_keeps_the_stored_one(admin: Client) -> None:
    admin.post(URL, OWN)
    admin.post(URL, {**OWN, "environment": "sandbox", "client_secret": ""})
    app = IntuitApp.objects.get()
    assert (app.environment, app.client_secret) == ("sandbox", "demo-secret")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"client_secret": ""}, "Enter the client secret that belongs to this client ID."),
        ({"client_id": " "}, "This field is required."),
        ({"environment": "moon"}, "Select a valid choice."),
        ({"client_id": "x" * 201}, "at most 200 characters"),
    ],
)
def test_wrong_input_stores_nothing(admin: Client, change: dict[str, str], sentence: str) -> None:
    answer = admin.post(URL, {**OWN, **change})
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert not IntuitApp.objects.exists()


def test_another_client_id_needs_its_own_secret(admin: Client) -> None:
    admin.post(URL, OWN)
    answer = admin.post(URL, {**OWN, "client_id": "another", "client_secret": ""})
    assert "Another client ID has another client secret: enter it too." in text(answer)
    assert IntuitApp.objects.get().client_id == "demo-client"


def test_the_app_of_a_living_connection_stays_but_its_secret_may_change(admin: Client) -> None:
    admin.post(URL, OWN)
    ConnectionFactory.create(firm=admin.membership.firm, status="paused", pause_code="invalid_client")  # type: ignore[attr-defined]
    assert "Disable it first" in text(admin.post(URL, {**OWN, "client_id": "another", "client_secret": "x"}))
    assert "Disable it first" in text(admin.post(f"{URL}remove/", follow=True))
    assert IntuitApp.objects.get().client_id == "demo-client"
    assert admin.post(URL, {**OWN, "client_secret": "renewed"}).status_code == 302
    assert IntuitApp.objects.get().client_secret == "renewed"
    assert Connection.objects.get().status == "active"


def test_credentials_are_tested_at_intuit(admin: Client, settings: Any) -> None:
    assert "Intuit accepts this client ID and secret (simulator)." in text(admin.post(f"{URL}test/", follow=True))
    settings.INTUIT_CLIENT_SECRET = "another"
    assert "Intuit doesn&#x27;t know this client id and secret." in text(admin.post(f"{URL}test/", follow=True))
    settings.INTUIT_SIMULATOR_URL = "http://127.0.0.1:9"
    assert "The credentials were not tested" in text(admin.post(f"{URL}test/", follow=True))
    settings.INTUIT_CLIENT_ID = ""
    assert "No Intuit app is set up." in text(admin.post(f"{URL}test/", follow=True))


def test_a_lost_key_asks_for_the_secret_again(admin: Client, settings: Any) -> None:
    admin.post(URL, OWN)
    settings.ENCRYPTION_KEYS = ["7hHk7cYDDoT3QqKzz4cLzD4-wS7N1yn3C6rF9y1aX0g="]
    assert admin.get(URL).status_code == 200
    assert "Enter the client secret" in text(admin.post(URL, {**OWN, "client_secret": ""}))
    assert admin.post(URL, OWN).status_code == 302
    assert IntuitApp.objects.get().client_secret == "demo-secret"


def test_removing_falls_back_to_the_environment(admin: Client) -> None:
    admin.post(URL, OWN)
    IntuitApp.objects.create(firm=FirmFactory.create(), environment="sandbox", client_id="theirs", client_secret="s")
    admin.post(f"{URL}remove/")
    assert IntuitApp.objects.get().client_id == "theirs"
    assert "From the environment" in text(admin.get(URL))
