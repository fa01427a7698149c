"""A first sync as a Web Connector of 2014 holds it, byte for byte: raw bodies, no client of ours in between."""

from __future__ import annotations

import re
from pathlib import Path
from xml.sax.saxutils import escape

from django.test import Client as Browser
from django.urls import reverse

from bigtime.clients.models import Client, Project
from bigtime.firm.models import Firm
from integrations import registry
from integrations.models import Exchange, RemoteRecord, SyncRun, Watermark
from integrations.quickbooks.desktop import services
from integrations.quickbooks.desktop.models import Agent, Channel
from integrations.sync import runs

LISTS = ("Account", "ItemService", "PayrollItemWage", "Employee", "Vendor", "Class", "StandardTerms", "Customer")
FOLDER = Path(__file__).resolve().parents[2] / "samples" / "desktop" / "conversation"
HEADERS = {
    "User-Agent": "Mozilla/4.0 (compatible; MSIE 6.0; MS Web Services Client Protocol 4.0.30319.42000)",
    "Expect": "100-continue",
}


HEAD = (
    '<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soap:Body>'
)
TAIL = "</soap:Body></soap:Envelope>"


def say(number: int, operation: str, **values: str) -> bytes:
    """The whole answer to one recorded body, after its headers were looked at."""
    body = (FOLDER / f"{number}-{operation}.xml").read_text(encoding="utf-8")
    for name, value in values.items():
        body = body.replace(name, value)
    headers = {**HEADERS, "SOAPAction": f'"http://developer.intuit.com/{operation}"'}
    answer = Browser().post(
        reverse("quickbooks_desktop:soap"), body.encode(), content_type="text/xml; charset=utf-8", headers=headers
    )
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/xml; charset=utf-8")
    assert int(answer.get("Content-Length", len(answer.content))) == len(answer.content)
    return bytes(answer.content)


def told(operation: str, result: str) -> bytes:
    """What a .NET client reads as `result`, byte for byte."""
    inner = f"<{operation}Result>{result}</{operation}Result>"
    return (
        f'{HEAD}<{operation}Response xmlns="http://developer.intuit.com/">{inner}</{operation}Response>{TAIL}'.encode()
    )


def counts() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (RemoteRecord, Watermark, Exchange, SyncRun))


def test_a_whole_first_sync(firm: Firm, transactional_db: None) -> None:
    channel = services.enable(firm=firm, by=None)
    services.grant(channel=channel, by=None)
    agent, secret = services.register(channel=channel, by=None, kind=Agent.Kind.WEB_CONNECTOR)
    assert say(1, "serverVersion") == told("serverVersion", "BigTime 1")
    assert say(2, "clientVersion") == told("clientVersion", "")
    admitted = say(3, "authenticate", USERNAME=agent.username, PASSWORD=secret)
    ticket = re.findall("<string>(.*?)</string>", admitted.decode())[0]
    assert re.fullmatch(r"[\w-]{32}", ticket)
    assert admitted == told("authenticate", f"<string>{ticket}</string><string></string>")
    asked = say(4, "sendRequestXML", TICKET=ticket)
    kept = Exchange.objects.get()
    assert asked == told("sendRequestXML", escape(kept.request))
    assert kept.request.startswith(
        '<?xml version="1.0" encoding="utf-8"?><?qbxml version="13.0"?><QBXML><QBXMLMsgsRq onError="continueOnError">'
        '<AccountQueryRq requestID="1.account"><ActiveStatus>All</ActiveStatus><IncludeRetElement>ListID'
    )
    for name in LISTS:
        assert f"<{name}QueryRq requestID" in kept.request
    before = counts()
    assert say(5, "receiveResponseXML", TICKET=ticket) == told("receiveResponseXML", "100")
    taken = counts()
    assert taken != before
    assert say(5, "receiveResponseXML", TICKET=ticket) == told("receiveResponseXML", "100")
    assert counts() == taken
    assert say(6, "closeConnection", TICKET=ticket) == told("closeConnection", "OK. Up to date.")
    assert say(6, "closeConnection", TICKET=ticket) == told("closeConnection", "OK")
    run = SyncRun.objects.get()
    driver = registry.get(run.connection.system).driver
    driver.sync(run)
    run.refresh_from_db()
    assert (run.state, run.error) == (SyncRun.State.PREVIEW, "")
    runs.import_preview(run=run)
    run.refresh_from_db()
    driver.sync(run)
    assert [each.name for each in Client.objects.all()] == ["Brasserie d'Été & Cie"]
    assert [each.name for each in Project.objects.all()] == ["Site web"]
    channel.connection.refresh_from_db()
    assert channel.connection.company_name == "Café Lumière & Fils"
    assert f"{channel.connection.closed_through}" == "2025-12-31"
    channel.refresh_from_db()
    assert channel.company_file.endswith(r"\Café.qbw")


def test_who_is_unknown_and_who_has_nothing_to_do_is_told_so_to_the_byte(firm: Firm, transactional_db: None) -> None:
    channel = services.enable(firm=firm, by=None)
    services.grant(channel=channel, by=None)
    agent, secret = services.register(channel=channel, by=None, kind=Agent.Kind.WEB_CONNECTOR)
    # No longer granted: there is nothing to do.
    Channel.objects.update(granted_at=None)
    for password, word in ((secret, "none"), ("guessed", "nvu")):
        said = say(3, "authenticate", USERNAME=agent.username, PASSWORD=password)
        ticket = re.findall("<string>(.*?)</string>", said.decode())[0]
        assert said == told("authenticate", f"<string>{ticket}</string><string>{word}</string>")
        assert say(6, "closeConnection", TICKET=ticket) == told("closeConnection", "OK")
        assert say(4, "sendRequestXML", TICKET=ticket) == told("sendRequestXML", "")
        assert say(5, "receiveResponseXML", TICKET=ticket) == told("receiveResponseXML", "-1")
    assert not SyncRun.objects.exists()
