"""zeep, a SOAP client of somebody else, at the service's real address: by Intuit's own WSDL and by the one we serve."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import zeep
from pytest_django.live_server_helper import LiveServer
from zeep.transports import Transport
from zeep.wsdl.bindings import Soap11Binding

from bigtime.clients.models import Client
from integrations.models import SyncRun
from integrations.quickbooks.desktop import services, session
from integrations.quickbooks.desktop.models import Agent, Session
from integrations.sync import runs
from integrations.sync.work import working
from simulators.remote import ROOT

from .conftest import Office
from .test_posting import Posting

INTUITS = ROOT.parent / "shared" / "reference" / "qbxml" / "QBWebConnectorSvc.wsdl"
SERVICE = "/quickbooks/desktop/soap"
# zeep can't tell an empty string from one that is missing: both are None to it.
EMPTY = None


class Foreign:
    """Calls the service as zeep reads its description. The same words as `tests.company_file.Soap`."""

    def __init__(self, wsdl: str, address: str) -> None:
        transport = Transport(timeout=60, operation_timeout=60)
        client = zeep.Client(wsdl, transport=transport)
        # Intuit's also describes SOAP 1.2, which no Web Connector speaks.
        binding = next(name for name, each in client.wsdl.bindings.items() if isinstance(each, Soap11Binding))
        self.service: Any = client.create_service(binding, address)
        self.operations = set(client.wsdl.bindings[binding].all())

    def call(self, operation: str, **parameters: Any) -> list[str]:
        said = getattr(self.service, operation)(**parameters)
        return [each or "" for each in said] if isinstance(said, list) else ["" if said is None else str(said)]


@pytest.fixture
def office(office: Office, live_server: LiveServer, settings: Any) -> Office:
    settings.BASE_URL = live_server.url
    return office


@pytest.fixture(
    params=[
        pytest.param(
            INTUITS,
            marks=pytest.mark.skipif(not INTUITS.is_file(), reason="Intuit's WSDL doesn't lie beside the checkout"),
            id="intuit's",
        ),
        pytest.param(None, id="ours"),
    ]
)
def foreign(request: pytest.FixtureRequest, office: Office, live_server: LiveServer) -> Iterator[Foreign]:
    path: Path | None = request.param
    address = f"{live_server.url}{SERVICE}"
    client = Foreign(str(path) if path else f"{address}?wsdl", address)
    yield client
    client.service._client.transport.session.close()


def admitted(office: Office, foreign: Foreign) -> list[str | None]:
    said: list[str | None] = foreign.service.authenticate(office.agent.username, office.secret)
    return said


def test_a_first_sync_and_a_posting_from_end_to_end(office: Office, foreign: Foreign) -> None:
    office.connector.soap, office.connector.remembers = foreign, False  # type: ignore[assignment]
    office.file.add("Customer", Name="Acmé & Söhne")
    posting = Posting(office)
    assert {client.name for client in Client.objects.all()} == {"Acme", "Acmé & Söhne"}
    posting.push(posting.entries(101, note="Café <b>&amp; more"))
    assert office.connector.visit() == 100, office.connector.last_error
    assert posting.states() == {"posted": 101}
    assert set(posting.markers().values()) == {1}


def test_the_description_names_every_operation(foreign: Foreign) -> None:
    core = {
        "serverVersion", "clientVersion", "authenticate", "sendRequestXML", "receiveResponseXML", "connectionError",
        "getLastError", "closeConnection",
    }  # fmt: skip
    assert core <= foreign.operations


def test_what_every_operation_says(office: Office, foreign: Foreign) -> None:
    service = foreign.service
    assert service.serverVersion() == "BigTime 1"
    assert service.clientVersion("2.3.0.215") is EMPTY
    assert admitted(office, foreign)[1:] == [EMPTY]
    ticket = admitted(office, foreign)[0]
    text = service.sendRequestXML(ticket, "", office.file.path, "US", 13, 0)
    assert text.startswith('<?xml version="1.0" encoding="utf-8"?><?qbxml version="13.0"?><QBXML><QBXMLMsgsRq ')
    assert service.receiveResponseXML(ticket, "", "0x80040414", "A dialog is open.") == -1
    assert service.getLastError(ticket) == "A dialog is open in QuickBooks. Close it, then sync again."
    assert service.closeConnection(ticket) == "A dialog is open in QuickBooks. Close it, then sync again."
    assert service.closeConnection(ticket) == "OK"
    ticket = admitted(office, foreign)[0]
    assert service.connectionError(ticket, "0x80040408", "Could not start QuickBooks.") == "done"
    assert Session.objects.get(ticket_sha256__isnull=False, closed_at__isnull=False, summary__startswith="QuickBooks c")
    assert service.sendRequestXML(ticket, "", "", "US", 13, 0) is EMPTY
    assert service.getLastError(ticket).startswith("This session is over.")


def test_interactive_mode_is_answered_by_what_we_serve(office: Office, live_server: LiveServer) -> None:
    address = f"{live_server.url}{SERVICE}"
    service = Foreign(f"{address}?wsdl", address).service
    assert service.getInteractiveURL("ticket", "session") is EMPTY
    assert service.interactiveRejected("ticket", "no reason") is EMPTY
    assert service.interactiveDone("ticket") == "Done"


def test_nothing_to_do_wrong_secret_and_too_many_tries(office: Office, foreign: Foreign) -> None:
    run = runs.start(connection=office.connection)
    runs.cancel(run=run)
    ticket, word = admitted(office, foreign)
    assert (bool(ticket), word) == (True, "none")
    assert foreign.service.closeConnection(ticket) == "OK"
    for _ in range(10):
        ticket, word = foreign.service.authenticate(office.agent.username, "wrong")
        assert (bool(ticket), word) == (True, "nvu")
    ticket, word, postponed = admitted(office, foreign)
    assert (bool(ticket), word, postponed) == (True, "busy", "600")
    assert not Session.objects.exists()


def test_a_run_that_is_being_worked_on_is_waited_for(
    office: Office, foreign: Foreign, monkeypatch: pytest.MonkeyPatch
) -> None:
    """NoOp: the Web Connector waits five seconds and asks again; after a minute of it the visit ends in words."""
    monkeypatch.setattr(session, "WAITS", 2)
    ticket, word = admitted(office, foreign)
    assert word is EMPTY
    ask = (ticket, "", office.file.path, "US", 13, 0)
    text = foreign.service.sendRequestXML(*ask)
    assert "CompanyQueryRq" in text
    opened = office.connector._open("")
    answer, _, _ = office.connector._process(opened, text)
    office.connector._close(opened)
    assert foreign.service.receiveResponseXML(ticket, answer, "", "") > 0
    with working(SyncRun.objects.get(), 60) as work:
        assert work is not None
        for said in ("NoOp", "NoOp", session.STILL_BUSY):
            assert foreign.service.sendRequestXML(*ask) is EMPTY
            assert foreign.service.getLastError(ticket) == said
    assert "AccountQueryRq" in foreign.service.sendRequestXML(*ask)


def test_a_standby_and_a_paused_computer_are_told_none(office: Office, foreign: Foreign) -> None:
    admitted(office, foreign)
    other, secret = services.register(channel=office.channel, by=None, computer="Back office")
    assert foreign.service.authenticate(other.username, secret)[1] == "none"
    services.pause(agent=Agent.objects.get(pk=office.agent.pk), paused=True)
    assert admitted(office, foreign)[1] == "none"


def test_a_call_that_is_none_is_a_fault(foreign: Foreign, live_server: LiveServer) -> None:
    client = zeep.Client(f"{live_server.url}{SERVICE}?wsdl")
    message = client.create_message(client.service, "closeConnection", ticket="x")
    message[0][0].tag = "{http://developer.intuit.com/}dropTables"
    answer = client.transport.post_xml(f"{live_server.url}{SERVICE}", message, {})
    assert answer.status_code == 400
    with pytest.raises(zeep.exceptions.Fault, match="no operation of this service"):
        client.service._binding.process_reply(client, client.service._binding.get("closeConnection"), answer)
    client.transport.session.close()
