"""The states a computer with QuickBooks can be in, and what they do to calls."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from simulators.desktop.remote import HostError
from tests.simulators.desktop.caller import DesktopSimulator, Host

ADD = "<CustomerAddRq><CustomerAdd><Name>{}</Name></CustomerAdd></CustomerAddRq>"


def refused(act: Callable[[], Any]) -> str:
    with pytest.raises(HostError) as raised:
        act()
    return raised.value.hresult


@pytest.mark.parametrize(
    ("state", "hresult"),
    [
        ({"not_started": True}, "0x80040408"),
        ({"cannot_start": True}, "0x80040408"),
        ({"still_starting": True}, "0x80040424"),
        ({"other_file_open": True}, "0x8004040A"),
        ({"modal_dialog": True}, "0x80040414"),
        ({"single_user_other": True}, "0x80040422"),
        ({"multi_user": True}, "0x8004041B"),
        ({"signed_in_as": "Clerk"}, "0x80040418"),
        ({"access_answer": "no"}, "0x80040420"),
    ],
)
def test_the_first_session_is_refused(
    desktop: DesktopSimulator, make_host: Callable[..., Host], state: dict[str, Any], hresult: str
) -> None:
    host = make_host()
    desktop.conditions(host.file, **state)
    assert refused(lambda: host.begin(desktop.path(host.file))) == hresult
    assert desktop.call("GET", f"/{host.file}/access")["grants"] == []
    usual = {"not_started": False, "cannot_start": False, "still_starting": False, "other_file_open": False}
    usual |= {"modal_dialog": False, "single_user_other": False, "multi_user": False}
    desktop.conditions(host.file, **usual, signed_in_as="Admin", access_answer="once")
    assert host.begin()


def test_the_dialog_waits_for_a_person(desktop: DesktopSimulator, make_host: Callable[..., Host]) -> None:
    host, done = make_host("Sync Agent"), []
    desktop.conditions(host.file, access_answer=None)
    waiting = threading.Thread(target=lambda: done.append(host.begin()))
    waiting.start()
    for _ in range(100):
        if desktop.call("GET", f"/{host.file}/access")["dialogs"]:
            break
        time.sleep(0.02)
    assert desktop.call("GET", f"/{host.file}/access") == {"grants": [], "dialogs": ["Sync Agent"]}
    assert done == []
    desktop.call("POST", f"/{host.file}/access", {"app": "Sync Agent", "answer": "when_running"})
    waiting.join(10)
    assert len(done) == 1
    (grant,) = desktop.call("GET", f"/{host.file}/access")["grants"]
    assert (grant["app"], grant["access"], grant["user"]) == ("Sync Agent", "when_running", "Admin")


@pytest.mark.parametrize(
    ("answer", "asked_again", "works_when_closed"),
    [("once", True, False), ("when_running", False, False), ("always", False, True)],
)
def test_what_each_yes_means_later(
    desktop: DesktopSimulator, make_host: Callable[..., Host], answer: str, asked_again: bool, works_when_closed: bool
) -> None:
    host = make_host()
    desktop.conditions(host.file, access_answer=answer)
    host.begin()
    host.end()
    desktop.conditions(host.file, access_answer="no")
    if asked_again:
        assert refused(host.begin) == "0x80040420"
    else:
        host.begin()
        host.end()
    desktop.conditions(host.file, not_started=True)
    if works_when_closed:
        host.begin(desktop.path(host.file))
        assert host.one("<HostQueryRq/>")[0].findtext("IsAutomaticLogin") == "true"
        host.end()
        assert refused(host.begin) == "0x80040416"
    else:
        assert refused(lambda: host.begin(desktop.path(host.file))) == "0x80040408"


def test_access_taken_away_and_forgotten(desktop: DesktopSimulator, host: Host) -> None:
    host.end()
    desktop.call("PUT", f"/{host.file}/access", {"app": "BigTime", "access": "refused"})
    assert refused(host.begin) == "0x8004041A"
    desktop.call("PUT", f"/{host.file}/access", {"app": "BigTime", "access": ""})
    desktop.conditions(host.file, access_answer="no")
    assert refused(host.begin) == "0x80040420"


def test_which_file_is_open(desktop: DesktopSimulator, host: Host) -> None:
    other = desktop.create("Other Books")
    desktop.conditions(other, access_answer="always")
    host.end()
    assert refused(lambda: host.begin(desktop.path(other))) == "0x8004040A"
    assert refused(lambda: host.begin("C:\\Nowhere\\x.qbw")) == "0x80040403"
    host.begin(desktop.path(host.file))
    assert host.call("GetCurrentCompanyFileName", host.ticket) == desktop.path(host.file)
    assert host.call("QBXMLVersionsForSession", host.ticket)[-1] == "13.0"


def test_tickets(host: Host) -> None:
    assert refused(lambda: host.call("ProcessRequest", "{nonsense}", "")) == "0x8004040D"
    assert refused(lambda: host.call("BeginSession", "", 2)) == "0x80040402"
    ticket = host.ticket
    host.end()
    assert refused(lambda: host.call("ProcessRequest", ticket, "")) == "0x80040402"
    assert refused(lambda: host.call("Dance")) == "0x80020003"
    assert refused(lambda: host.call("EndSession")) == "0x80020003"


def test_a_modal_dialog_in_mid_session(desktop: DesktopSimulator, host: Host) -> None:
    desktop.conditions(host.file, modal_dialog=True)
    assert refused(lambda: host.send(ADD.format("A"))) == "0x80040414"
    desktop.conditions(host.file, modal_dialog=False)
    assert host.one(ADD.format("A")).get("statusCode") == "0"


def test_an_answer_lost_after_saving(desktop: DesktopSimulator, host: Host) -> None:
    desktop.conditions(host.file, answer_lost_after_save=1)
    assert host.one("<CustomerQueryRq/>").get("statusCode") == "1"
    assert refused(lambda: host.send(ADD.format("A"), newMessageSetID="set-1")) == "0x800706BA"
    assert [row["Name"] for row in desktop.dump(host.file, "Customer")] == ["A"]
    assert refused(lambda: host.send("<HostQueryRq/>")) == "0x8004040D"
    host.call("CloseConnection")
    host.begin()
    recovered = host.send("", oldMessageSetID="set-1")
    assert 'newMessageSetID="set-1" messageSetStatusCode="0"' in recovered
    assert "<Name>A</Name>" in recovered


def test_quickbooks_closing_before_a_request(desktop: DesktopSimulator, host: Host) -> None:
    desktop.conditions(host.file, quits_mid_session=1)
    assert refused(lambda: host.send(ADD.format("A"), newMessageSetID="set-1")) == "0x800706BA"
    assert desktop.dump(host.file, "Customer") == []
    assert desktop.conditions(host.file)["quits_mid_session"] == 0


def test_quickbooks_closing_in_the_middle_of_a_set(desktop: DesktopSimulator, host: Host) -> None:
    """What was saved stays, and recovery knows nothing of it: only a look into the file tells."""
    desktop.conditions(host.file, quits_mid_session=1, quits_after=2)
    requests = "".join(ADD.format(name) for name in "ABC")
    assert refused(lambda: host.send(requests, newMessageSetID="set-1")) == "0x800706BA"
    assert [row["Name"] for row in desktop.dump(host.file, "Customer")] == ["A", "B"]
    assert [entry["id"] for entry in desktop.journal(host.file, entity="Customer")] == [
        row["ListID"] for row in desktop.dump(host.file, "Customer")
    ]
    host.call("CloseConnection")
    host.begin()
    assert 'messageSetStatusCode="600"' in host.send("", oldMessageSetID="set-1")


def test_records_open_elsewhere(desktop: DesktopSimulator, host: Host) -> None:
    acme = desktop.add(host.file, "Customer", Name="Acme")
    desktop.conditions(host.file, locked_record=[acme["ListID"]])
    head = f"<ListID>{acme['ListID']}</ListID>"
    edit = f"{head}<EditSequence>{acme['EditSequence']}</EditSequence><Phone>1</Phone>"
    answer = host.one(f"<CustomerModRq><CustomerMod>{edit}</CustomerMod></CustomerModRq>")
    assert answer.get("statusCode") == "3175"
    assert (answer.get("statusMessage") or "").endswith("QuickBooks error message: The list element is in use.")
    job = f"<Name>Job</Name><ParentRef>{head}</ParentRef>"
    assert host.one(f"<CustomerAddRq><CustomerAdd>{job}</CustomerAdd></CustomerAddRq>").get("statusCode") == "3176"
    assert desktop.dump(host.file, "Customer") == [acme]


def test_slow_answers(desktop: DesktopSimulator, host: Host) -> None:
    desktop.conditions(host.file, slow=0.3)
    started = time.monotonic()
    host.send("<HostQueryRq/>")
    assert time.monotonic() - started >= 0.3


def test_faults_to_order(desktop: DesktopSimulator, host: Host) -> None:
    desktop.faults(
        host.file,
        {"code": 3180, "operation": "Add", "entity": "Customer", "skip": 1, "message": "Busy."},
        {"hresult": "0x80040402", "operation": "Query", "count": 1},
    )
    answers = host.ask(ADD.format("A") + ADD.format("B") + ADD.format("C"), on_error="continueOnError")
    assert [answer.get("statusCode") for answer in answers] == ["0", "3180", "0"]
    assert refused(lambda: host.send("<CustomerQueryRq/>")) == "0x80040402"
    assert len(host.one("<CustomerQueryRq/>")) == 2
    assert desktop.call("GET", f"/{host.file}/faults") == {"faults": []}


def test_a_fault_after_the_work(desktop: DesktopSimulator, host: Host) -> None:
    desktop.faults(host.file, {"hresult": "0x80010105", "commit": True})
    assert refused(lambda: host.send(ADD.format("A"))) == "0x80010105"
    assert [row["Name"] for row in desktop.dump(host.file, "Customer")] == ["A"]
