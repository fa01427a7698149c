"""Whatever a person writes: it reaches QuickBooks as QuickBooks can read and keep it, and comes back as the same."""

from __future__ import annotations

import functools
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from integrations.quickbooks.desktop import qbxml
from integrations.quickbooks.desktop.dialect import DesktopDialect
from integrations.quickbooks.desktop.qbxml import Request
from integrations.quickbooks.desktop.reading import ITERATED
from integrations.quickbooks.desktop.system import ENTITIES
from integrations.quickbooks.desktop.text import sendable
from integrations.quickbooks.entities.time_entry import TimeEntry
from simulators.desktop import qbxml as real
from simulators.desktop.validation import as_kept
from simulators.remote import ROOT

SCHEMA = ROOT.parent / "shared" / "reference" / "qbxml" / "qbxmlops130.xsd"
DIALECT, SPEC = DesktopDialect(), TimeEntry()
MARKER, LONGEST_NOTES, LONGEST_REF = "7K2M2QXW4T", 4095, 209
AWKWARD = (
    "&<>\"' \t\r\n\x00\x07\x1f\x7f\x80\x85\x9f\u00a0\u00ad\u200b\u200d\u2028\u2029\ufeff\ufffe\uffff"
    "…–’“”€™ŒœŠžŁłéÉñßæØ½©ﬁ漢字и👍🏽🙂\U0010ffff~:]]>"
)
texts = st.text(st.one_of(st.sampled_from(AWKWARD), st.characters()), max_size=60)
long_texts = st.builds(
    lambda part, times: part * times, st.text(st.sampled_from("aé…👍 \n&"), min_size=1), st.integers(1, 5000)
)


@functools.cache
def schema() -> etree.XMLSchema | None:
    return etree.XMLSchema(etree.parse(SCHEMA)) if SCHEMA.is_file() else None


def written(note: str) -> dict[str, Any]:
    """The document of an entry with this note, as it is frozen and sent."""
    values = {
        "day": date(2026, 11, 16), "kind": "Employee", "employee": "80000001-1446673838", "vendor": "",
        "customer": "80000002-1446673838", "item": "80000003-1446673838", "minutes": 95, "payroll_item": "",
        "description": note.strip(), "billable": "NotBillable", "rate": Decimal("150.00"),
    }  # fmt: skip
    document = SPEC.write({name: value for name, value in values.items() if value != ""}, DIALECT)
    return SPEC.stamp(document, MARKER, DIALECT)


def message(document: dict[str, Any]) -> str:
    content = qbxml.ordered(document, SPEC.desktop_order)
    return qbxml.build([Request("TimeTrackingAdd", "1", {"TimeTrackingAdd": content})], new_id="a" * 20)


@settings(deadline=None)
@given(st.one_of(texts, long_texts))
def test_any_note_goes_as_the_real_parser_takes_it_and_comes_back_the_same(note: str) -> None:
    document = written(note)
    text = message(document)
    assert text.isascii()
    valid = schema()
    if valid is not None:
        valid.assertValid(etree.fromstring(text.encode()))
    [request] = real.parse(text).requests
    assert not request.read.long
    kept = as_kept(request.read.values["TimeTrackingAdd"]["Notes"])
    assert len(kept) <= LONGEST_NOTES
    assert SPEC.marker_in({"Notes": kept}, DIALECT) == MARKER
    assert SPEC.differences(document, {**document, "Notes": kept}, DIALECT) == []


@settings(deadline=None)
@given(texts)
def test_what_can_be_sent_is_kept_as_it_is(text: str) -> None:
    sent = sendable(text)
    assert as_kept(sent) == sent
    assert sendable(sent) == sent
    assert all(each in "\n\t" or each.isprintable() or each in "\xa0\xad" for each in sent)


@settings(deadline=None)
@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E)))
def test_plain_text_is_left_alone(text: str) -> None:
    assert sendable(text) == text


@settings(deadline=None)
@given(st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=41))
def test_a_name_of_forty_one_letters_can_be_asked_for(name: str) -> None:
    """Names of the books go back only inside of questions: as they came, in any of their letters."""
    text = qbxml.build([Request("CustomerQuery", "1", {"FullName": [name or "x"]})])
    [request] = real.parse(text).requests
    assert request.read.values["FullName"] == [name or "x"]


@settings(deadline=None)
@given(
    st.dictionaries(st.sampled_from(SPEC.desktop_order), st.just("x"), max_size=8),
    st.permutations(SPEC.desktop_order),
)
def test_the_order_is_the_schemas_whatever_order_the_database_gives(content: dict[str, str], order: list[str]) -> None:
    shuffled = {name: content[name] for name in order if name in content}
    assert list(qbxml.ordered(shuffled, SPEC.desktop_order)) == [n for n in SPEC.desktop_order if n in content]


@pytest.mark.skipif(not SCHEMA.is_file(), reason="Intuit's schema files don't lie beside the checkout")
def test_lists_are_asked_page_by_page_exactly_where_intuits_schema_has_iterators() -> None:
    root = etree.parse(SCHEMA).getroot()
    prefix = {"x": "http://www.w3.org/2001/XMLSchema"}
    queries = root.xpath("//x:element[.//x:attribute[@name='iterator']]/@name | //x:complexType[.//x:attribute["
                         "@name='iterator']]/@name", namespaces=prefix)  # fmt: skip
    found = {str(each).removesuffix("Type").removesuffix("QueryRq") for each in queries}
    lists = {entity.desktop for entity in ENTITIES if entity.incoming and not entity.single}
    assert {"Customer", "TimeTracking"} <= found
    assert {name for name in lists if name in ITERATED} == lists & found
    assert found >= ITERATED
