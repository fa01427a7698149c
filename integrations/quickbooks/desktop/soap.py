"""SOAP 1.1 as the Web Connector speaks it: bytes to a call, a call's result to bytes. No I/O, no decisions.

The shapes of the replies are those that a .NET client reads rightly: default namespace on the wrapper, the result
element always present, an empty string as an empty element, nothing before the XML declaration.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from lxml import etree

NAMESPACE = "http://developer.intuit.com/"
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
CONTENT_TYPE = "text/xml; charset=utf-8"
# A page of a thousand customers is about two megabytes; lists that QuickBooks only gives whole may be larger.
MOST_BYTES = 32 * 1024 * 1024
# Parameters of each operation, by their names: clients send them in any order.
OPERATIONS: dict[str, tuple[str, ...]] = {
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
    "getInteractiveURL": ("wcTicket", "sessionID"),
    "interactiveRejected": ("wcTicket", "reason"),
    "interactiveDone": ("wcTicket",),
}  # fmt: skip
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_ENCODING = re.compile(r"""encoding\s*=\s*["']([^"']+)["']""")
_HEAD = (
    '<?xml version="1.0" encoding="utf-8"?>'
    f'<soap:Envelope xmlns:soap="{ENVELOPE}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soap:Body>'
)
_TAIL = "</soap:Body></soap:Envelope>"
# XML 1.0 has no way to write these.
_IMPOSSIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

Result = str | int | Sequence[str]


class Refused(Exception):
    """The bytes are no call of this service. Says why in a sentence; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Call:
    """One operation and its parameters; one that was left out is "" ."""

    operation: str
    parameters: dict[str, str]


def read(body: bytes) -> Call:
    """Raises Refused: too large, not UTF-8, a document type or entities, cut off, not SOAP, no operation of ours."""
    if len(body) > MOST_BYTES:
        raise Refused("The message is too large.")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused("The message isn't UTF-8.") from None
    root = _parsed(text)
    if root.tag != f"{{{ENVELOPE}}}Envelope":
        raise Refused("The message isn't a SOAP 1.1 envelope.")
    found = root.find(f"{{{ENVELOPE}}}Body")
    calls = [each for each in found if isinstance(each.tag, str)] if found is not None else []
    if len(calls) != 1:
        raise Refused("The envelope holds no single call.")
    return _call(calls[0])


def _parsed(text: str) -> etree._Element:
    """Parsed in one piece, after everything that could make a parser expand or fetch was refused."""
    declared = _DECLARATION.match(text)
    encoding = _ENCODING.search(declared.group()) if declared else None
    if encoding and encoding.group(1).lower() not in ("utf-8", "us-ascii", "ascii"):
        raise Refused("The message says it isn't UTF-8.")
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise Refused("The message carries a document type.")
    # Limits on size and depth are ours: the parser's own would refuse a long list in one text node.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    try:
        return etree.fromstring(_DECLARATION.sub("", text, count=1).encode(), parser)
    except (etree.XMLSyntaxError, ValueError):
        raise Refused("The message isn't well-formed XML.") from None


def _call(element: etree._Element) -> Call:
    name = etree.QName(element)
    if name.namespace != NAMESPACE or name.localname not in OPERATIONS:
        raise Refused("The message calls no operation of this service.")
    given: dict[str, str] = {}
    for each in element:
        if not isinstance(each.tag, str):
            continue
        if len(each):
            raise Refused(f"{etree.QName(each).localname} must be text.")
        given[etree.QName(each).localname] = each.text or ""
    return Call(name.localname, {name: given.get(name, "") for name in OPERATIONS[name.localname]})


def reply(operation: str, result: Result) -> bytes:
    """The answer to a call of `operation`."""
    if isinstance(result, str | int):
        inner = _text(str(result))
    else:
        inner = "".join(f"<string>{_text(each)}</string>" for each in result)
    wrapped = (
        f'<{operation}Response xmlns="{NAMESPACE}"><{operation}Result>{inner}</{operation}Result></{operation}Response>'
    )
    return f"{_HEAD}{wrapped}{_TAIL}".encode()


def fault(sentence: str, *, ours: bool = False) -> bytes:
    code = "soap:Server" if ours else "soap:Client"
    inner = f"<soap:Fault><faultcode>{code}</faultcode><faultstring>{_text(sentence)}</faultstring></soap:Fault>"
    return f"{_HEAD}{inner}{_TAIL}".encode()


def _text(value: str) -> str:
    return escape(_IMPOSSIBLE.sub("", value))
