"""SOAP 1.1 document/literal as the Web Connector speaks it: values to bytes and bytes to values, nothing else.

Names and order of parameters: Intuit's QBWC Programmer's Guide and its WSDL (QBWebConnectorSvc).
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from xml.sax.saxutils import escape

from sync_agent.problems import Trouble

NAMESPACE = "http://developer.intuit.com/"
_ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

PARAMETERS = {
    "serverVersion": (),
    "clientVersion": ("strVersion",),
    "authenticate": ("strUserName", "strPassword"),
    "sendRequestXML": (
        "ticket", "strHCPResponse", "strCompanyFileName", "qbXMLCountry", "qbXMLMajorVers", "qbXMLMinorVers",
    ),
    "receiveResponseXML": ("ticket", "response", "hresult", "message"),
    "connectionError": ("ticket", "hresult", "message"),
    "getLastError": ("ticket",),
    "closeConnection": ("ticket",),
}  # fmt: skip


class Garbled(Trouble):
    """The answer is not one that the service may give."""

    def __init__(self, detail: str) -> None:
        super().__init__(
            f"BigTime's answer can't be understood: {detail}.",
            "Check that the address is BigTime's own, and that nothing in between changes what it answers.",
        )


def question(operation: str, *values: str | int) -> bytes:
    """The request body, UTF-8. Characters that XML has no place for are left out."""
    names = PARAMETERS[operation]
    if len(names) != len(values):
        raise TypeError(f"{operation} takes {names}")
    inside = "".join(f"<{name}>{_text(value)}</{name}>" for name, value in zip(names, values, strict=True))
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        f'<soap:Envelope xmlns:soap="{_ENVELOPE}"><soap:Body>'
        f'<{operation} xmlns="{NAMESPACE}">{inside}</{operation}></soap:Body></soap:Envelope>'
    ).encode()


def answer(operation: str, body: bytes) -> str:
    """The text of the operation's result; an empty element is an empty string, a missing one is Garbled."""
    return _result(operation, body).text or ""


def answers(operation: str, body: bytes) -> list[str]:
    """The strings of a result that is an array of strings."""
    return [item.text or "" for item in _result(operation, body).findall(f"{{{NAMESPACE}}}string")]


def _text(value: str | int) -> str:
    # A bare carriage return would come out of any XML parser as a line feed; as a reference it stays what it is.
    return escape(_NOT_XML.sub("", str(value)), {"\r": "&#13;"})


def _result(operation: str, body: bytes) -> ET.Element:
    found = _parsed(body).find(
        f"{{{_ENVELOPE}}}Body/{{{NAMESPACE}}}{operation}Response/{{{NAMESPACE}}}{operation}Result"
    )
    if found is None:
        raise Garbled(_fault(body) or f"no {operation}Result in it")
    return found


def _parsed(body: bytes) -> ET.Element:
    # Neither side has any use for a document type, and it is where entity bombs live.
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise Garbled("it has a document type")
    try:
        return ET.fromstring(body)  # noqa: S314 - a document type is refused above, so there are no entities to expand
    except ET.ParseError as error:
        raise Garbled("it is not XML") from error


def _fault(body: bytes) -> str:
    fault = _parsed(body).find(f"{{{_ENVELOPE}}}Body/{{{_ENVELOPE}}}Fault/faultstring")
    return (fault.text or "").strip() if fault is not None else ""
