"""Holds a request against its table, as strictly as QuickBooks: one fault refuses the whole message set."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from lxml import etree

from simulators.desktop.hresults import PARSE, HostError
from simulators.desktop.schema import Choice, Element, Table

Json = dict[str, Any]
_DECIMALS = r"([+\-]?[0-9]{1,10}(\.[0-9]{1,5})?)?"
_PATTERNS = {
    "id": r".{0,36}",
    "flag": r"true|false|1|0|",
    "date": r"([0-9]{4}-[0-9]{2}-[0-9]{2})?",
    "moment": r"(\d{4}-\d{1,2}-\d{1,2}(T\d{1,2}(:\d{1,2}(:\d{1,2}([+\-]\d{1,2}:\d{1,2})?)?)?)?)?",
    "interval": r"([+\-]?PT(?=[0-9])([0-9]+H)?([0-9]+M)?([0-9]+S)?)?",
    "amount": r"([+\-]?[0-9]{1,13}(\.[0-9]{2})?)?",
    "price": _DECIMALS,
    "percent": _DECIMALS,
    "quantity": _DECIMALS,
    "int": r"\s*[+\-]?[0-9]+\s*",
    "float": r"([+\-]?[0-9]*\.?[0-9]+)?",
    "guid": r"0|\{[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}",
    "text": r"(?s).*",
}
PATTERNS = {kind: re.compile(pattern) for kind, pattern in _PATTERNS.items()}


@dataclass
class Read:
    """A request as nested values: text, dictionaries, lists where an element repeats.

    ``long`` names elements whose text is longer than QuickBooks keeps: those refuse only their own request.
    """

    values: Json = field(default_factory=dict)
    long: list[tuple[str, str]] = field(default_factory=list)


def read(node: etree._Element, table: Table) -> Read:
    """The request in ``node``. Raises HostError (parse) for anything the table doesn't allow."""
    found = Read()
    found.values = _Matcher(found).parts(node, table.parts)
    return found


class _Matcher:
    def __init__(self, found: Read) -> None:
        self.found = found

    def parts(self, node: etree._Element, parts: tuple[Element | Choice, ...]) -> Json:
        if any(str(text).strip() for text in (node.text or "", *(child.tail or "" for child in node))):
            raise HostError(PARSE)
        children = [child for child in node if not isinstance(child, etree._Comment)]
        values: Json = {}
        if self.sequence(children, 0, parts, values) != len(children):
            raise HostError(PARSE)
        return values

    def sequence(
        self, children: list[etree._Element], at: int, parts: tuple[Element | Choice, ...], values: Json
    ) -> int:
        """Take what fits from position ``at``; the position after it."""
        for part in parts:
            at = (
                self.choice(children, at, part, values)
                if isinstance(part, Choice)
                else self.one(children, at, part, values)
            )
        return at

    def choice(self, children: list[etree._Element], at: int, choice: Choice, values: Json) -> int:
        name = children[at].tag if at < len(children) else None
        for branch in choice.branches:
            if any(name in part.starts for part in branch):
                return self.sequence(children, at, branch, values)
        if choice.required:
            raise HostError(PARSE)
        return at

    def one(self, children: list[etree._Element], at: int, element: Element, values: Json) -> int:
        taken = []
        while at < len(children) and children[at].tag == element.name:
            taken.append(self.value(children[at], element))
            at += 1
            if not element.repeats:
                break
        if element.required and not taken:
            raise HostError(PARSE)
        if taken:
            values[element.name] = taken if element.repeats else taken[0]
        return at

    def value(self, node: etree._Element, element: Element) -> Any:
        allowed = {"defMacro"} if element.name == "TimeTrackingAdd" else set()
        if not isinstance(node.tag, str) or set(node.attrib) - allowed:
            raise HostError(PARSE)
        if element.parts:
            return self.parts(node, element.parts)
        if len(node):
            raise HostError(PARSE)
        text = as_kept(node.text or "")
        if not fits(element, text):
            raise HostError(PARSE)
        if element.longest is not None and len(text) > element.longest:
            self.found.long.append((element.name, text))
        return text


def fits(element: Element, text: str) -> bool:
    """Whether the text has the element's format; its length is another question."""
    if element.kind == "one":
        return text in element.words
    if not PATTERNS[element.kind].fullmatch(text):
        return False
    return element.kind != "date" or not text or _is_day(text)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def as_kept(text: str) -> str:
    """What QuickBooks makes of a text: letters outside of ISO 8859-1 become question marks.

    Its files are in a Windows code page with some more; that those survive is nowhere attested, so they don't here.
    """
    return text.encode("latin-1", "replace").decode("latin-1")
