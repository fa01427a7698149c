"""qbXML: message sets are built and read here, bytes aside. Reads leniently, writes strictly.

What is written is ASCII with numeric references: QuickBooks lives in a single-byte code page, and its parser takes a
character reference where it refuses UTF-8. Elements stand in the order they are given; QuickBooks refuses any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

VERSION = "13.0"
LONGEST_SET_ID = 20
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
# References to characters that XML doesn't have; QuickBooks passes on what a person once pasted.
_IMPOSSIBLE = re.compile(r"&#(?:[0-8]|1[124-9]|2\d|3[01]|x0?[0-8bcefBCEF]|x1[0-9a-fA-F]);")
# What XML 1.0 has no way to write, and with it what has to be written otherwise.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SPECIAL = re.compile("[&<>\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")


class Unreadable(ValueError):
    """The text isn't a qbXML message set."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request of a message set; `name` without "Rq". A list in `content` is a repeated element."""

    name: str
    request_id: str
    content: Mapping[str, Any] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Response:
    """One answer; `rows` are what it holds, as dictionaries; a repeated element is a list, text is text."""

    name: str
    request_id: str
    status: int
    severity: str
    message: str
    rows: list[dict[str, Any]]
    iterator: str = ""
    remaining: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """One message set's answer. `set_status` is None where the request carried no message set id."""

    responses: list[Response]
    set_id: str = ""
    set_status: int | None = None

    def of(self, name: str) -> Response | None:
        return next((each for each in self.responses if each.name == name), None)


def build(requests: Sequence[Request], *, new_id: str = "", old_id: str = "", on_error: str = "continueOnError") -> str:
    """The text of a message set, in ASCII. Raises ValueError for a character that XML has no way to write.

    A tree of elements would take several times as long, and an element of a request is hardly more than its text.
    """
    told = {"onError": on_error, "newMessageSetID": new_id, "oldMessageSetID": old_id}
    asked = "".join(
        _tag(f"{each.name}Rq", {"requestID": each.request_id, **each.attributes}, _elements(each.content))
        for each in requests
    )
    message_set = _tag("QBXMLMsgsRq", {name: value for name, value in told.items() if value}, asked)
    body = f"<QBXML>{message_set}</QBXML>".encode("ascii", "xmlcharrefreplace").decode()
    return f'<?xml version="1.0" encoding="utf-8"?><?qbxml version="{VERSION}"?>{body}'


def _tag(name: str, attributes: Mapping[str, str], inner: str) -> str:
    head = name + "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    return f"<{head}>{inner}</{name}>" if inner else f"<{head}/>"


def _elements(content: Mapping[str, Any]) -> str:
    return "".join(_element(name, value) for name, value in content.items())


def _element(name: str, value: Any) -> str:
    """A list is a repeated element."""
    if isinstance(value, str):
        inner = _escaped(value) if _SPECIAL.search(value) else value
    elif isinstance(value, list):
        return "".join(_element(name, one) for one in value)
    elif isinstance(value, dict):
        inner = _elements(value)
    else:
        inner = ("true" if value else "false") if isinstance(value, bool) else str(value)
    return f"<{name}>{inner}</{name}>"


def _escaped(text: str) -> str:
    if _UNWRITABLE.search(text):
        raise ValueError(f"{text!r:.80} holds what XML can't.")
    return escape(text, {"\r": "&#13;"})


def ordered(content: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """The content in the order QuickBooks wants. Raises KeyError for an element that has no place in it."""
    places = {name: place for place, name in enumerate(names)}
    return dict(sorted(content.items(), key=lambda item: places[item[0]]))


def parse(text: str) -> Answer:
    """Raises Unreadable."""
    cleaned = _IMPOSSIBLE.sub("", _DECLARATION.sub("", text, count=1))
    if "<!DOCTYPE" in cleaned or "<!ENTITY" in cleaned:
        raise Unreadable("It carries a document type.")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(cleaned.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable(str(error)) from None
    message_set = root.find("QBXMLMsgsRs") if root.tag == "QBXML" else None
    if message_set is None:
        raise Unreadable("It holds no message set.")
    status = message_set.get("messageSetStatusCode")
    return Answer(
        [_response(each) for each in message_set],
        message_set.get("newMessageSetID") or "",
        _number(status) if status is not None else None,
    )


def _response(element: Any) -> Response:
    return Response(
        name=element.tag.removesuffix("Rs"),
        request_id=element.get("requestID") or "",
        status=_number(element.get("statusCode")),
        severity=element.get("statusSeverity") or "",
        message=element.get("statusMessage") or "",
        rows=[row for each in element if isinstance(row := _value(each), dict)],
        iterator=element.get("iteratorID") or "",
        remaining=_number(element.get("iteratorRemainingCount")),
    )


def _number(text: str | None) -> int:
    try:
        return int(text or 0)
    except ValueError:
        raise Unreadable(f"{text!r} is not a number.") from None


def _value(element: Any) -> Any:
    if not len(element):
        return element.text or ""
    found: dict[str, Any] = {}
    for child in element:
        name, value = child.tag, _value(child) if len(child) else child.text or ""
        if name not in found:
            found[name] = value
        elif isinstance(found[name], list):
            found[name].append(value)
        else:
            found[name] = [found[name], value]
    return found
