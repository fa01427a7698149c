"""Names, references, edit sequences, deletion: what QuickBooks' lists and time entries hold to."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.simulators.desktop.caller import DesktopSimulator, Host

Make = Callable[..., dict[str, Any]]


def add(kind: str, inner: str) -> str:
    return f"<{kind}AddRq><{kind}Add>{inner}</{kind}Add></{kind}AddRq>"


def mod(kind: str, inner: str) -> str:
    return f"<{kind}ModRq><{kind}Mod>{inner}</{kind}Mod></{kind}ModRq>"


def code(answer: ET.Element) -> str:
    return str(answer.get("statusCode"))


@pytest.fixture
def person(desktop: DesktopSimulator, file: str) -> Make:
    def make(first: str = "Maya", paid: str = "DoNotUseTimeData") -> dict[str, Any]:
        info = {"UseTimeDataToCreatePaychecks": paid}
        return desktop.add(file, "Employee", FirstName=first, LastName="Okafor", EmployeePayrollInfo=info)

    return make


def test_ids_times_and_sequence_look_like_the_real_ones(host: Host) -> None:
    answer = host.one(add("Customer", "<Name>Acme</Name><Phone></Phone>"))
    found = {child.tag: child.text for child in answer[0]}
    assert re.fullmatch(r"8000000[0-9A-F]-\d{10}", found["ListID"] or "")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d-08:00", found["TimeCreated"] or "")
    assert (found["ListID"] or "").split("-")[1] == found["EditSequence"]
    assert found["FullName"] == "Acme"
    assert found["Sublevel"] == "0"
    assert found["Balance"] == "0.00"
    assert "Phone" not in found


def test_jobs_have_paths_levels_and_names_of_their_own(host: Host) -> None:
    for name in ("Acme", "Globex"):
        host.one(add("Customer", f"<Name>{name}</Name>"))
    job = "<Name>Website</Name><ParentRef><FullName>{}</FullName></ParentRef>"
    first = host.one(add("Customer", job.format("Acme")))
    assert (first[0].findtext("FullName"), first[0].findtext("Sublevel")) == ("Acme:Website", "1")
    assert code(host.one(add("Customer", job.format("globex")))) == "0"
    taken = host.one(add("Customer", job.format("ACME")))
    assert taken.attrib["statusMessage"] == 'The name "Website" of the list element is already in use.'
    assert code(taken) == "3100"
    deep = "Acme:Website"
    for level in range(2, 5):
        assert (
            code(host.one(add("Customer", f"<Name>L{level}</Name><ParentRef><FullName>{deep}</FullName></ParentRef>")))
            == "0"
        )
        deep += f":L{level}"
    assert (
        code(host.one(add("Customer", f"<Name>L5</Name><ParentRef><FullName>{deep}</FullName></ParentRef>"))) == "3130"
    )
    assert code(host.one(add("Customer", "<Name>A:B</Name>"))) == "3090"


def test_four_lists_share_their_names(host: Host, person: Make) -> None:
    person()
    for kind in ("Customer", "Vendor", "OtherName"):
        assert code(host.one(add(kind, "<Name>maya okafor</Name>"))) == "3100"
    assert code(host.one(add("Vendor", "<Name>Ben Ortiz</Name>"))) == "0"
    assert code(host.one(add("Employee", "<FirstName>Ben</FirstName><LastName>Ortiz</LastName>"))) == "3100"
    assert code(host.one(add("Class", "<Name>Ben Ortiz</Name>"))) == "0"


def test_an_edit_needs_the_present_sequence(desktop: DesktopSimulator, host: Host) -> None:
    stored = desktop.add(host.file, "Customer", Name="Acme", Phone="1", Email="a@acme.example")
    head = f"<ListID>{stored['ListID']}</ListID><EditSequence>{{}}</EditSequence>"
    first = host.one(mod("Customer", head.format(stored["EditSequence"]) + "<Phone>2</Phone>"))
    assert code(first) == "0"
    assert int(first[0].findtext("EditSequence") or 0) > int(stored["EditSequence"])
    stale = host.one(mod("Customer", head.format(stored["EditSequence"]) + "<Phone>3</Phone>"))
    assert stale.get("statusMessage") == f'The provided edit sequence "{stored["EditSequence"]}" is out-of-date.'
    assert code(stale) == "3200"
    cleared = host.one(mod("Customer", head.format(first[0].findtext("EditSequence")) + "<Phone></Phone>"))
    assert cleared[0].find("Phone") is None
    assert cleared[0].findtext("Email") == "a@acme.example"
    assert code(host.one(mod("Customer", "<ListID>8-1</ListID><EditSequence>1</EditSequence>"))) == "3120"


def test_renaming_a_customer_renames_its_jobs_without_touching_them(desktop: DesktopSimulator, host: Host) -> None:
    acme = desktop.add(host.file, "Customer", Name="Acme")
    job = desktop.add(host.file, "Customer", Name="Website", ParentRef="Acme")
    desktop.add(host.file, "Customer", ListID=acme["ListID"], Name="Acme Corp")
    after = next(row for row in desktop.dump(host.file, "Customer") if row["ListID"] == job["ListID"])
    assert after == {**job, "FullName": "Acme Corp:Website", "ParentRef": {**job["ParentRef"], "FullName": "Acme Corp"}}


def test_time_by_reference_and_by_name(desktop: DesktopSimulator, host: Host, person: Make) -> None:
    who, customer = person(), desktop.add(host.file, "Customer", Name="Acme & Sons")
    answer = host.one(add("TimeTracking", (
        f"<TxnDate>2026-03-02</TxnDate><EntityRef><ListID>{who['ListID']}</ListID></EntityRef>"
        "<CustomerRef><FullName>acme &amp; sons</FullName></CustomerRef>"
        "<ItemServiceRef><FullName>Hours</FullName></ItemServiceRef><Duration>PT90M59S</Duration>"
        "<Notes>a &lt; b</Notes><ExternalGUID>{01234567-89ab-cdef-0123-456789abcdef}</ExternalGUID>"
    )))  # fmt: skip
    (stored,) = desktop.dump(host.file, "TimeTracking")
    assert answer[0].findtext("TxnID") == stored["TxnID"]
    assert re.fullmatch(r"1-\d{10}", stored["TxnID"])
    assert {name: stored[name] for name in ("TxnNumber", "TxnDate", "Duration", "Notes", "BillableStatus")} == {
        "TxnNumber": "1", "TxnDate": "2026-03-02", "Duration": "PT1H30M", "Notes": "a < b",
        "BillableStatus": "Billable",
    }  # fmt: skip
    assert stored["EntityRef"] == {"ListID": who["ListID"], "FullName": "Maya Okafor"}
    assert stored["CustomerRef"] == {"ListID": customer["ListID"], "FullName": "Acme & Sons"}
    (entry,) = desktop.journal(host.file, entity="TimeTracking")
    assert (entry["op"], entry["app"], entry["via"], entry["body"]) == ("add", "BigTime", "sdk", stored)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"EntityRef": "<FullName>Nobody</FullName>"}, "3140"),
        ({"EntityRef": "<FullName>Acme</FullName>"}, "3140"),
        ({"EntityRef": "<ListID>nonsense</ListID>"}, "3000"),
        ({"CustomerRef": "<ListID>80000001-1</ListID>"}, "3140"),
        ({"ItemServiceRef": "<FullName>Checking</FullName>"}, "3140"),
        ({"PayrollItemWageRef": "<FullName>Hourly Regular</FullName>"}, "3180"),
        ({"ClassRef": "<FullName>East</FullName>"}, "3140"),
        ({"CustomerRef": None}, "3180"),
    ],
)
def test_time_that_is_refused(
    desktop: DesktopSimulator, host: Host, person: Make, change: dict[str, str], expected: str
) -> None:
    person()
    desktop.add(host.file, "Customer", Name="Acme")
    references = {
        "EntityRef": "<FullName>Maya Okafor</FullName>", "CustomerRef": "<FullName>Acme</FullName>",
        "ItemServiceRef": "<FullName>Hours</FullName>", "ClassRef": None, "PayrollItemWageRef": None, **change,
    }  # fmt: skip
    written = {name: f"<{name}>{inner}</{name}>" if inner else "" for name, inner in references.items()}
    first, last = ("EntityRef", "CustomerRef", "ItemServiceRef"), ("ClassRef", "PayrollItemWageRef")
    parts = [*(written[name] for name in first), "<Duration>PT1H</Duration>", *(written[name] for name in last)]
    parts.append("<BillableStatus>Billable</BillableStatus>")
    assert code(host.one(add("TimeTracking", "".join(parts)))) == expected
    assert desktop.dump(host.file, "TimeTracking") == []
    assert desktop.journal(host.file, entity="TimeTracking") == []


def test_an_invalid_reference_says_which(desktop: DesktopSimulator, host: Host) -> None:
    answer = host.one(
        add("TimeTracking", "<EntityRef><FullName>Nobody</FullName></EntityRef><Duration>PT1H</Duration>")
    )
    assert answer.get("statusMessage") == (
        'There is an invalid reference to QuickBooks Entity "Nobody" in the Time Tracking.  QuickBooks error message: '
        "Invalid argument.  The specified record does not exist in the list."
    )


def test_payroll_items_for_those_paid_by_time(desktop: DesktopSimulator, host: Host, person: Make) -> None:
    person(paid="UseTimeData")
    inner = (
        "<EntityRef><FullName>Maya Okafor</FullName></EntityRef><Duration>PT8H</Duration>"
        "<PayrollItemWageRef><FullName>Hourly Regular</FullName></PayrollItemWageRef>"
    )
    assert code(host.one(add("TimeTracking", inner))) == "0"
    (stored,) = desktop.dump(host.file, "TimeTracking")
    assert stored["PayrollItemWageRef"]["FullName"] == "Hourly Regular"
    assert stored["BillableStatus"] == "NotBillable"


def test_class_tracking_off_and_closed_books(desktop: DesktopSimulator, host: Host, person: Make) -> None:
    person()
    desktop.add(host.file, "Class", Name="East")
    switched = {"IsUsingClassTracking": "false", "ClosingDate": "2026-01-31"}
    desktop.call("PUT", f"/{host.file}/settings", {"preferences": {"AccountingPreferences": switched}})
    who = "<EntityRef><FullName>Maya Okafor</FullName></EntityRef><Duration>PT1H</Duration>"
    classed = add("TimeTracking", f"{who}<ClassRef><FullName>East</FullName></ClassRef>")
    assert code(host.one(classed)) == "3250"
    assert code(host.one(add("TimeTracking", f"<TxnDate>2026-01-31</TxnDate>{who}"))) == "3171"
    assert code(host.one(add("TimeTracking", f"<TxnDate>2026-02-01</TxnDate>{who}"))) == "0"
    preferences = host.one("<PreferencesQueryRq/>")[0]
    assert preferences.findtext("AccountingPreferences/ClosingDate") == "2026-01-31"


def test_changing_and_deleting_time(desktop: DesktopSimulator, host: Host, person: Make) -> None:
    person()
    stored = desktop.add(host.file, "TimeTracking", TxnDate="2026-03-02", EntityRef="Maya Okafor", Duration="PT1H")
    head = f"<TxnID>{stored['TxnID']}</TxnID>"
    rest = "<EntityRef><FullName>Maya Okafor</FullName></EntityRef><Duration>PT2H</Duration>"
    changed = host.one(mod("TimeTracking", f"{head}<EditSequence>{stored['EditSequence']}</EditSequence>{rest}"))
    assert changed[0].findtext("Duration") == "PT2H0M"
    assert changed[0].findtext("TxnDate") == "2026-03-02"
    gone = host.one(f"<TxnDelRq><TxnDelType>TimeTracking</TxnDelType>{head}</TxnDelRq>")
    assert [child.tag for child in gone] == ["TxnDelType", "TxnID", "TimeDeleted"]
    assert code(host.one(f"<TxnDelRq><TxnDelType>TimeTracking</TxnDelType>{head}</TxnDelRq>")) == "3120"
    (record,) = host.one("<TxnDeletedQueryRq><TxnDelType>TimeTracking</TxnDelType></TxnDeletedQueryRq>")
    assert record.findtext("TxnID") == stored["TxnID"]
    assert record.findtext("TimeCreated") == stored["TimeCreated"]
    assert [entry["op"] for entry in desktop.journal(host.file, entity="TimeTracking")] == ["add", "mod", "del"]


def test_lists_in_use_are_not_deleted(desktop: DesktopSimulator, host: Host, person: Make) -> None:
    person()
    acme = desktop.add(host.file, "Customer", Name="Acme")
    job = desktop.add(host.file, "Customer", Name="Website", ParentRef="Acme")
    time = desktop.add(
        host.file, "TimeTracking", TxnDate="2026-03-02", EntityRef="Maya Okafor", CustomerRef="Acme:Website",
        ItemServiceRef="Hours", Duration="PT1H",
    )  # fmt: skip

    def delete(row: dict[str, Any]) -> str:
        request = f"<ListDelRq><ListDelType>Customer</ListDelType><ListID>{row['ListID']}</ListID></ListDelRq>"
        return code(host.one(request))

    assert (delete(acme), delete(job)) == ("3160", "3160")
    desktop.remove(host.file, "TimeTracking", time["TxnID"])
    assert (delete(job), delete(acme)) == ("0", "0")
    deleted = host.one("<ListDeletedQueryRq><ListDelType>Customer</ListDelType></ListDeletedQueryRq>")
    assert [row.findtext("FullName") for row in deleted] == ["Acme:Website", "Acme"]
    later = "<DeletedDateRangeFilter><FromDeletedDate>2999-01-01</FromDeletedDate></DeletedDateRangeFilter>"
    none = host.one(f"<ListDeletedQueryRq><ListDelType>Customer</ListDelType>{later}</ListDeletedQueryRq>")
    assert (code(none), none.get("statusSeverity")) == ("1", "Info")


def test_private_data_marks_a_company_file(host: Host) -> None:
    guid, name = "{01234567-89ab-cdef-0123-456789abcdef}", "FileID"
    head = f"<OwnerID>{guid}</OwnerID><DataExtName>{name}</DataExtName>"
    value = f"{head}<OtherDataExtType>Company</OtherDataExtType><DataExtValue>abc</DataExtValue>"
    assert code(host.one(add("DataExt", value))) == "3140"
    kind = "<DataExtType>STR255TYPE</DataExtType><AssignToObject>Company</AssignToObject>"
    assert code(host.one(add("DataExtDef", head + kind))) == "0"
    assert code(host.one(add("DataExt", value))) == "0"
    company = host.one(f"<CompanyQueryRq><OwnerID>{guid}</OwnerID></CompanyQueryRq>")[0]
    assert company.findtext("DataExtRet/DataExtValue") == "abc"
    assert host.one("<CompanyQueryRq/>")[0].find("DataExtRet") is None
