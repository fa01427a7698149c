"""Selection, iterators, deleted lists, counts."""

from __future__ import annotations

from datetime import date
from xml.etree import ElementTree as ET

import pytest

from simulators.desktop import clock
from simulators.desktop.date_macros import span
from tests.simulators.desktop.caller import DesktopSimulator, Host

ACMES = ["Acme", "Acme Corp"]


def names(answer: ET.Element) -> list[str]:
    return [row.findtext("FullName") or row.findtext("Name") or "" for row in answer]


@pytest.fixture
def customers(desktop: DesktopSimulator, file: str) -> None:
    for name in ("Acme", "Acme Corp", "Zenith", "beta"):
        desktop.add(file, "Customer", Name=name, IsActive=name != "Zenith")
    desktop.add(file, "Customer", Name="Website", ParentRef="Acme")


@pytest.mark.usefixtures("customers")
@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("", ["Acme", "Acme:Website", "Acme Corp", "beta"]),
        ("<ActiveStatus>All</ActiveStatus>", ["Acme", "Acme:Website", "Acme Corp", "beta", "Zenith"]),
        ("<ActiveStatus>InactiveOnly</ActiveStatus>", ["Zenith"]),
        ("<MaxReturned>2</MaxReturned>", ["Acme", "Acme:Website"]),
        ("<NameFilter><MatchCriterion>StartsWith</MatchCriterion><Name>ACME</Name></NameFilter>", ACMES),
        ("<NameFilter><MatchCriterion>EndsWith</MatchCriterion><Name>site</Name></NameFilter>", ["Acme:Website"]),
        ("<NameFilter><MatchCriterion>Contains</MatchCriterion><Name>et</Name></NameFilter>", ["beta"]),
        ("<NameRangeFilter><FromName>b</FromName><ToName>y</ToName></NameRangeFilter>", ["Acme:Website", "beta"]),
        ("<FullName>ZENITH</FullName><FullName>acme:website</FullName>", ["Zenith", "Acme:Website"]),
        ("<FromModifiedDate>2999-01-01</FromModifiedDate>", []),
        ("<ToModifiedDate>2001-01-01T10</ToModifiedDate>", []),
    ],
)  # fmt: skip
def test_filters(host: Host, asked: str, expected: list[str]) -> None:
    answer = host.one(f"<CustomerQueryRq>{asked}</CustomerQueryRq>")
    assert names(answer) == expected
    assert answer.get("statusCode") == ("0" if expected else "1")


@pytest.mark.usefixtures("customers")
def test_asking_for_what_is_not_there(host: Host) -> None:
    answer = host.one("<CustomerQueryRq><FullName>Acme</FullName><FullName>Keith</FullName></CustomerQueryRq>")
    assert names(answer) == ["Acme"]
    assert (answer.get("statusCode"), answer.get("statusSeverity")) == ("500", "Warn")
    assert answer.get("statusMessage") == (
        'The query request has not been fully completed. There was a required element ("Keith") that could not be '
        "found in QuickBooks."
    )


@pytest.mark.usefixtures("customers")
def test_counting_and_chosen_elements(host: Host) -> None:
    only = host.one('<CustomerQueryRq metaData="MetaDataOnly"/>')
    assert (only.get("retCount"), len(only)) == ("4", 0)
    both = host.one(
        '<CustomerQueryRq metaData="MetaDataAndResponseData"><IncludeRetElement>Sublevel</IncludeRetElement>'
        "<IncludeRetElement>ListID</IncludeRetElement></CustomerQueryRq>"
    )
    assert both.get("retCount") == "4"
    assert [child.tag for child in both[0]] == ["ListID", "Sublevel"]


@pytest.mark.usefixtures("customers")
def test_an_iterator_gives_everything_once(desktop: DesktopSimulator, host: Host) -> None:
    def page(mode: str) -> ET.Element:
        return host.one(f"<CustomerQueryRq {mode}><MaxReturned>2</MaxReturned></CustomerQueryRq>")

    first = page('iterator="Start"')
    assert first.get("iteratorRemainingCount") == "2"
    key = first.get("iteratorID")
    desktop.add(host.file, "Customer", Name="Aaa, made in between")
    second = page(f'iterator="Continue" iteratorID="{key}"')
    assert second.get("iteratorRemainingCount") == "0"
    assert names(first) + names(second) == ["Acme", "Acme:Website", "Acme Corp", "beta"]
    over = page(f'iterator="Continue" iteratorID="{key}"')
    assert over.get("statusCode") == "3000"


@pytest.mark.usefixtures("customers")
def test_an_iterator_ends_with_its_session_and_serves_one_query(host: Host) -> None:
    asked = '<CustomerQueryRq iterator="{}"{}><MaxReturned>1</MaxReturned></CustomerQueryRq>'
    ids = [host.one(asked.format("Start", "")).get("iteratorID") for _ in range(2)]
    vendors = f'<VendorQueryRq iterator="Continue" iteratorID="{ids[0]}"><MaxReturned>1</MaxReturned></VendorQueryRq>'
    assert host.one(vendors).get("statusCode") == "3000"
    assert host.one(f'<CustomerQueryRq iterator="Stop" iteratorID="{ids[1]}"/>').get("statusCode") == "0"
    assert host.one(asked.format("Continue", f' iteratorID="{ids[1]}"')).get("statusCode") == "3000"
    host.end()
    host.begin()
    assert host.one(asked.format("Continue", f' iteratorID="{ids[0]}"')).get("statusCode") == "3000"
    assert host.one('<CustomerQueryRq iterator="Start"/>').get("statusCode") == "3150"


def test_mixed_queries(desktop: DesktopSimulator, host: Host) -> None:
    desktop.add(host.file, "Vendor", Name="Ben")
    desktop.add(host.file, "Customer", Name="Acme")
    assert [row.tag for row in host.one("<EntityQueryRq/>")] == ["CustomerRet", "VendorRet"]
    assert {row.tag for row in host.one("<ItemQueryRq/>")} == {"ItemServiceRet"}
    assert {row.tag for row in host.one("<TermsQueryRq/>")} == {"StandardTermsRet"}


def test_time_by_day_person_and_change(desktop: DesktopSimulator, host: Host) -> None:
    for first in ("Maya", "Finn"):
        desktop.add(host.file, "Employee", FirstName=first)
        for day in ("2026-03-01", "2026-03-02", "2026-03-03"):
            desktop.add(host.file, "TimeTracking", TxnDate=day, EntityRef=first, Duration="PT1H")

    def found(asked: str) -> list[tuple[str, str]]:
        rows = host.one(f"<TimeTrackingQueryRq>{asked}</TimeTrackingQueryRq>")
        return [(row.findtext("TxnDate") or "", row.findtext("EntityRef/FullName") or "") for row in rows]

    days = "<FromTxnDate>2026-03-02</FromTxnDate><ToTxnDate>2026-03-02</ToTxnDate>"
    between = f"<TxnDateRangeFilter>{days}</TxnDateRangeFilter>"
    assert found(between) == [("2026-03-02", "Maya"), ("2026-03-02", "Finn")]
    finn = "<TimeTrackingEntityFilter><FullName>Finn</FullName></TimeTrackingEntityFilter>"
    assert found(between + finn) == [("2026-03-02", "Finn")]
    (last,) = desktop.dump(host.file, "TimeTracking")[-1:]
    since = f"<FromModifiedDate>{last['TimeModified']}</FromModifiedDate>"
    same = f"<ModifiedDateRangeFilter>{since}</ModifiedDateRangeFilter>"
    assert (last["TxnDate"], "Finn") in found(same)
    assert found(f"<TxnID>{last['TxnID']}</TxnID>") == [("2026-03-03", "Finn")]


def test_the_company_host_and_preferences(host: Host) -> None:
    answers = host.ask("<HostQueryRq/><CompanyQueryRq/><PreferencesQueryRq/>")
    (known, company, preferences) = (answer[0] for answer in answers)
    assert [row.text for row in known.findall("SupportedQBXMLVersion")][-1] == "13.0"
    assert known.findtext("QBFileMode") == "SingleUser"
    assert (company.findtext("CompanyName") or "").startswith("Test Books")
    assert preferences.findtext("TimeTrackingPreferences/FirstDayOfWeek") == "Monday"
    assert preferences.findtext("CurrentAppAccessRights/IsAutomaticLoginAllowed") == "true"


def test_summer_times_carry_the_winter_offset_and_are_read_so() -> None:
    july = 1_782_900_000  # 2026-07-01T10:00:00Z, three in the morning of the wall clock in Los Angeles
    assert clock.stamp(clock.wall(july)) == "2026-07-01T03:00:00-08:00"
    assert clock.bound("2026-07-01T03:00:00-08:00", upper=False) == "2026-07-01T03:00:00"
    assert clock.bound("2026-07-01T11:00:00+00:00", upper=False) == "2026-07-01T03:00:00"
    assert clock.bound("2026-07-01", upper=True) == "2026-07-01T23:59:59"
    assert clock.bound("2026-07-01T03", upper=True) == "2026-07-01T03:59:59"


@pytest.mark.parametrize(
    ("macro", "expected"),
    [
        ("All", ("", "")),
        ("Yesterday", ("2026-05-12", "2026-05-12")),
        ("ThisWeek", ("2026-05-10", "2026-05-16")),
        ("LastMonth", ("2026-04-01", "2026-04-30")),
        ("LastMonthToDate", ("2026-04-01", "2026-04-13")),
        ("ThisCalendarQuarterToDate", ("2026-04-01", "2026-05-13")),
        ("LastFiscalYear", ("2025-01-01", "2025-12-31")),
        ("NextFourWeeks", ("2026-05-17", "2026-06-13")),
    ],
)
def test_date_macros(macro: str, expected: tuple[str, str]) -> None:
    assert span(macro, date(2026, 5, 13)) == expected
