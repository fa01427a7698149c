"""Message-set recovery, copies of company files, and what the journal keeps."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree import ElementTree as ET

from tests.simulators.desktop.caller import DesktopSimulator, Host

ADD = "<CustomerAddRq><CustomerAdd><Name>{}</Name></CustomerAdd></CustomerAddRq>"


def status(text: str) -> str | None:
    return ET.fromstring(text)[0].get("messageSetStatusCode")


def test_the_stored_answer_is_the_one_given(desktop: DesktopSimulator, host: Host) -> None:
    given = host.send(ADD.format("A"), newMessageSetID="op-1")
    assert host.send("", oldMessageSetID="op-1") == given
    assert host.send("", oldMessageSetID="op-1") == given
    assert [row["Name"] for row in desktop.dump(host.file, "Customer")] == ["A"]


def test_only_the_last_set_is_kept_and_only_for_its_application(host: Host, make_host: Callable[..., Host]) -> None:
    host.send(ADD.format("A"), newMessageSetID="op-1")
    other = make_host("Another")
    other.begin()
    assert status(other.send("", oldMessageSetID="op-1")) == "600"
    host.send(ADD.format("B"), newMessageSetID="op-2")
    assert status(host.send("", oldMessageSetID="op-1")) == "600"
    assert status(host.send("", oldMessageSetID="op-2")) == "0"


def test_a_set_is_forgotten_when_the_next_says_so(desktop: DesktopSimulator, host: Host) -> None:
    host.send(ADD.format("A"), newMessageSetID="op-1")
    host.send("<HostQueryRq/>", oldMessageSetID="op-1")
    assert status(host.send("", oldMessageSetID="op-1")) == "600"
    host.send(ADD.format("B"), newMessageSetID="op-2")
    assert status(host.send("", oldMessageSetID="ClearAllMessageSets")) == "0"
    assert status(host.send("", oldMessageSetID="op-2")) == "600"
    assert status(host.send(ADD.format("C"), newMessageSetID="x" * 24)) == "9004"
    assert [row["Name"] for row in desktop.dump(host.file, "Customer")] == ["A", "B"]


def test_a_set_sent_twice_is_carried_out_twice(desktop: DesktopSimulator, host: Host) -> None:
    """The number is for asking afterwards; it doesn't keep QuickBooks from doing the same again."""
    desktop.add(host.file, "Employee", FirstName="Maya")
    time = "<EntityRef><FullName>Maya</FullName></EntityRef><Duration>PT1H</Duration>"
    request = f"<TimeTrackingAddRq><TimeTrackingAdd>{time}</TimeTrackingAdd></TimeTrackingAddRq>"
    for _ in range(2):
        host.send(request, newMessageSetID="op-1")
    assert len(desktop.dump(host.file, "TimeTracking")) == 2


def test_answers_left_out_are_still_stored(host: Host) -> None:
    assert "<Name>A</Name>" not in host.send(ADD.format("A"), newMessageSetID="op-1", responseData="includeNone")
    assert "<Name>A</Name>" in host.send("", oldMessageSetID="op-1")


def test_going_back_to_a_copy_undoes_the_file_but_not_the_journal(desktop: DesktopSimulator, host: Host) -> None:
    host.send(ADD.format("A"), newMessageSetID="op-1")
    desktop.call("POST", f"/{host.file}/backup", {"name": "monday"})
    host.send(ADD.format("B"), newMessageSetID="op-2")
    desktop.call("POST", f"/{host.file}/restore", {"name": "monday"})
    assert [row["Name"] for row in desktop.dump(host.file, "Customer")] == ["A"]
    ops = [(entry["op"], entry["body"].get("Name")) for entry in desktop.journal(host.file)]
    assert ops == [("add", "A"), ("backup", None), ("add", "B"), ("restore", None)]
    host.call("CloseConnection")
    host.begin()
    assert status(host.send("", oldMessageSetID="op-2")) == "600"
    assert status(host.send("", oldMessageSetID="op-1")) == "0"
