"""What the request processor refuses as a whole, and that nothing is written then."""

from __future__ import annotations

import pytest

from simulators.desktop.remote import HostError
from tests.simulators.desktop.caller import DesktopSimulator, Host

GOOD = "<CustomerAddRq><CustomerAdd><Name>Fine</Name></CustomerAdd></CustomerAddRq>"
PARSE, VERSION = "0x80040400", "0x80040423"


@pytest.mark.parametrize(
    "bad",
    [
        "<CustomerAddRq><CustomerAdd><IsActive>true</IsActive><Name>A</Name></CustomerAdd></CustomerAddRq>",
        "<CustomerAddRq><CustomerAdd><IsActive>true</IsActive></CustomerAdd></CustomerAddRq>",
        "<CustomerAddRq><CustomerAdd><Name>A</Name><Name>B</Name></CustomerAdd></CustomerAddRq>",
        "<CustomerAddRq><CustomerAdd><Name>A</Name><Colour>red</Colour></CustomerAdd></CustomerAddRq>",
        "<CustomerAddRq><CustomerAdd><Name>A</Name><IsActive>yes</IsActive></CustomerAdd></CustomerAddRq>",
        "<CustomerAddRq><CustomerAdd><Name>A</Name><JobStatus>Done</JobStatus></CustomerAdd></CustomerAddRq>",
        "<CustomerAddRq><CustomerAdd><Name>A</Name><CreditLimit>10.5</CreditLimit></CustomerAdd></CustomerAddRq>",
        "<CustomerAddRq><CustomerAdd><Name>A</Name><JobStartDate>2026-02-30</JobStartDate></CustomerAdd></CustomerAddRq>",
        "<CustomerAddRq><CustomerAdd>loose<Name>A</Name></CustomerAdd></CustomerAddRq>",
        '<CustomerAddRq colour="red"><CustomerAdd><Name>A</Name></CustomerAdd></CustomerAddRq>',
        '<EmployeeQueryRq iterator="Start"><MaxReturned>5</MaxReturned></EmployeeQueryRq>',
        '<CustomerQueryRq iterator="Again"/>',
        "<ClassQueryRq><OwnerID>0</OwnerID></ClassQueryRq>",
        "<NonsenseQueryRq/>",
        "<CustomerQueryRq><ListID>1-1</ListID><FullName>A</FullName></CustomerQueryRq>",
        "<TxnVoidRq><TxnVoidType>TimeTracking</TxnVoidType><TxnID>1-1</TxnID></TxnVoidRq>",
        "<CustomerAddRq><CustomerAdd><Name>Łódź</Name></CustomerAdd></CustomerAddRq>",
        "<CustomerAddRq><CustomerAdd><Name>A</Name></CustomerAdd>",
    ],
)
def test_one_bad_request_refuses_the_whole_set(desktop: DesktopSimulator, host: Host, bad: str) -> None:
    with pytest.raises(HostError) as raised:
        host.send(GOOD + bad)
    assert raised.value.hresult == PARSE
    assert raised.value.message == "QuickBooks found an error when parsing the provided XML text stream."
    assert desktop.dump(host.file, "Customer") == []
    assert desktop.journal(host.file) == []


@pytest.mark.parametrize(
    ("text", "hresult"),
    [
        ("", PARSE),
        ("no XML at all", PARSE),
        ('<?qbxml version="13.0"?><QBXML/>', PARSE),
        ('<?qbxml version="13.0"?><QBXML><QBXMLMsgsRq/></QBXML>', PARSE),
        ('<?qbxml version="13.0"?><QBXML><QBXMLMsgsRq onError="rollbackOnError"/></QBXML>', PARSE),
        ('<!DOCTYPE A [<!ENTITY a "b">]><?qbxml version="13.0"?><QBXML><QBXMLMsgsRq onError="stopOnError"/></QBXML>',
         PARSE),
        ('<QBXML><QBXMLMsgsRq onError="stopOnError"/></QBXML>', VERSION),
        ('<?qbxml version="99.0"?><QBXML><QBXMLMsgsRq onError="stopOnError"/></QBXML>', VERSION),
    ],
)  # fmt: skip
def test_envelopes_that_are_wrong(host: Host, text: str, hresult: str) -> None:
    with pytest.raises(HostError) as raised:
        host.call("ProcessRequest", host.ticket, text)
    assert raised.value.hresult == hresult


def test_a_text_too_long_refuses_only_its_request(desktop: DesktopSimulator, host: Host) -> None:
    long = f"<CustomerAddRq><CustomerAdd><Name>{'x' * 42}</Name></CustomerAdd></CustomerAddRq>"
    refused, done = host.ask(long + GOOD, on_error="continueOnError")
    assert refused.attrib == {
        "statusCode": "3070",
        "statusSeverity": "Error",
        "statusMessage": f'The string "{"x" * 42}" in the field "Name" is too long.',
    }
    assert done.get("statusCode") == "0"
    assert [row["Name"] for row in desktop.dump(host.file, "Customer")] == ["Fine"]


def test_exactly_as_long_as_it_may_be(desktop: DesktopSimulator, host: Host) -> None:
    name = "é" * 41
    assert (
        host.one(f"<CustomerAddRq><CustomerAdd><Name>{name}</Name></CustomerAdd></CustomerAddRq>").get("statusCode")
        == "0"
    )
    assert desktop.dump(host.file, "Customer")[0]["Name"] == name


def test_letters_the_code_page_lacks_become_question_marks(desktop: DesktopSimulator, host: Host) -> None:
    notes = "Qu&#233;bec &#8217; &#8364; &#321;&#243;d&#378; &#128512; &amp;"
    values = f"<Name>A</Name><Notes>{notes}</Notes>"
    host.one(f"<CustomerAddRq><CustomerAdd>{values}</CustomerAdd></CustomerAddRq>")
    assert desktop.dump(host.file, "Customer")[0]["Notes"] == "Québec ? ? ?ód? ? &"


def test_a_request_id_comes_back_or_is_too_long(host: Host) -> None:
    assert host.one(f'<HostQueryRq requestID="{"7" * 50}"/>').get("requestID") == "7" * 50
    assert host.one(f'<HostQueryRq requestID="{"7" * 51}"/>').get("statusCode") == "1060"


def test_stop_and_continue_on_error(desktop: DesktopSimulator, host: Host) -> None:
    def customer(name: str) -> str:
        return f'<CustomerAddRq requestID="{name}"><CustomerAdd><Name>{name}</Name></CustomerAdd></CustomerAddRq>'

    requests = customer("A") + customer("a") + customer("B")
    codes = [(answer.get("requestID"), answer.get("statusCode")) for answer in host.ask(requests)]
    assert codes == [("A", "0"), ("a", "3100"), ("B", "3231")]
    desktop.conditions(host.file, rest_after_stop="absent")
    assert [answer.get("statusCode") for answer in host.ask(requests)] == ["3100"]
    codes = [
        (answer.get("requestID"), answer.get("statusCode")) for answer in host.ask(requests, on_error="continueOnError")
    ]
    assert codes == [("A", "3100"), ("a", "3100"), ("B", "0")]
    assert [row["Name"] for row in desktop.dump(host.file, "Customer")] == ["A", "B"]
