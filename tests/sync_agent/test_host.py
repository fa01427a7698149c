"""The child process that speaks to QuickBooks, and the side of it that speaks COM."""

from __future__ import annotations

import io
import json
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from sync_agent import checks, com_host, host, hresults
from sync_agent.company import described, questions
from sync_agent.configuration import Configuration
from sync_agent.problems import Trouble
from tests.hresults import NUMBERS


class ComError(Exception):
    """Looks as pywin32's com_error does."""

    def __init__(self, hresult: int, strerror: str, excepinfo: Any) -> None:
        super().__init__(hresult, strerror, excepinfo)
        self.hresult, self.strerror, self.excepinfo = hresult, strerror, excepinfo


class Processor:
    """Stands in for the COM object; remembers what it was called with."""

    MajorVersion = 16

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.AuthPreferences = SimpleNamespace(
            PutIsReadOnly=lambda value: self.calls.append(("read only", value)),
            PutUnattendedModePref=lambda value: self.calls.append(("unattended", value)),
        )

    def BeginSession(self, file: str, mode: int) -> str:
        self.calls.append(("BeginSession", file, mode))
        return "T"

    def QBXMLVersionsForSession(self, ticket: str) -> tuple[str, ...]:
        return ("12.0", "13.0")

    def ProcessRequest(self, ticket: str, text: str) -> str:
        raise ComError(
            -2147352567, "Exception occurred.", (0, "QBXMLRP2", "QuickBooks found an error", None, 0, -2147220480)
        )


def served(processor: Any, *asked: dict[str, Any]) -> list[dict[str, Any]]:
    out = io.StringIO()
    com_host.serve(processor, io.StringIO("".join(json.dumps(one) + "\n" for one in asked)), out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_calls_become_com_calls_with_preferences_before_the_session() -> None:
    processor = Processor()

    said = served(
        processor,
        {"id": 1, "method": "BeginSession", "args": ["C:\\a.qbw", 2]},
        {"id": 2, "method": "QBXMLVersionsForSession", "args": ["T"]},
        {"id": 3, "method": "MajorVersion", "args": []},
    )

    assert said == [{"id": 1, "result": "T"}, {"id": 2, "result": ["12.0", "13.0"]}, {"id": 3, "result": 16}]
    assert processor.calls == [("read only", False), ("unattended", 2), ("BeginSession", "C:\\a.qbw", 2)]


def test_a_com_error_is_the_number_inside_and_its_words() -> None:
    (said,) = served(Processor(), {"id": 1, "method": "ProcessRequest", "args": ["T", "<x/>"]})

    assert said == {"id": 1, "error": {"hresult": "0x80040400", "message": "QuickBooks found an error"}}


def test_a_com_error_without_more_is_its_own_number() -> None:
    error = ComError(-2147221164, "Class not registered", None)

    assert com_host.described(error) == {"hresult": "0x80040154", "message": "Class not registered"}
    (said,) = served(com_host._Missing(error), {"id": 1, "method": "OpenConnection2", "args": ["", "BigTime", 1]})
    assert said["error"]["hresult"] == "0x80040154"


def test_what_the_processor_does_not_have_is_refused() -> None:
    (said,) = served(Processor(), {"id": 1, "method": "__class__", "args": []})

    assert said["error"] == {"hresult": "0x80004005", "message": "the request processor has no __class__"}


def test_every_number_of_the_reference_has_words_and_a_way_out() -> None:
    for number in NUMBERS:
        found = hresults.trouble(number)
        assert found.words.endswith(".")
        assert found.mend.endswith(".")
        assert found.hresult == number


def test_a_number_nobody_knows_keeps_its_words() -> None:
    assert hresults.trouble("0x8004FFFF", "Odd").words == "QuickBooks failed with 0x8004FFFF: Odd"


@pytest.mark.parametrize("given", ["0x80040414", "-2147220460", 2147746836])
def test_numbers_come_in_many_forms(given: str | int) -> None:
    assert hresults.tidy(given) == "0x80040414"


def test_a_program_that_is_not_there_is_a_sentence() -> None:
    with pytest.raises(Trouble, match="can't be started"):
        host.Host(["/nowhere/at/all"])


def test_elsewhere_than_on_windows_a_host_must_be_named() -> None:
    with pytest.raises(Trouble, match="runs on Windows only"):
        host.host_command(())


def test_the_company_is_read_leniently() -> None:
    found = described(
        ET.fromstring("<QBXML><QBXMLMsgsRs/></QBXML>"), file="", versions=["1.0", "x", "16.0"], whole_answer=""
    )

    assert (found.name, found.country, found.major, found.minor, found.automatic_login) == ("", "US", 16, 0, False)
    assert "<OwnerID>{A&amp;B}</OwnerID>" in questions("{A&B}")


def test_checks_name_the_first_thing_that_is_wrong() -> None:
    def no_host() -> host.Host:
        raise Trouble("It can't be started.", "Install it again.")

    found, company = checks.quickbooks(Configuration(), no_host)

    assert company is None
    assert [(one.name, one.outcome) for one in found][:2] == [
        ("QuickBooks installed", "bad"),
        ("QuickBooks running", "unknown"),
    ]


@pytest.mark.parametrize(
    ("environment", "outcome"),
    [
        ({}, "good"),
        ({"SESSIONNAME": "Console"}, "good"),
        ({"SESSIONNAME": "RDP-Tcp#3"}, "unknown"),
        ({"RIGHTNETWORKS": "1"}, "unknown"),
    ],
)
def test_a_hosted_computer_is_recognised(environment: dict[str, str], outcome: str) -> None:
    assert [one.outcome for one in checks.computer(environment, administrator=True)] == ["good", outcome]


def test_without_administrator_rights_it_says_so() -> None:
    assert checks.computer({}, administrator=False)[0].outcome == "bad"
