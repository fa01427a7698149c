"""The envelope: text to a checked message set, answers to text as the real request processor writes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import Any

from lxml import etree

from simulators.desktop.hresults import PARSE, HostError
from simulators.desktop.rows import Json
from simulators.desktop.schema import TABLES, Table
from simulators.desktop.statuses import severity
from simulators.desktop.validation import Read, read

VERSIONS = (
    "1.0", "1.1", "2.0", "2.1", "3.0", "4.0", "4.1", "5.0", "6.0", "7.0", "8.0", "9.0", "10.0", "11.0", "12.0", "13.0",
)  # fmt: skip
_SET_ATTRIBUTES = {"onError", "oldMessageSetID", "newMessageSetID", "responseData"}
_WORDS = {
    "onError": ("stopOnError", "continueOnError"),
    "responseData": ("includeAll", "includeNone"),
    "metaData": ("NoMetaData", "MetaDataOnly", "MetaDataAndResponseData"),
    "iterator": ("Start", "Continue", "Stop"),
}


@dataclass(frozen=True)
class Request:
    """One checked request. ``name`` is without its ``Rq``."""

    name: str
    table: Table
    read: Read
    attributes: dict[str, str]

    @property
    def id(self) -> str | None:
        return self.attributes.get("requestID")


@dataclass(frozen=True)
class MessageSet:
    """Requests of one ProcessRequest."""

    requests: list[Request]
    stops: bool
    new_id: str
    old_id: str
    quiet: bool


@dataclass
class Answer:
    """One ``…Rs``. ``records`` are (tag, values) in order; ``counts`` are the attributes of queries."""

    name: str
    request_id: str | None
    code: int
    message: str
    records: list[tuple[str, Json]] = field(default_factory=list)
    plain: Json = field(default_factory=dict)
    counts: dict[str, str] = field(default_factory=dict)


def parse(text: str) -> MessageSet:
    """The message set in ``text``. Raises HostError: whatever is wrong with one request refuses all of them."""
    root = _document(text)
    if (
        root.tag != "QBXML"
        or root.attrib
        or [child.tag for child in root if isinstance(child.tag, str)] != ["QBXMLMsgsRq"]
    ):
        raise HostError(PARSE)
    node = next(child for child in root if isinstance(child.tag, str))
    _check_attributes(node, _SET_ATTRIBUTES)
    if "onError" not in node.attrib:
        raise HostError(PARSE)
    requests = [_request(child) for child in node if not isinstance(child, etree._Comment)]
    return MessageSet(
        requests,
        stops=node.get("onError") == "stopOnError",
        new_id=node.get("newMessageSetID", ""),
        old_id=node.get("oldMessageSetID", ""),
        quiet=node.get("responseData") == "includeNone",
    )


def _document(text: str) -> etree._Element:
    """Parsed without entities, documents types or the network; only letters of ISO 8859-1 stand raw."""
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, huge_tree=True, load_dtd=False, remove_comments=True
    )
    try:
        text.encode("latin-1")
        tree = etree.fromstring(text.encode(), parser).getroottree()
    except (UnicodeEncodeError, etree.XMLSyntaxError, ValueError):
        raise HostError(PARSE) from None
    if tree.docinfo.doctype:
        raise HostError(PARSE)
    _check_version(tree.getroot())
    return tree.getroot()


def _check_version(root: etree._Element) -> None:
    """The ``<?qbxml version="13.0"?>`` before the root."""
    before = root.getprevious()
    while before is not None:
        if isinstance(before, etree._ProcessingInstruction) and before.target == "qbxml":
            if before.attrib.get("version") in VERSIONS:
                return
            break
        before = before.getprevious()
    raise HostError("0x80040423")


def _request(node: etree._Element) -> Request:
    name = node.tag if isinstance(node.tag, str) else ""
    table = TABLES.get(name)
    if table is None or not name.endswith("Rq"):
        raise HostError(PARSE)
    allowed = {"requestID"} | ({"metaData"} if "metaData" in table.marks else set())
    _check_attributes(node, allowed | ({"iterator", "iteratorID"} if "iterator" in table.marks else set()))
    return Request(name.removesuffix("Rq"), table, read(node, table), dict(node.attrib))


def _check_attributes(node: etree._Element, allowed: set[str]) -> None:
    for name, value in node.attrib.items():
        if name not in allowed or value not in _WORDS.get(str(name), (value,)):
            raise HostError(PARSE)


def write(answers: list[Answer], *, set_id: str = "", set_code: int | None = None) -> str:
    """The answering document. ``set_code`` is the status of the message set where one was asked for."""
    attributes = {"newMessageSetID": set_id} if set_id else {}
    if set_code is not None:
        attributes["messageSetStatusCode"] = str(set_code)
    lines = ['<?xml version="1.0" ?>', "<QBXML>"]
    if answers:
        lines.append(_opening("QBXMLMsgsRs", attributes))
        for answer in answers:
            _write_answer(lines, answer)
        lines.append("</QBXMLMsgsRs>")
    else:
        lines.append(_opening("QBXMLMsgsRs", attributes)[:-1] + " />")
    return "\n".join([*lines, "</QBXML>", ""])


def _opening(tag: str, attributes: dict[str, str]) -> str:
    return f"<{tag}" + "".join(f' {name}="{escape(value)}"' for name, value in attributes.items()) + ">"


def _write_answer(lines: list[str], answer: Answer) -> None:
    attributes = {"requestID": answer.request_id} if answer.request_id is not None else {}
    attributes |= {"statusCode": str(answer.code), "statusSeverity": severity(answer.code)}
    attributes |= {"statusMessage": answer.message, **answer.counts}
    opening = _opening(f"{answer.name}Rs", attributes)
    if not answer.records and not answer.plain:
        lines.append(opening[:-1] + " />")
        return
    lines.append(opening)
    _write_values(lines, answer.plain)
    for tag, values in answer.records:
        _write_value(lines, tag, values)
    lines.append(f"</{answer.name}Rs>")


def _write_values(lines: list[str], values: Json) -> None:
    for name, value in values.items():
        _write_value(lines, name, value)


def _write_value(lines: list[str], name: str, value: Any) -> None:
    if isinstance(value, str):
        lines.append(f"<{name}>{escape(value, quote=False)}</{name}>")
    elif isinstance(value, dict):
        lines.append(f"<{name}>")
        _write_values(lines, value)
        lines.append(f"</{name}>")
    else:
        for one in value:
            _write_value(lines, name, one)
