"""One session against a service that speaks SOAP over HTTP and a process that stands in for QuickBooks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from sync_agent.configuration import Configuration
from sync_agent.connector import Connector
from sync_agent.first_time import reachable_host
from sync_agent.problems import Trouble, Unreachable
from sync_agent.session import Result, Session
from sync_agent.transport import Transport
from tests.sync_agent.service import SECRET, Service

Hosts = Callable[..., tuple[str, ...]]
BEFORE = ["serverVersion", "clientVersion", "authenticate"]
TICKET = "session-ticket-0815"


def run(configuration: Configuration, **how: Any) -> Result:
    transport = Transport(pause=0)
    try:
        connector = Connector(configuration.soap_url, transport)
        return Session(connector, configuration, SECRET, lambda: reachable_host(configuration), **how).run()
    finally:
        transport.close()


def test_requests_are_carried_out_until_the_service_says_done(
    service: Service, connected: Configuration, asked: Callable[[], list[str]]
) -> None:
    service.requests.extend(["<QBXML>ARq</QBXML>", "<QBXML>BRq é &amp; 😀</QBXML>"])
    seen: list[int] = []

    result = run(connected, progress=seen.append)

    assert (result.outcome, result.requests, result.words, seen) == ("done", 2, "OK", [50, 100])
    assert service.names() == [
        *BEFORE, "sendRequestXML", "receiveResponseXML", "sendRequestXML", "receiveResponseXML", "closeConnection",
    ]  # fmt: skip
    assert service.of("authenticate")[0].values == ["agent-1", SECRET]
    assert asked() == [
        "OpenConnection2", "BeginSession", "ProcessRequest", "QBXMLVersionsForSession", "GetCurrentCompanyFileName",
        "ProcessRequest", "ProcessRequest", "EndSession", "CloseConnection",
    ]  # fmt: skip


def test_the_company_is_introduced_with_the_first_request_only(service: Service, connected: Configuration) -> None:
    service.requests.extend(["<A/>", "<B/>"])

    run(connected)

    first, second = (call.values for call in service.of("sendRequestXML"))
    assert "<CompanyName>Café Northwind</CompanyName>" in first[1]
    assert first[2:] == [r"C:\Books\Northwind.qbw", "US", "13", "0"]
    assert second == [TICKET, "", r"C:\Books\Northwind.qbw", "US", "13", "0"]


@pytest.mark.parametrize(
    ("said", "outcome"), [("none", "nothing"), ("NVU", "signed_out"), ("busy", "busy"), ("nvu", "signed_out")]
)
def test_without_work_quickbooks_is_left_alone(
    service: Service, connected: Configuration, asked: Callable[[], list[str]], said: str, outcome: str
) -> None:
    service.admission = [TICKET, said]

    assert run(connected).outcome == outcome
    assert service.names() == [*BEFORE, "closeConnection"]
    assert asked() == []


def test_a_postponed_session_waits_as_long_as_asked(service: Service, connected: Configuration) -> None:
    service.admission = [TICKET, "", "90", "600"]

    result = run(connected)

    assert (result.outcome, result.postpone, result.at_least) == ("nothing", 90, 600)


def test_the_service_can_name_another_company_file(service: Service, connected: Configuration, tmp_path: Any) -> None:
    service.admission = [TICKET, r"D:\Other.qbw"]
    service.requests.append("<A/>")

    run(connected)

    assert '["D:\\\\Other.qbw", 2]' in (tmp_path / "host.jsonl").read_text()


def test_no_operation_waits_five_seconds_and_asks_again(service: Service, connected: Configuration) -> None:
    service.requests.extend(["", "<A/>"])
    service.errors.append("NoOp")
    waited: list[float] = []

    result = run(connected, sleep=waited.append)

    assert (result.outcome, waited) == ("done", [5.0])
    assert service.names()[3:] == [
        "sendRequestXML", "getLastError", "sendRequestXML", "receiveResponseXML", "closeConnection",
    ]  # fmt: skip


def test_a_write_that_lay_here_while_the_computer_slept_is_not_carried_out(
    service: Service, connected: Configuration, asked: Callable[[], list[str]]
) -> None:
    write = "<QBXML><QBXMLMsgsRq><TimeTrackingAddRq/></QBXMLMsgsRq></QBXML>"
    service.requests.extend([write, write])
    clock = iter([0.0, 59.0, 100.0, 161.0, 161.0])

    result = run(connected, clock=lambda: next(clock))

    assert (result.outcome, result.requests, result.trouble) == ("stopped", 1, None)
    assert result.words.startswith("This computer was asleep")
    # The introduction and the first write; nothing is told of the second.
    assert asked().count("ProcessRequest") == 2
    assert service.names()[3:] == ["sendRequestXML", "receiveResponseXML", "sendRequestXML", "closeConnection"]


def test_a_question_may_be_old(service: Service, connected: Configuration) -> None:
    service.requests.append("<QBXML><QBXMLMsgsRq><CustomerQueryRq/></QBXMLMsgsRq></QBXML>")
    clock = iter([0.0, 1000.0])

    assert run(connected, clock=lambda: next(clock)).outcome == "done"


def test_an_empty_request_ends_the_session_with_the_services_words(service: Service, connected: Configuration) -> None:
    service.admission = [TICKET, ""]
    service.errors.append("The connection is paused.")

    result = run(connected)

    assert (result.outcome, str(result.trouble)) == ("refused", "The connection is paused.")
    assert service.names()[3:] == ["sendRequestXML", "getLastError", "closeConnection"]


def test_a_negative_percentage_asks_for_the_words(service: Service, connected: Configuration) -> None:
    service.requests.append("<A/>")
    service.percents.append(-1)
    service.errors.append("This isn't the connected company file.")

    assert str(run(connected).trouble) == "This isn't the connected company file."
    assert service.names()[-3:] == ["receiveResponseXML", "getLastError", "closeConnection"]


def test_a_refused_request_is_handed_on_with_number_and_words(
    service: Service, connected: Configuration, host: Hosts
) -> None:
    rule = {"method": "ProcessRequest", "has": "bad", "hresult": "0x80040400", "message": "QuickBooks found an error"}
    service.requests.extend(["<bad/>", "<good/>"])

    result = run(replace(connected, host=host(rule)))

    assert service.of("receiveResponseXML")[0].values == [TICKET, "", "0x80040400", "QuickBooks found an error"]
    assert (result.outcome, result.requests) == ("done", 2)


def test_a_request_without_an_answer_ends_the_process_and_is_reported_as_unanswered(
    service: Service, connected: Configuration, host: Hosts, asked: Callable[[], list[str]]
) -> None:
    service.requests.extend(["<slow/>", "<never/>"])
    slow = host({"method": "ProcessRequest", "has": "slow", "sleep": 60})

    result = run(replace(connected, host=slow, answer_seconds=1))

    assert service.of("receiveResponseXML")[0].values[1:3] == ["", "0x800706BA"]
    assert (result.outcome, result.trouble and result.trouble.hresult) == ("failed", "0x800706BA")
    assert service.names()[-2:] == ["receiveResponseXML", "closeConnection"]
    assert "EndSession" not in asked()


@pytest.mark.parametrize("rule", [{"die": 1}, {"raw": {"id": 99, "result": "somebody else's"}}, {"raw": [1]}])
def test_a_process_that_dies_or_talks_nonsense_is_not_believed(
    service: Service, connected: Configuration, host: Hosts, rule: dict[str, Any]
) -> None:
    service.requests.append("<odd/>")

    result = run(replace(connected, host=host({"method": "ProcessRequest", "has": "odd", **rule})))

    assert service.of("receiveResponseXML")[0].values[2] == "0x800706BA"
    assert result.outcome == "failed"


def test_quickbooks_restarting_ends_the_session_after_saying_so(
    service: Service, connected: Configuration, host: Hosts
) -> None:
    service.requests.extend(["<A/>", "<B/>"])

    result = run(replace(connected, host=host({"method": "ProcessRequest", "has": "<A/>", "hresult": "0x8004040D"})))

    assert (result.outcome, result.requests) == ("failed", 1)
    assert len(service.requests) == 1


def test_a_connection_error_is_told_and_done_ends_it(service: Service, connected: Configuration, host: Hosts) -> None:
    service.admission = [TICKET, ""]
    words = "There is a modal dialog box showing"

    result = run(replace(connected, host=host({"method": "BeginSession", "hresult": "0x80040414", "message": words})))

    assert service.of("connectionError")[0].values == [TICKET, "0x80040414", words]
    assert str(result.trouble) == (
        "QuickBooks shows a dialog and waits for somebody. Answer or close the dialog in QuickBooks."
    )
    assert service.names() == [*BEFORE, "connectionError"]


def test_a_connection_error_is_tried_three_times_at_most(
    service: Service, connected: Configuration, host: Hosts, asked: Callable[[], list[str]]
) -> None:
    service.admission = [TICKET, ""]
    service.connection_errors.extend(["", r"D:\B.qbw", "", ""])

    result = run(replace(connected, host=host({"method": "BeginSession", "hresult": "0x8004040A"})))

    assert len(service.of("connectionError")) == 3
    assert asked().count("BeginSession") == 3
    assert (result.outcome, service.names()[-1]) == ("failed", "closeConnection")


def test_a_lost_answer_is_delivered_once_more_with_the_same_bytes(service: Service, connected: Configuration) -> None:
    service.requests.append("<A/>")
    service.lost = {"receiveResponseXML": 1, "sendRequestXML": 1}

    assert run(connected).outcome == "done"

    for name in ("sendRequestXML", "receiveResponseXML"):
        first, second = service.of(name)
        assert first.body == second.body


def test_it_is_not_delivered_a_third_time(
    service: Service, connected: Configuration, asked: Callable[[], list[str]]
) -> None:
    service.requests.extend(["<A/>", "<B/>"])
    service.lost = {"receiveResponseXML": 5}

    with pytest.raises(Unreachable, match=r"doesn't answer"):
        run(connected)

    assert len(service.of("receiveResponseXML")) == 2
    assert asked()[-2:] == ["EndSession", "CloseConnection"]


def test_a_pause_is_kept_between_two_requests(service: Service, connected: Configuration) -> None:
    service.requests.extend(["<A/>", "<B/>", "<C/>"])
    done: list[int] = []

    result = run(connected, progress=done.append, stopped=lambda: len(done) == 2)

    assert (result.outcome, result.requests, len(service.requests)) == ("stopped", 2, 1)
    assert service.names()[-2:] == ["receiveResponseXML", "closeConnection"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>Sign in</html>",
        b'<!DOCTYPE x [<!ENTITY a "a">]><x>&a;</x>',
        b'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><authenticateResponse/></e:Body></e:Envelope>',
    ],
)
def test_an_answer_that_is_none_is_a_sentence(service: Service, connected: Configuration, body: bytes) -> None:
    service.answered["authenticate"] = body

    with pytest.raises(Trouble, match="BigTime's answer can't be understood"):
        run(connected)

    assert service.names() == BEFORE


def test_a_service_that_wants_a_newer_agent_stops_it(service: Service, connected: Configuration) -> None:
    service.client_version = "E:Install version 2."

    result = run(connected)

    assert (result.outcome, str(result.trouble)) == ("failed", "Install version 2. Install the newest one.")
    assert service.names() == BEFORE[:2]
