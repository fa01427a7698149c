"""The query language over HTTP."""

from __future__ import annotations

import pytest

from tests.simulators.online.caller import Caller, ref


@pytest.fixture
def stocked(api: Caller) -> Caller:
    for number in range(1, 8):
        api.customer(DisplayName=f"Client {number}", CompanyName="Big" if number % 2 else "Small")
    return api


def names(found: dict[str, list[dict[str, str]]]) -> list[str]:
    return [row["DisplayName"] for row in found.get("Customer", [])]


def test_everything_comes_in_order_of_creation_with_positions(stocked: Caller) -> None:
    found = stocked.query("select * from Customer")
    assert names(found) == [f"Client {number}" for number in range(1, 8)]
    assert (found["startPosition"], found["maxResults"]) == (1, 7)


def test_pages(stocked: Caller) -> None:
    found = stocked.query("SELECT * FROM Customer STARTPOSITION 6 MAXRESULTS 5")
    assert names(found) == ["Client 6", "Client 7"]
    assert (found["startPosition"], found["maxResults"]) == (6, 2)
    assert stocked.query("select * from Customer startposition 8") == {}


@pytest.mark.parametrize(
    ("where", "wanted"),
    [
        ("DisplayName = 'client 3'", [3]),
        ("DisplayName LIKE '%T 3'", [3]),
        ("DisplayName IN ('Client 1', 'Client 7')", [1, 7]),
        ("CompanyName = 'Big' AND DisplayName > 'Client 4'", [5, 7]),
        ("CompanyName = 'Big' AND DisplayName <= 'Client 3'", [1, 3]),
        ("CompanyName != 'Big'", [2, 4, 6]),
        ("Balance = 0 AND DisplayName = 'Client 2'", [2]),
        ("Balance = '0.00' AND DisplayName = 'Client 2'", [2]),
        ("Active = True AND DisplayName = 'Client 2'", [2]),
        ("PrimaryEmailAddr = 'none@example.com'", []),
    ],
)
def test_where(stocked: Caller, where: str, wanted: list[int]) -> None:
    assert names(stocked.query(f"select * from customer where {where}")) == [f"Client {n}" for n in wanted]


def test_order(stocked: Caller) -> None:
    for keyword in ("ORDERBY", "ORDER BY"):
        found = stocked.query(f"select * from Customer {keyword} CompanyName DESC, DisplayName DESC")
        assert names(found) == [f"Client {number}" for number in (6, 4, 2, 7, 5, 3, 1)]


def test_ids_allow_only_equality(stocked: Caller) -> None:
    first = stocked.query("select * from Customer maxresults 1")["Customer"][0]
    assert names(stocked.query(f"select * from Customer where Id = '{first['Id']}'")) == ["Client 1"]
    assert names(stocked.query(f"select * from Customer where Id IN ('{first['Id']}', '99999')")) == ["Client 1"]
    assert stocked.query_error("select * from Customer where Id > '1'")["code"] == "4001"


def test_inactive_ones_hide_unless_asked_for(stocked: Caller) -> None:
    first = stocked.query("select * from Customer maxresults 1")["Customer"][0]
    stocked.change("Customer", first, Active=False)
    assert stocked.query("select count(*) from Customer") == {"totalCount": 6}
    assert stocked.query("select count(*) from Customer where Active in (true, false)") == {"totalCount": 7}
    assert names(stocked.query("select * from Customer where Active = false")) == ["Client 1 (deleted)"]


def test_partial_objects_are_sparse(stocked: Caller) -> None:
    found = stocked.query("select Id, DisplayName from Customer maxresults 1")["Customer"][0]
    assert found == {"Id": found["Id"], "DisplayName": "Client 1", "domain": "QBO", "sparse": True}
    assert "Balance" in stocked.query("select *, DisplayName from Customer maxresults 1")["Customer"][0]


def test_escaped_quotes_and_backslashes(api: Caller) -> None:
    api.customer(DisplayName="O'Brien \\ Sons")
    assert names(api.query(r"select * from Customer where DisplayName = 'O\'Brien \\ Sons'")) == ["O'Brien \\ Sons"]


def test_times_compare_as_instants(stocked: Caller) -> None:
    first = stocked.query("select * from Customer maxresults 1")["Customer"][0]
    moment = first["MetaData"]["LastUpdatedTime"]
    both = "orderby MetaData.LastUpdatedTime"
    assert len(names(stocked.query(f"select * from Customer where MetaData.LastUpdatedTime >= '{moment}' {both}"))) == 7
    later = "2099-01-01T00:00:00Z"
    assert stocked.query(f"select * from Customer where Metadata.CreateTime > '{later}'") == {}
    assert len(names(stocked.query(f"select * from Customer where MetaData.CreateTime < '{later}'"))) == 7


def test_changes_come_in_order_of_change(stocked: Caller) -> None:
    first = stocked.query("select * from Customer maxresults 1")["Customer"][0]
    stocked.change("Customer", first, Notes="changed")
    statement = "select * from Customer where MetaData.LastUpdatedTime > '2020-01-01' orderby MetaData.LastUpdatedTime"
    assert names(stocked.query(statement))[-1] == "Client 1"
    assert len(names(stocked.query(statement))) == 7


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("select from Customer", "4000"),
        ("select * from", "4000"),
        ("", "4000"),
        ("select * from Customer where DisplayName = 'open", "4000"),
        ("select * from Customer where DisplayName = 'a' or DisplayName = 'b'", "4000"),
        ("select * from Customer where DisplayName ~ 'a'", "4000"),
        ("select * from Nonsense", "4001"),
        ("select * from Customer startposition 0", "4001"),
        ("select * from Customer where Job = true", "4001"),
        ("select * from Customer orderby Notes", "4001"),
        ("select Nonsense from Customer", "4001"),
        ("select * from Vendor where PrimaryEmailAddr = 'a@b.c'", "4001"),
        ("select * from TimeActivity where EmployeeRef = '1'", "4001"),
        ("select * from TimeActivity where CustomerRef = '1'", "4001"),
        ("select * from Customer where MetaData.CreateTime > 'soon'", "4001"),
    ],
)
def test_what_cannot_be_asked(stocked: Caller, statement: str, code: str) -> None:
    assert stocked.query_error(statement)["code"] == code


def test_time_is_found_by_day_and_billing(api: Caller) -> None:
    person, customer = api.employee(), api.customer()
    for day in ("2026-03-01", "2026-03-02", "2026-03-03"):
        api.create("TimeActivity", NameOf="Employee", EmployeeRef=ref(person), Hours=1, TxnDate=day)
    who = {"NameOf": "Employee", "EmployeeRef": ref(person), "CustomerRef": ref(customer)}
    api.create("TimeActivity", **who, Hours=1, TxnDate="2026-03-02", BillableStatus="Billable")
    assert len(api.query("select * from TimeActivity where TxnDate >= '2026-03-02'")["TimeActivity"]) == 3
    found = api.query("select * from TimeActivity where TxnDate = '2026-03-02' and BillableStatus = 'Billable'")
    assert len(found["TimeActivity"]) == 1


def test_strictness_can_be_turned_off(stocked: Caller, configure: object) -> None:
    stocked.simulator.config(strict_filters=False)
    assert stocked.query("select count(*) from Customer where Job = false") == {"totalCount": 7}
