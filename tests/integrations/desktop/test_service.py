"""The service's address, byte by byte: what it answers, and what it refuses without a change."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from integrations.models import Exchange, RemoteRecord, SyncRun
from integrations.quickbooks.desktop import admission, callbacks, services, tickets
from integrations.quickbooks.desktop import soap as wire
from integrations.quickbooks.desktop.models import Session
from integrations.sync import runs
from tests.company_file import Soap, envelope

from .conftest import Office

HEAD = (
    '<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soap:Body>'
)
TAIL = "</soap:Body></soap:Envelope>"
LAUGHS = "".join(f'<!ENTITY x{n} "{f"&x{n - 1};" * 10}">' for n in range(1, 10))
FILE = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
BOMB = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;&x;&x;&x;&x;&x;">]>"""


def test_every_reply_is_the_bytes_a_dotnet_client_reads() -> None:
    assert (
        wire.reply("authenticate", ["T", ""])
        == (
            f'{HEAD}<authenticateResponse xmlns="http://developer.intuit.com/"><authenticateResult><string>T</string>'
            f"<string></string></authenticateResult></authenticateResponse>{TAIL}"
        ).encode()
    )
    assert (
        wire.reply("receiveResponseXML", 42)
        == (
            f'{HEAD}<receiveResponseXMLResponse xmlns="http://developer.intuit.com/"><receiveResponseXMLResult>42'
            f"</receiveResponseXMLResult></receiveResponseXMLResponse>{TAIL}"
        ).encode()
    )
    assert (
        wire.reply("sendRequestXML", "<a>&")
        == (
            f'{HEAD}<sendRequestXMLResponse xmlns="http://developer.intuit.com/"><sendRequestXMLResult>&lt;a&gt;&amp;'
            f"</sendRequestXMLResult></sendRequestXMLResponse>{TAIL}"
        ).encode()
    )
    assert b"<getLastErrorResult></getLastErrorResult>" in wire.reply("getLastError", "")


def test_a_plain_get_answers_the_description_to_anybody(db: None) -> None:
    answer = Browser().get(reverse("quickbooks_desktop:soap"), {"wsdl": ""})
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/xml; charset=utf-8")
    assert reverse("quickbooks_desktop:soap").encode() in answer.content
    assert Browser().get(reverse("quickbooks_desktop:support")).status_code == 200
    assert Browser().put(reverse("quickbooks_desktop:soap")).status_code == 405


def test_versions_and_the_stubs(db: None) -> None:
    soap = Soap()
    assert soap.call("serverVersion") == ["BigTime 1"]
    assert soap.call("clientVersion", strVersion="2.3.0.215") == [""]
    assert soap.call("interactiveDone", wcTicket="x") == ["Done"]
    assert soap.call("getInteractiveURL", wcTicket="x", sessionID="y") == [""]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "well-formed"),
        (b"not xml", "well-formed"),
        (envelope("authenticate", strUserName="a")[:-40], "well-formed"),
        (BOMB + envelope("authenticate", strUserName="&y;").partition(b"?>")[2], "document type"),
        (
            f'<!DOCTYPE a [<!ENTITY x0 "x">{LAUGHS}]>'.encode() + envelope("authenticate", strUserName="&x9;"),
            "document type",
        ),
        (FILE + envelope("authenticate", strUserName="&x;").partition(b"?>")[2], "document type"),
        (envelope("authenticate", strUserName="Z").replace(b"Z", b"&unknown;"), "well-formed"),
        (envelope("authenticate", strUserName="Z").replace(b"Z", b"&#0;"), "well-formed"),
        (envelope("authenticate", strUserName="Z").replace(b"Z", b"<a>" * 5000), "well-formed"),
        (envelope("authenticate") * 2, "well-formed"),
        (envelope("authenticate").replace(b"<soap:Body>", b"<soap:Body><x/>"), "no single call"),
        (envelope("authenticate").replace(b"envelope/", b"envelope"), "SOAP 1.1"),
        (envelope("authenticate", strUserName="a").decode().encode("utf-16"), "UTF-8"),
        (envelope("authenticate", strUserName="é").decode().encode("latin-1"), "UTF-8"),
        (envelope("authenticate").replace(b"utf-8", b"utf-7"), "UTF-8"),
        (b"<a/>", "SOAP 1.1"),
        (envelope("dropTables"), "no operation"),
        (envelope("authenticate").replace(b"developer.intuit.com", b"elsewhere.example"), "no operation"),
        (
            envelope("authenticate").replace(b"></authenticate>", b"><strUserName><b/></strUserName></authenticate>"),
            "must be text",
        ),
    ],
    ids=range(19),
)
def test_what_is_no_call_is_refused(db: None, body: bytes, words: str) -> None:
    answer = Soap().raw(body)
    assert answer.status_code == 400
    assert b"<soap:Fault>" in answer.content
    assert words.encode() in answer.content
    assert not Session.objects.exists()
    assert not Exchange.objects.exists()


def test_a_body_past_the_limit_is_not_even_parsed(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "MOST_BYTES", 1000)
    answer = Soap().raw(envelope("authenticate", strUserName="x" * 2000))
    assert answer.status_code == 400
    assert b"too large" in answer.content


def test_who_is_not_known_is_told_nvu_and_nothing_else(office: Office) -> None:
    soap = Soap()
    for name, secret in (("", ""), (office.agent.username, "wrong"), ("somebody", office.secret)):
        assert soap.call("authenticate", strUserName=name, strPassword=secret)[1:] == ["nvu"]
    assert not Session.objects.exists()
    office.agent.refresh_from_db()
    assert office.agent.last_seen_at is None


def test_guessing_is_stopped_even_with_the_right_secret(office: Office) -> None:
    soap = Soap()
    for _ in range(10):
        assert soap.call("authenticate", strUserName=office.agent.username, strPassword="guess")[1:] == ["nvu"]
    right = {"strUserName": office.agent.username, "strPassword": office.secret}
    assert soap.call("authenticate", **right)[1:] == ["busy", "600"]
    assert not Session.objects.exists()


def test_a_ticket_is_good_for_its_session_only(office: Office) -> None:
    runs.start(connection=office.connection)
    soap = Soap()
    right = {"strUserName": office.agent.username, "strPassword": office.secret}
    first = soap.call("authenticate", **right)[0]
    second = soap.call("authenticate", **right)[0]
    assert Session.objects.filter(closed_at=None).count() == 1
    for ticket in ("", "made up", first):
        assert soap.call("sendRequestXML", ticket=ticket) == [""]
        assert soap.call("receiveResponseXML", ticket=ticket, response="", hresult="", message="") == ["-1"]
        assert "This session is over." in soap.call("getLastError", ticket=ticket)[0]
    assert "CompanyQueryRq" in soap.call("sendRequestXML", ticket=second)[0]
    assert soap.call("closeConnection", ticket=second) == ["OK. Up to date."]
    assert soap.call("sendRequestXML", ticket=second) == [""]


def test_nothing_to_do_is_none_and_a_check_in_time_opens_a_run(office: Office) -> None:
    right = {"strUserName": office.agent.username, "strPassword": office.secret}
    # The first visit is the first sync; nobody has to press Update now.
    assert Soap().call("authenticate", **right)[1] == ""
    run = SyncRun.objects.get()
    runs.cancel(run=run)
    ticket, word = Soap().call("authenticate", **right)
    assert (len(ticket), word) == (32, "none")
    assert Soap().call("sendRequestXML", ticket=ticket) == [""]


def test_an_answer_that_is_no_qbxml_changes_nothing_and_ends_the_visit(office: Office) -> None:
    runs.start(connection=office.connection)
    soap = Soap()
    ticket = soap.call("authenticate", strUserName=office.agent.username, strPassword=office.secret)[0]
    [text] = soap.call("sendRequestXML", ticket=ticket)
    assert text.startswith('<?xml version="1.0" encoding="utf-8"?><?qbxml version="13.0"?><QBXML>')
    assert soap.call("receiveResponseXML", ticket=ticket, response="<oops", hresult="", message="") == ["-1"]
    assert soap.call("getLastError", ticket=ticket)[0]
    assert SyncRun.objects.get().state == "queued"


class Knocking:
    """Calls a service out of turn and sees that nothing has changed."""

    def __init__(self, office: Office) -> None:
        self.office, self.soap = office, Soap()

    def enter(self) -> str:
        ticket, word = self.soap.call(
            "authenticate", strUserName=self.office.agent.username, strPassword=self.office.secret
        )
        assert word == ""
        return ticket

    def ask(self, ticket: str) -> str:
        return self.soap.call("sendRequestXML", ticket=ticket, strHCPResponse="", strCompanyFileName="")[0]

    def hand_in(self, ticket: str, answer: str) -> str:
        return self.soap.call("receiveResponseXML", ticket=ticket, response=answer, hresult="", message="")[0]

    def carry(self, text: str) -> str:
        session = self.office.connector._open("")
        try:
            return self.office.connector._process(session, text)[0]
        finally:
            self.office.connector._close(session)


def state() -> tuple[object, ...]:
    run = SyncRun.objects.get()
    return run.state, run.calls, RemoteRecord.objects.count(), list(run.steps.values_list("entity", "pulled"))


def test_calls_out_of_turn_change_nothing_twice(office: Office) -> None:
    office.file.add("Customer", Name="Acme")
    knocking = Knocking(office)
    ticket = knocking.enter()
    # An answer to nothing, and a close before the end, and what comes after it.
    assert knocking.hand_in(ticket, "<QBXML/>") == "0"
    assert knocking.soap.call("getLastError", ticket=ticket) == ["Nothing went wrong."]
    company = knocking.ask(ticket)
    again = knocking.ask(ticket)
    assert "CompanyQueryRq" in company
    assert again == company.replace('requestID="1.', 'requestID="2.')
    # The answer to the first of the two is late; to the second it counts.
    assert knocking.hand_in(ticket, knocking.carry(company)) == "0"
    assert "company" not in Session.objects.get().state
    assert int(knocking.hand_in(ticket, knocking.carry(again))) > 0
    lists = knocking.ask(ticket)
    answer = knocking.carry(lists)
    before = state()
    assert knocking.soap.call("closeConnection", ticket=ticket) == ["OK. Up to date."]
    assert knocking.hand_in(ticket, answer) == "-1"
    assert state() == before
    # The next visit begins the lists anew, and takes its answer once, however often it comes.
    ticket = knocking.enter()
    knocking.hand_in(ticket, knocking.carry(knocking.ask(ticket)))
    answer = knocking.carry(knocking.ask(ticket))
    assert [knocking.hand_in(ticket, answer) for _ in range(3)] == ["100"] * 3
    assert RemoteRecord.objects.filter(entity="customer").count() == 1
    assert SyncRun.objects.get().steps.get(entity="customer").pulled == 1


def test_a_ticket_expires_and_what_it_asked_for_is_asked_for_again(office: Office) -> None:
    office.file.add("Customer", Name="Acme")
    knocking = Knocking(office)
    ticket = knocking.enter()
    knocking.hand_in(ticket, knocking.carry(knocking.ask(ticket)))
    answer = knocking.carry(knocking.ask(ticket))
    Session.objects.update(seen_at=timezone.now() - tickets.IDLE - timedelta(seconds=1))
    before = state()
    assert knocking.hand_in(ticket, answer) == "-1"
    assert knocking.ask(ticket) == ""
    assert knocking.soap.call("getLastError", ticket=ticket) == [callbacks.OVER]
    assert state() == before
    assert office.connector.visit() == 100
    assert RemoteRecord.objects.filter(entity="customer").count() == 1


def test_a_revoked_computer_is_out_in_the_middle_of_its_visit(office: Office) -> None:
    knocking = Knocking(office)
    ticket = knocking.enter()
    services.revoke(agent=office.agent)
    assert knocking.ask(ticket) == ""
    assert knocking.hand_in(ticket, "") == "-1"


def test_a_name_is_compared_in_the_same_time_whether_it_is_known_or_not(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One comparison of two digests of one length, in constant time, for whoever knocks."""
    compared: list[tuple[int, int]] = []
    real = hmac.compare_digest

    def compare(one: str, other: str) -> bool:
        compared.append((len(one), len(other)))
        return real(one, other)

    monkeypatch.setattr(admission.hmac, "compare_digest", compare)
    for name in (office.agent.username, "nobody-here", ""):
        assert admission.checked(name, "guess", "192.0.2.1") is None
    assert compared == [(64, 64)] * 3
    assert admission.checked(office.agent.username, office.secret, "192.0.2.1") == office.agent


def test_guessing_from_one_place_stops_nobody_elsewhere_and_is_forgotten(office: Office) -> None:
    with time_machine.travel(datetime(2026, 11, 16, 9, tzinfo=UTC), tick=False) as clock:
        for _ in range(admission.TRIES):
            assert admission.checked(office.agent.username, "guess", "192.0.2.1") is None
        with pytest.raises(admission.TooMany):
            admission.checked(office.agent.username, office.secret, "192.0.2.1")
        assert admission.checked(office.agent.username, office.secret, "192.0.2.2") == office.agent
        clock.shift(timedelta(minutes=admission.MINUTES, seconds=1))
        assert admission.checked(office.agent.username, office.secret, "192.0.2.1") == office.agent
    for number in range(admission.TRIES_OF_ADDRESS):
        assert admission.checked(f"name-{number}", "guess", "192.0.2.3") is None
    with pytest.raises(admission.TooMany):
        admission.checked(office.agent.username, office.secret, "192.0.2.3")
