"""What we say to QuickBooks: in its order, in characters it takes, and valid by Intuit's own schema."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from lxml import etree

from integrations.models import Exchange, Operation, Watermark
from integrations.quickbooks.desktop import cursors, hresults, qbxml, statuses
from integrations.quickbooks.desktop.qbxml import Request, Response, Unreadable
from integrations.quickbooks.desktop.system import ENTITIES
from integrations.quickbooks.desktop.text import sendable
from integrations.sync.errors import AccountingError, Rejected, Retryable, UnknownOutcome
from simulators.remote import ROOT

from .conftest import Office
from .test_posting import Posting

SCHEMA = ROOT.parent / "shared" / "reference" / "qbxml" / "qbxmlops130.xsd"


@pytest.mark.skipif(not SCHEMA.is_file(), reason="Intuit's schema files don't lie beside the checkout")
def test_every_request_passes_intuits_schema(office: Office) -> None:
    posting = Posting(office)
    office.sync()
    posting.push(posting.entries(3, note="Ünïcode “quotes” & <tags> 🙂"))
    office.connector.tells_company = False
    assert office.connector.visit(lose=2) < 100
    assert office.connector.visit() == 100
    gone, edited = Operation.objects.order_by("pk")[:2]
    office.file.delete("TimeTracking", TxnID=gone.remote_id)
    office.file.add("TimeTracking", TxnID=edited.remote_id, Notes="Other words")
    office.sync()
    Watermark.objects.update(high=timezone.now() - cursors.LONGEST_GAP)
    office.file.fill(customers=1001, jobs=1)
    office.sync()
    schema = etree.XMLSchema(etree.parse(SCHEMA))
    texts = list(Exchange.objects.values_list("request", flat=True))
    kinds = set(Exchange.objects.values_list("path", flat=True))
    assert kinds == {"company", "read", "look", "post", "recover", "holdings"}
    asked = " ".join(texts)
    for part in ("TxnDeletedQuery", "ListDeletedQuery", 'iterator="Continue"', "FromModifiedDate", "<TxnID>"):
        assert part in asked
    for text in texts:
        assert text.isascii()
        schema.assertValid(etree.fromstring(text.encode()))


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("Café Müller", "Café Müller"),
        ("“Smart” — it’s…", '"Smart" - it\'s...'),
        ("Łódź", "Lódz"),
        ("e\u0301te\u0301", "été"),
        ("ok 👍🏽", "ok ??"),
        ("a\x00b\x07c\td\r\ne", "abc\td\ne"),
        ("x" * 41, "x" * 41),
    ],
)
def test_text_goes_as_it_can_come_back(given: str, sent: str) -> None:
    assert sendable(given) == sent
    assert sendable(sent) == sent


def test_order_comes_from_the_declaration() -> None:
    time_entry = next(entity for entity in ENTITIES if entity.key == "time_entry")
    assert time_entry.desktop_order == [
        "TxnDate", "EntityRef", "CustomerRef", "ItemServiceRef", "Duration", "ClassRef", "PayrollItemWageRef",
        "Notes", "BillableStatus",
    ]  # fmt: skip
    shuffled = {"Notes": "n", "TxnDate": "2026-01-02", "Duration": "PT1H0M0S", "EntityRef": {"ListID": "1"}}
    assert list(qbxml.ordered(shuffled, time_entry.desktop_order)) == ["TxnDate", "EntityRef", "Duration", "Notes"]
    with pytest.raises(KeyError):
        qbxml.ordered({"Surprise": "x"}, time_entry.desktop_order)


def test_a_message_set_as_text() -> None:
    text = qbxml.build([Request("HostQuery", "1.é")], new_id="set", on_error="stopOnError")
    assert text == (
        '<?xml version="1.0" encoding="utf-8"?><?qbxml version="13.0"?><QBXML><QBXMLMsgsRq onError="stopOnError" '
        'newMessageSetID="set"><HostQueryRq requestID="1.&#233;"/></QBXMLMsgsRq></QBXML>'
    )


@pytest.mark.parametrize(
    "text",
    ["", "<", "<QBXML/>", "<a/>", '<!DOCTYPE a []><QBXML><QBXMLMsgsRs/></QBXML>',
     '<QBXML><QBXMLMsgsRs><HostQueryRs statusCode="x"/></QBXMLMsgsRs></QBXML>'],
)  # fmt: skip
def test_what_is_no_answer_is_unreadable(text: str) -> None:
    with pytest.raises(Unreadable):
        qbxml.parse(text)


def test_impossible_characters_in_an_answer_are_dropped() -> None:
    answer = qbxml.parse(
        '<?xml version="1.0" ?><QBXML><QBXMLMsgsRs><CustomerQueryRs requestID="1" statusCode="0">'
        "<CustomerRet><ListID>1</ListID><Name>a&#1;b&#x1F;&#10;</Name></CustomerRet></CustomerQueryRs></QBXMLMsgsRs></QBXML>"
    )
    assert answer.responses[0].rows == [{"ListID": "1", "Name": "ab\n"}]


@pytest.mark.parametrize(
    ("code", "kind", "lift"),
    [
        (0, None, ""), (1, None, ""), (500, None, ""), (550, None, ""), (1000, UnknownOutcome, ""),
        (1010, Retryable, ""), (3000, Rejected, "mapping"), (3100, Rejected, ""), (3120, Rejected, "mapping"),
        (3140, Rejected, "mapping"), (3171, Rejected, "period"), (3175, Retryable, ""), (3176, Retryable, ""),
        (3180, Retryable, ""), (3200, Rejected, ""), (3231, Retryable, ""), (3250, Rejected, ""), (3260, Rejected, ""),
        (3261, Rejected, ""), (3999, Rejected, ""), (9100, UnknownOutcome, ""),
    ],
)  # fmt: skip
def test_every_status_has_its_meaning(code: int, kind: type[AccountingError] | None, lift: str) -> None:
    error: Any = statuses.error_of(Response("TimeTrackingAdd", "1", code, "", "what it said", []))
    assert (type(error) if error else None) is kind
    assert getattr(error, "lift", "") == lift
    if error is not None:
        assert error.code == str(code)
        assert error.message


def test_a_save_that_keeps_failing_is_told_as_it_is() -> None:
    error = statuses.error_of(Response("TimeTrackingAdd", "1", 3180, "", "Because of this.", []), attempts=3)
    assert isinstance(error, Rejected)
    assert "Because of this." in error.message


def test_every_hresult_says_what_to_do() -> None:
    assert len(hresults.TABLE) >= 28
    for trouble in hresults.TABLE.values():
        assert trouble.text.endswith(".")
        assert trouble.todo
    assert hresults.trouble("0x80040414").words == "A dialog is open in QuickBooks. Close it, then sync again."
    assert hresults.trouble("80040414") == hresults.trouble("0X80040414")
    assert "0xDEAD" in hresults.trouble("0xDEAD", "Odd.").words
