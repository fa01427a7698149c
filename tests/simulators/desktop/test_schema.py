"""The tables of qbXML against Intuit's schema, where its files lie beside the checkout."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from simulators.desktop.hresults import HostError
from simulators.desktop.schema import TABLES, Choice, Element, Table
from simulators.desktop.validation import read
from simulators.remote import ROOT
from tests.simulators.desktop.caller import Host

FOLDER: Path = ROOT.parent / "shared" / "reference" / "qbxml"
REQUESTS = sorted(name for name in TABLES if name.endswith("Rq"))
VALUES = {
    "id": "80000001-1446673838", "flag": "true", "date": "2026-02-28", "moment": "2026-02-28T10:11:12-08:00",
    "interval": "PT7H30M", "amount": "-10.50", "price": "1.25", "percent": "12.5", "quantity": "3", "int": "7",
    "float": "1.1", "guid": "{01234567-89ab-cdef-0123-456789abcdef}", "text": "x",
}  # fmt: skip

needs_schema = pytest.mark.skipif(not FOLDER.is_dir(), reason="Intuit's schema files don't lie beside the checkout")


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(FOLDER / "qbxmlops130.xsd"))


def sample(parts: tuple[Element | Choice, ...], branch: int, *, full: bool) -> Iterator[etree._Element]:
    """Elements for one branch of every choice: all of them, or only those that must be there."""
    for part in parts:
        if isinstance(part, Choice):
            if full or part.required:
                yield from sample(part.branches[min(branch, len(part.branches) - 1)], branch, full=full)
        elif full or part.required:
            yield element(part, branch, full=full)


def element(part: Element, branch: int, *, full: bool) -> etree._Element:
    node = etree.Element(part.name)
    if part.parts:
        node.extend(sample(part.parts, branch, full=full))
    elif part.words:
        node.text = part.words[min(branch, len(part.words) - 1)]
    else:
        node.text = VALUES[part.kind] if part.kind != "text" else "x" * min(part.longest or 1, 300)
    return node


def request(table: Table, branch: int, *, full: bool) -> etree._Element:
    node = etree.Element(table.name, requestID="1")
    node.extend(sample(table.parts, branch, full=full))
    return node


def holder_of(node: etree._Element) -> str:
    return etree.tostring(node, encoding="unicode")


def agreed(schema: etree.XMLSchema, node: etree._Element) -> bool:
    """Whether both find the request right; fails the test when they differ."""
    document = etree.Element("QBXML")
    messages = etree.SubElement(document, "QBXMLMsgsRq", onError="stopOnError")
    messages.append(node)
    theirs = schema.validate(document)
    try:
        read(node, TABLES[node.tag])
        ours = True
    except HostError:
        ours = False
    assert ours == theirs, (holder_of(node), schema.error_log.last_error)
    return ours


@needs_schema
@pytest.mark.parametrize("name", REQUESTS)
def test_samples_of_every_table_are_right_for_both(schema: etree.XMLSchema, name: str) -> None:
    for branch in range(4):
        for full in (True, False):
            assert agreed(schema, request(TABLES[name], branch, full=full))


@needs_schema
@pytest.mark.parametrize("name", REQUESTS)
def test_both_refuse_the_same_disorder(schema: etree.XMLSchema, name: str) -> None:
    """Neighbours swapped and single elements left out, at every level."""
    holders = [node for node in request(TABLES[name], 0, full=True).iter() if len(node)]
    for number in range(len(holders)):
        for index in range(len(holders[number])):
            for act in ("swap", "drop"):
                whole = request(TABLES[name], 0, full=True)
                holder = [node for node in whole.iter() if len(node)][number]
                child = holder[index]
                holder.remove(child)
                if act == "swap":
                    holder.insert(index + 1, child)
                agreed(schema, whole)


@needs_schema
@pytest.mark.parametrize("name", REQUESTS)
def test_both_know_the_same_words_and_no_others(schema: etree.XMLSchema, name: str) -> None:
    whole = request(TABLES[name], 0, full=True)
    for node in [node for node in whole.iter() if node.text in ALL_WORDS]:
        before, node.text = node.text, "Nonesuch"
        assert not agreed(schema, whole)
        node.text = before
        assert agreed(schema, whole)


def _elements(parts: tuple[Any, ...]) -> Iterator[Element]:
    for part in parts:
        if isinstance(part, Choice):
            for branch in part.branches:
                yield from _elements(branch)
        else:
            yield part
            yield from _elements(part.parts)


ALL_WORDS = {word for table in TABLES.values() for part in _elements(table.parts) for word in part.words}


@needs_schema
def test_answers_are_right_by_the_schema(schema: etree.XMLSchema, host: Host) -> None:
    names = [name for name in REQUESTS if name.endswith("QueryRq") and "Deleted" not in name]
    for name in names:
        assert schema.validate(etree.fromstring(host.send(f"<{name}/>").encode())), (name, schema.error_log.last_error)
