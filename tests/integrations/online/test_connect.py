"""The walk to Intuit and back, over HTTP against the simulator: what it stores, and all it refuses."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.db import connection as database
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bigtime.firm.models import Firm
from integrations.models import Connection, Link, RemoteRecord
from integrations.quickbooks.online import intuit_app, oauth, services
from integrations.quickbooks.online.client import Client as IntuitClient
from integrations.quickbooks.online.models import Authorization, Token
from integrations.sync.errors import Disconnected
from simulators.online.remote import Simulator
from tests.factories import FirmFactory
from tests.factories.books import LinkFactory
from tests.factories.people import MembershipFactory

from .consent import walk

pytestmark = pytest.mark.django_db

SignedIn = Callable[..., Client]
CONNECT = "/company/integrations/quickbooks-online/connect/"
CALLBACK = "/company/integrations/quickbooks-online/callback/"


@pytest.fixture
def admin(signed_in: SignedIn, simulator: Simulator) -> Client:
    return signed_in("administrator")


def begin(client: Client, **data: Any) -> str:
    """The address behind **Connect to QuickBooks**."""
    answer = client.post(CONNECT, {"backup_made": "on", **data})
    assert answer.status_code == 200, answer.content.decode()
    found = re.search(r'href="([^"]+)"[^>]*>Connect to QuickBooks<', answer.content.decode())
    assert found
    return unescape(found[1])


def connect(client: Client, realm: str, **data: Any) -> Any:
    return client.get(walk(begin(client, **data), realm))


def problem(answer: Any) -> str:
    found = re.search(r'data-problem="(\w+)"', answer.content.decode())
    return found[1] if found else ""


def unchanged(connections: int = 0) -> None:
    assert Connection.objects.count() == connections
    assert Token.objects.count() == connections
    assert not Authorization.objects.exclude(held_grant="").exists()


# --- the way there ---------------------------------------------------------------------------------------------------


def test_the_window_s_page_leads_to_intuit_by_a_link_with_our_state(admin: Client, simulator: Simulator) -> None:
    address = begin(admin, popup="1")
    asked = parse_qs(urlsplit(address).query)
    assert address.startswith(f"{simulator.url}/connect/oauth2?")
    assert asked["scope"] == ["com.intuit.quickbooks.accounting"]
    assert asked["redirect_uri"] == [f"http://127.0.0.1:8000{CALLBACK}"]
    [state] = asked["state"]
    assert len(state) >= 43
    row = Authorization.objects.get()
    assert row.state_sha256 == services.digest(state) != state
    assert row.is_popup
    assert timedelta(minutes=9) < row.expires_at - timezone.now() <= timedelta(minutes=10)


def test_the_window_keeps_its_tie_to_the_page_that_opened_it(admin: Client) -> None:
    answer = admin.post(CONNECT, {"backup_made": "on", "popup": "1"})
    assert answer.headers["Cross-Origin-Opener-Policy"] == "unsafe-none"
    assert "form-action 'self'" in answer.headers["Content-Security-Policy"]
    assert admin.get(reverse("quickbooks_online:enable")).headers["Cross-Origin-Opener-Policy"] != "unsafe-none"


def test_without_a_backup_nothing_begins(admin: Client) -> None:
    answer = admin.post(CONNECT, {})
    assert answer.status_code == 422
    assert "Tick that a backup was made before you connect." in answer.content.decode()
    assert not Authorization.objects.exists()


@pytest.mark.parametrize("role", ["accountant", "manager", "staff"])
@pytest.mark.parametrize("name", ["manage", "enable", "callback", "connected", "state", "disable", "preflight", "app"])
def test_only_administrators(signed_in: SignedIn, role: str, name: str) -> None:
    answer = signed_in(role).get(reverse(f"quickbooks_online:{name}"))
    assert answer.status_code == 403
    assert "This page is for administrators only." in answer.content.decode()


def test_without_an_app_the_checklist_says_so(admin: Client, settings: Any) -> None:
    settings.INTUIT_CLIENT_ID = ""
    assert "No Intuit app is set up" in admin.get(reverse("quickbooks_online:enable")).content.decode()
    answer = admin.post(CONNECT, {"backup_made": "on"})
    assert (answer.status_code, problem(answer)) == (409, "no_app")
    unchanged()


def test_intuit_away_before_it_begins(admin: Client, settings: Any) -> None:
    settings.INTUIT_SIMULATOR_URL = "http://127.0.0.1:9"
    answer = admin.post(CONNECT, {"backup_made": "on"})
    assert (answer.status_code, problem(answer)) == (502, "unreachable")
    unchanged()


# --- and back --------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_what_the_authorization_asked_counts_against_intuit_s_limits(admin: Client, simulator: Simulator) -> None:
    """In real time: twelve questions right after authorizing, which with its own two are more than a second allows."""
    realm = simulator.create_realm("Blue Heron Books")
    address = walk(begin(admin), realm)
    simulator.config(minute=60.0, limits=True)
    simulator.stats(reset=True)
    admin.get(address)
    client = IntuitClient(Connection.objects.get())
    for _ in range(12):
        client.count("Customer")
    assert simulator.stats()["throttled"] == 0
    assert simulator.stats()["calls_total"] == 14


def test_connected(admin: Client, simulator: Simulator, firm: Firm) -> None:
    realm = simulator.create_realm("Blue Heron Books")
    answer = connect(admin, realm)
    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("integrations:list"))
    connection = Connection.objects.get()
    assert (connection.firm, connection.system, connection.environment) == (firm, "quickbooks_online", "simulator")
    assert (connection.company_id, connection.company_name) == (realm, "Blue Heron Books")
    assert (connection.status, connection.home_currency) == ("active", "USD")
    assert connection.connected_by == admin.membership.user  # type: ignore[attr-defined]
    token = Token.objects.get()
    assert token.connection == connection
    assert token.hard_expires_at is not None
    with database.cursor() as cursor:
        cursor.execute("SELECT access_token, refresh_token FROM quickbooks_online_token")
        assert all(value.startswith("gAAAA") for value in cursor.fetchone())


def test_in_the_window_the_last_page_closes_it(admin: Client, simulator: Simulator) -> None:
    answer = connect(admin, simulator.create_realm("Blue Heron Books"), popup="1")
    assert answer.headers["Location"] == reverse("quickbooks_online:connected")
    page = admin.get(answer.headers["Location"])
    assert 'data-authorized="connected"' in page.content.decode()
    assert page.headers["Cross-Origin-Opener-Policy"] == "unsafe-none"


def test_denied(admin: Client, simulator: Simulator) -> None:
    back = walk(begin(admin), simulator.create_realm("Blue Heron Books"), answer="deny")
    answer = admin.get(back)
    assert (answer.status_code, problem(answer)) == (200, "denied")
    assert problem(admin.get(back)) == "used"
    unchanged()


@pytest.mark.parametrize(
    ("error", "key"), [("invalid_scope", "scope"), ("server_error", "intuit_error"), ("<b>x</b>", "intuit_error")]
)
def test_other_errors_of_intuit(admin: Client, error: str, key: str) -> None:
    [state] = parse_qs(urlsplit(begin(admin)).query)["state"]
    answer = admin.get(CALLBACK, {"state": state, "error": error})
    assert (answer.status_code, problem(answer)) == (400, key)
    assert "<b>x</b>" not in answer.content.decode()
    unchanged()


@pytest.mark.parametrize("missing", ["state", "code", "realmId"])
def test_incomplete(admin: Client, simulator: Simulator, missing: str) -> None:
    parts = urlsplit(walk(begin(admin), simulator.create_realm("Blue Heron Books")))
    given = {name: values[0] for name, values in parse_qs(parts.query).items() if name != missing}
    answer = admin.get(f"{CALLBACK}?{urlencode(given)}")
    assert (answer.status_code, problem(answer)) == (400, "incomplete")
    assert Authorization.objects.get().used_at is None
    unchanged()


def test_a_forged_state(admin: Client, simulator: Simulator) -> None:
    begin(admin)
    answer = admin.get(CALLBACK, {"state": "x" * 43, "code": "XAB1", "realmId": "1"})
    assert (answer.status_code, problem(answer)) == (400, "forged")
    assert Authorization.objects.get().used_at is None
    unchanged()


def test_used_twice(admin: Client, simulator: Simulator) -> None:
    back = walk(begin(admin), simulator.create_realm("Blue Heron Books"))
    admin.get(back)
    before = Token.objects.values().get()
    answer = admin.get(back)
    assert (answer.status_code, problem(answer)) == (400, "used")
    assert Token.objects.values().get() == before


@pytest.mark.django_db(transaction=True)
def test_two_callbacks_at_once_make_one_connection(admin: Client, simulator: Simulator) -> None:
    back = walk(begin(admin), simulator.create_realm("Blue Heron Books"))
    start, answers = threading.Barrier(2), []

    def come_back() -> None:
        client = Client()
        client.cookies.update(admin.cookies)
        start.wait()
        answers.append(client.get(back))
        database.close()

    threads = [threading.Thread(target=come_back) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted((a.status_code, problem(a)) for a in answers) == [(302, ""), (400, "used")]
    unchanged(connections=1)


def test_too_late(admin: Client, simulator: Simulator) -> None:
    back = walk(begin(admin), simulator.create_realm("Blue Heron Books"))
    Authorization.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    answer = admin.get(back)
    assert (answer.status_code, problem(answer)) == (400, "expired")
    unchanged()


def test_another_person_s_browser(admin: Client, signed_in: SignedIn, simulator: Simulator) -> None:
    back = walk(begin(admin), simulator.create_realm("Blue Heron Books"))
    answer = signed_in("administrator").get(back)
    assert (answer.status_code, problem(answer)) == (403, "other_session")
    again = Client()
    again.force_login(admin.membership.user, backend="bigtime.firm.backends.MemberBackend")  # type: ignore[attr-defined]
    assert problem(again.get(back)) == "other_session"
    unchanged()


def test_another_firm_s_callback(admin: Client, simulator: Simulator) -> None:
    other = FirmFactory.create()
    MembershipFactory.create(firm=other, user=admin.membership.user, role="administrator")  # type: ignore[attr-defined]
    back = walk(begin(admin), simulator.create_realm("Blue Heron Books"))
    session = admin.session
    session["firm"] = other.pk
    session.save()
    answer = admin.get(back)
    assert (answer.status_code, problem(answer)) == (403, "other_firm")
    unchanged()


def test_signed_out_meanwhile(admin: Client, simulator: Simulator) -> None:
    back = walk(begin(admin), simulator.create_realm("Blue Heron Books"))
    answer = Client().get(back)
    assert (answer.status_code, problem(answer)) == (401, "signed_out")
    assert "code=" not in answer.content.decode()
    unchanged()


def test_a_code_intuit_refuses(admin: Client, simulator: Simulator) -> None:
    [state] = parse_qs(urlsplit(begin(admin)).query)["state"]
    answer = admin.get(CALLBACK, {"state": state, "code": "XABnot-one-of-theirs", "realmId": "123"})
    assert (answer.status_code, problem(answer)) == (400, "code_refused")
    unchanged()


def test_a_wrong_client_secret(admin: Client, simulator: Simulator, settings: Any) -> None:
    back = walk(begin(admin), simulator.create_realm("Blue Heron Books"))
    settings.INTUIT_CLIENT_SECRET = "another"
    answer = admin.get(back)
    assert (answer.status_code, problem(answer)) == (502, "app_refused")
    unchanged()


@pytest.mark.parametrize("realm", ["../../evil", "12a", "1" * 31, "12/34"])
def test_a_company_id_that_is_none(admin: Client, simulator: Simulator, realm: str) -> None:
    [state] = parse_qs(urlsplit(begin(admin)).query)["state"]
    answer = admin.get(CALLBACK, {"state": state, "code": "XAB1", "realmId": realm})
    assert (answer.status_code, problem(answer)) == (400, "incomplete")
    unchanged()


def test_a_company_the_grant_isn_t_for(admin: Client, simulator: Simulator) -> None:
    other = simulator.create_realm("Somebody Else")
    realm = simulator.create_realm("Blue Heron Books")
    back = walk(begin(admin), realm).replace(f"realmId={realm}", f"realmId={other}")
    answer = admin.get(back)
    assert (answer.status_code, problem(answer)) == (502, "unreadable")
    unchanged()


def test_another_home_currency_is_refused_and_given_back(
    admin: Client, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    granted: list[oauth.Grant] = []
    exchange = oauth.exchange
    monkeypatch.setattr(oauth, "exchange", lambda *given: granted.append(exchange(*given)) or granted[-1])
    answer = connect(admin, simulator.create_realm("Maple Books", currency="CAD"))
    assert (answer.status_code, problem(answer)) == (409, "other_currency")
    assert "Maple Books keeps its books in CAD; Northwind Consulting works in USD." in answer.content.decode()
    unchanged()
    credentials = intuit_app.required(admin.membership.firm)  # type: ignore[attr-defined]
    with pytest.raises(Disconnected):
        oauth.refresh(credentials, granted[0].refresh_token)


def test_a_company_that_another_firm_works_with_is_refused(
    admin: Client, signed_in: SignedIn, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    simulator.config(limits=False)  # five authorizations within a second
    theirs = signed_in("administrator", in_firm=FirmFactory.create(name="Secret Rivals"))
    realm = simulator.create_realm("Blue Heron Books")
    connect(theirs, realm)
    before = Connection.objects.values().get()
    answer = connect(admin, realm)
    page = answer.content.decode()
    assert (answer.status_code, problem(answer)) == (409, "taken")
    assert "Secret Rivals" not in page
    assert Connection.objects.values().get() == before
    # The other firm's grant is not ended at Intuit either.
    monkeypatch.setattr("integrations.quickbooks.online.oauth.revoke", lambda *given: pytest.fail("revoked"))
    connection = Connection.objects.get()
    assert IntuitClient(connection).count("Customer") == 0
    # Paused is still connected; disabled isn't.
    Connection.objects.update(status="paused")
    assert problem(connect(admin, realm)) == "taken"
    Connection.objects.update(status="disabled")
    assert connect(admin, realm).status_code == 302
    # Now the former one is refused, for the same reason.
    assert problem(connect(theirs, realm)) == "taken"
    statuses = sorted(Connection.objects.values_list("firm__name", "status"))
    assert statuses == [("Northwind Consulting", "active"), ("Secret Rivals", "disabled")]


def test_changing_to_a_company_of_another_firm_keeps_the_one_there_is(
    admin: Client, signed_in: SignedIn, simulator: Simulator
) -> None:
    """Free when the person was asked, taken when the answer came."""
    first, second = simulator.create_realm("Blue Heron Books"), simulator.create_realm("Second Books")
    connect(admin, first)
    asked = connect(admin, second).headers["Location"]
    connect(signed_in("administrator", in_firm=FirmFactory.create()), second)
    assert problem(admin.post(asked, {"answer": "connect"})) == "taken"
    mine = Connection.objects.get(firm=admin.membership.firm)  # type: ignore[attr-defined]
    assert (mine.company_id, mine.status) == (first, "active")


def test_a_firm_keeps_its_books_in_one_place(admin: Client, simulator: Simulator, firm: Firm) -> None:
    address = begin(admin)
    Connection.objects.create(
        firm=firm, system="quickbooks_desktop", environment="desktop", company_id="x", company_name="Shop File"
    )
    answer = admin.get(walk(address, simulator.create_realm("Blue Heron Books")))
    assert (answer.status_code, problem(answer)) == (409, "other_books")
    assert "Northwind Consulting is connected to Shop File." in answer.content.decode()
    answer = admin.post(CONNECT, {"backup_made": "on"})
    assert problem(answer) == "other_books"
    assert Connection.objects.get().system == "quickbooks_desktop"


# --- disable, enable again, another company --------------------------------------------------------------------------


def test_disable_then_enable_the_same_company_restores_every_link(admin: Client, simulator: Simulator) -> None:
    realm = simulator.create_realm("Blue Heron Books")
    connect(admin, realm)
    connection = Connection.objects.get()
    link = LinkFactory.create(
        connection=connection, local_model="clients.client", local_id=1, remote__connection=connection
    )
    page = admin.get(reverse("quickbooks_online:disable")).content.decode()
    assert "Every link between the two" in page
    assert "The tokens stored here: they are erased" in page
    answer = admin.post(reverse("quickbooks_online:disable"), follow=True)
    assert "was ended at Intuit and erased here" in answer.content.decode()
    connection.refresh_from_db()
    assert (connection.status, Token.objects.count()) == ("disabled", 0)
    connect(admin, realm)
    connection.refresh_from_db()
    assert (connection.status, Connection.objects.count(), Token.objects.count()) == ("active", 1, 1)
    assert Link.objects.get() == link
    assert RemoteRecord.objects.count() == 1


def test_disable_with_intuit_away_erases_all_the_same(admin: Client, simulator: Simulator, settings: Any) -> None:
    connect(admin, simulator.create_realm("Blue Heron Books"))
    settings.INTUIT_SIMULATOR_URL = "http://127.0.0.1:9"
    answer = admin.post(reverse("quickbooks_online:disable"), follow=True)
    assert "Intuit couldn&#x27;t be told" in answer.content.decode()
    assert (Connection.objects.get().status, Token.objects.count()) == ("disabled", 0)


@pytest.mark.parametrize("disabled_first", [False, True])
def test_another_company_asks_first_and_gets_a_connection_of_its_own(
    admin: Client, simulator: Simulator, disabled_first: bool
) -> None:
    first, second = simulator.create_realm("Blue Heron Books"), simulator.create_realm("Second Books")
    connect(admin, first)
    former = Connection.objects.get()
    LinkFactory.create(connection=former, local_model="clients.client", local_id=1, remote__connection=former)
    if disabled_first:
        admin.post(reverse("quickbooks_online:disable"))
    before = Connection.objects.values().get()
    asked = connect(admin, second).headers["Location"]
    page = admin.get(asked).content.decode()
    assert "This is another company" in page
    assert "Second Books" in page
    assert Connection.objects.values().get() == before
    answer = admin.post(asked, {"answer": "connect"})
    assert answer.headers["Location"] == reverse("integrations:list")
    former.refresh_from_db()
    new = Connection.objects.exclude(pk=former.pk).get()
    assert (former.status, new.status, new.company_id) == ("disabled", "active", second)
    assert Token.objects.get().connection == new
    assert Link.objects.get().connection == former
    assert problem(admin.post(asked, {"answer": "connect"})) == "used"
    assert "Second Books</b>, its lists are matched anew; nothing is taken over from Blue Heron Books." in page
    page = admin.get(connect(admin, first).headers["Location"]).content.decode()
    assert "You were connected to <b>Blue Heron Books</b> before: its links and posted marks come back." in page


def test_another_company_declined_changes_nothing(admin: Client, simulator: Simulator) -> None:
    connect(admin, simulator.create_realm("Blue Heron Books"))
    before = (Connection.objects.values().get(), Token.objects.values().get())
    asked = connect(admin, simulator.create_realm("Second Books")).headers["Location"]
    assert problem(admin.post(asked, {"answer": "cancel"})) == "denied"
    assert (Connection.objects.values().get(), Token.objects.values().get()) == before
    unchanged(connections=1)


def test_an_undecided_grant_is_not_kept(admin: Client, simulator: Simulator) -> None:
    connect(admin, simulator.create_realm("Blue Heron Books"))
    connect(admin, simulator.create_realm("Second Books"))
    Authorization.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    begin(admin)
    unchanged(connections=1)


def test_nobody_else_decides(admin: Client, signed_in: SignedIn, simulator: Simulator) -> None:
    connect(admin, simulator.create_realm("Blue Heron Books"))
    asked = connect(admin, simulator.create_realm("Second Books")).headers["Location"]
    assert signed_in("administrator").post(asked, {"answer": "connect"}).status_code == 404
    stranger = signed_in("administrator", in_firm=FirmFactory.create())
    assert stranger.post(asked, {"answer": "connect"}).status_code == 404
    assert Connection.objects.count() == 1


def test_reconnecting_ends_the_pause_and_keeps_everything(admin: Client, simulator: Simulator) -> None:
    realm = simulator.create_realm("Blue Heron Books")
    connect(admin, realm)
    Connection.objects.update(
        status="paused", pause_code="invalid_grant", pause_reason="gone", imported_at=timezone.now()
    )
    answer = admin.post(CONNECT, {})
    assert answer.status_code == 200
    connect(admin, realm)
    connection = Connection.objects.get()
    assert (connection.status, connection.pause_code, connection.pause_reason) == ("active", "", "")
    assert connection.imported_at is not None


def test_the_closing_date_and_the_features_are_learnt(admin: Client, simulator: Simulator) -> None:
    realm = simulator.create_realm("Blue Heron Books")
    connect(admin, realm)
    connection = Connection.objects.get()
    assert set(connection.facts) >= {"classes", "time_tracking", "billable_expenses", "multi_currency"}
    assert connection.closed_through is None or isinstance(connection.closed_through, date)
