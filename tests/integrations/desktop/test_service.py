"""The service's address, byte by byte: what it answers, and what it refuses without a change."""

from __future__ import annotations

import pytest
from django.test import Client as Browser
from django.urls import reverse

from integrations.models import SyncRun
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
    ids=range(11),
)
def test_what_is_no_call_is_refused(db: None, body: bytes, words: str) -> None:
    answer = Soap().raw(body)
    assert answer.status_code == 400
    assert b"<soap:Fault>" in answer.content
    assert words.encode() in answer.content
    assert not Session.objects.exists()


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
