"""A first sync as a Web Connector of 2014 holds it, byte for byte: raw bodies, no client of ours in between."""

from __future__ import annotations

import re
from pathlib import Path

from django.test import Client as Browser
from django.urls import reverse

from bigtime.clients.models import Client, Project
from bigtime.firm.models import Firm
from integrations import registry
from integrations.models import SyncRun
from integrations.quickbooks.desktop import services
from integrations.quickbooks.desktop.models import Agent
from integrations.sync import runs

FOLDER = Path(__file__).resolve().parents[2] / "samples" / "desktop" / "conversation"
HEADERS = {
    "User-Agent": "Mozilla/4.0 (compatible; MSIE 6.0; MS Web Services Client Protocol 4.0.30319.42000)",
    "Expect": "100-continue",
}


def say(number: int, operation: str, **values: str) -> str:
    """The result element's text of the answer to one recorded body."""
    body = (FOLDER / f"{number}-{operation}.xml").read_text(encoding="utf-8")
    for name, value in values.items():
        body = body.replace(name, value)
    headers = {**HEADERS, "SOAPAction": f'"http://developer.intuit.com/{operation}"'}
    answer = Browser().post(
        reverse("quickbooks_desktop:soap"), body.encode(), content_type="text/xml; charset=utf-8", headers=headers
    )
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/xml; charset=utf-8")
    found = re.search(f"<{operation}Result>(.*)</{operation}Result>", answer.content.decode(), re.DOTALL)
    assert found
    return found.group(1)


def test_a_whole_first_sync(firm: Firm, transactional_db: None) -> None:
    channel = services.enable(firm=firm, by=None)
    services.grant(channel=channel, by=None)
    agent, secret = services.register(channel=channel, by=None, kind=Agent.Kind.WEB_CONNECTOR)
    assert say(1, "serverVersion") == "BigTime 1"
    assert say(2, "clientVersion") == ""
    strings = re.findall("<string>(.*?)</string>", say(3, "authenticate", USERNAME=agent.username, PASSWORD=secret))
    assert strings[1:] == [""]
    asked = say(4, "sendRequestXML", TICKET=strings[0])
    for name in (
        "Account",
        "ItemService",
        "PayrollItemWage",
        "Employee",
        "Vendor",
        "Class",
        "StandardTerms",
        "Customer",
    ):
        assert f"&lt;{name}QueryRq requestID" in asked
    assert say(5, "receiveResponseXML", TICKET=strings[0]) == "100"
    assert say(5, "receiveResponseXML", TICKET=strings[0]) == "100"
    assert say(6, "closeConnection", TICKET=strings[0]) == "OK. Up to date."
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
