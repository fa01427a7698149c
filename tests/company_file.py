"""A QuickBooks Desktop simulator as a process of its own, and a Web Connector that carries between it and BigTime."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from html import unescape
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from django.test import Client
from django.urls import reverse

from simulators.desktop.remote import CompanyFile, Desktop, HostError
from simulators.remote import started

NAMESPACE = "http://developer.intuit.com/"
APP = "BigTime Sync Agent"


class Soap:
    """The service's address, called with bytes of our own making."""

    def __init__(self) -> None:
        self.client = Client()
        self.address = reverse("quickbooks_desktop:soap")

    def raw(self, body: bytes, **headers: str) -> Any:
        return self.client.post(self.address, body, content_type="text/xml; charset=utf-8", **headers)

    def call(self, operation: str, last: str = "", **parameters: Any) -> list[str]:
        """The strings of the result: one, but for authenticate. `last`: the header that names the session before."""
        answer = self.raw(envelope(operation, **parameters), **({"HTTP_BIGTIME_LAST_SESSION": last} if last else {}))
        assert answer.status_code == 200, answer.content
        text = answer.content.decode()
        inner = re.search(f"<{operation}Result>(.*)</{operation}Result>", text, re.DOTALL)
        assert inner, text
        strings = re.findall(r"<string>(.*?)</string>", inner.group(1), re.DOTALL)
        return [unescape(each) for each in strings or [inner.group(1)]]


def envelope(operation: str, **parameters: Any) -> bytes:
    """As the Web Connector writes it."""
    inner = "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in parameters.items())
    return (
        '<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soap:Body>'
        f'<{operation} xmlns="{NAMESPACE}">{inner}</{operation}></soap:Body></soap:Envelope>'
    ).encode()


class Cut(Exception):
    """The Web Connector was ended here by the test."""


@dataclass
class WebConnector:
    """Carries one visit after the other, as Intuit's does. `cut_after`: ends without a word after so many answers.

    `lose`: after so many answers QuickBooks' answer isn't delivered, and the visit ends. `remembers`: it names the
    session before, as the Sync Agent does; Intuit's doesn't. `last`: the hash of that one's ticket.
    """

    file: CompanyFile
    username: str
    password: str
    soap: Soap = field(default_factory=Soap)
    host: str = field(default_factory=lambda: uuid.uuid4().hex)
    tells_company: bool = True
    remembers: bool = True
    last: str = ""
    rounds: int = 0
    last_error: str = ""

    def visit(self, *, cut_after: int | None = None, lose: int | None = None) -> int:
        """The last percentage; 0 where there was nothing to do."""
        self.soap.call("serverVersion")
        self.soap.call("clientVersion", strVersion="2.3.0.215")
        ticket, what = self.sign_in()
        if what in ("none", "nvu", "busy"):
            return 0
        try:
            session = self._open(what)
        except HostError as error:
            said = self.soap.call("connectionError", ticket=ticket, hresult=error.hresult, message=error.message)
            assert said == ["done"]
            return -1
        try:
            return self._carry(ticket, session, cut_after, lose)
        finally:
            self._close(session)

    def sign_in(self) -> tuple[str, str]:
        """Ticket, and what to do."""
        who = {"strUserName": self.username, "strPassword": self.password}
        named = {"last": self.last} if self.remembers and self.last else {}
        ticket, what = self.soap.call("authenticate", **who, **named)[:2]
        if what not in ("none", "nvu", "busy"):
            self.last = sha256(ticket.encode()).hexdigest()
        return ticket, what

    def _open(self, what: str) -> str:
        rp = self.file.desktop.rp
        rp(self.host, "OpenConnection2", "", APP, 1)
        return str(rp(self.host, "BeginSession", what or self.file.path, 2))

    def _close(self, session: str) -> None:
        for call in (("EndSession", session), ("CloseConnection",)):
            try:
                self.file.desktop.rp(self.host, *call)
            except HostError:
                continue

    def _carry(self, ticket: str, session: str, cut_after: int | None, lose: int | None) -> int:
        told = self._company(session) if self.tells_company else ""
        percent = number = 0
        while percent < 100:
            [text] = self.soap.call(
                "sendRequestXML", ticket=ticket, strHCPResponse=told, strCompanyFileName=self.file.path,
                qbXMLCountry="US", qbXMLMajorVers=13, qbXMLMinorVers=0,
            )  # fmt: skip
            told = ""
            if not text:
                [self.last_error] = self.soap.call("getLastError", ticket=ticket)
                self.soap.call("closeConnection", ticket=ticket)
                return -1
            answer, hresult, message = self._process(session, text)
            self.rounds += 1
            if number == lose:
                return percent
            [said] = self.soap.call(
                "receiveResponseXML", ticket=ticket, response=answer, hresult=hresult, message=message
            )
            percent, number = int(said), number + 1
            if percent < 0:
                [self.last_error] = self.soap.call("getLastError", ticket=ticket)
                self.soap.call("closeConnection", ticket=ticket)
                return percent
            if number == cut_after:
                return percent
        self.soap.call("closeConnection", ticket=ticket)
        return percent

    def _process(self, session: str, text: str) -> tuple[str, str, str]:
        try:
            return str(self.file.desktop.rp(self.host, "ProcessRequest", session, text)), "", ""
        except HostError as error:
            return "", error.hresult, error.message

    def _company(self, session: str) -> str:
        asked = "".join(f"<{name}QueryRq></{name}QueryRq>" for name in ("Host", "Company", "Preferences"))
        message = f'<QBXML><QBXMLMsgsRq onError="continueOnError">{asked}</QBXMLMsgsRq></QBXML>'
        return self._process(session, f'<?xml version="1.0"?><?qbxml version="13.0"?>{message}')[0]


@contextmanager
def running(data: Path, *options: str) -> Iterator[Desktop]:
    """A simulator on a free port for the length of the block."""
    with started("simulators.desktop", data, data / "desktop.log", "/_sim/stats", *options) as url:
        yield Desktop(url)
