"""Change data capture."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.simulators.online.caller import Caller, Json, ref


def since(**ago: float) -> str:
    return (datetime.now(UTC) - timedelta(**ago)).isoformat(timespec="seconds")


def parts(api: Caller, entities: str, moment: str) -> list[Json]:
    answer = api.get("cdc", entities=entities, changedSince=moment)
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json()["CDCResponse"][0]["QueryResponse"]
    return found


def error(api: Caller, entities: str, moment: str) -> str:
    answer = api.get("cdc", entities=entities, changedSince=moment)
    assert answer.status_code == 400
    return str(answer.json()["Fault"]["Error"][0]["code"])


def test_one_part_for_each_entity_inactive_ones_included(api: Caller) -> None:
    api.change("Customer", api.customer(DisplayName="Gone"), Active=False)
    customers, vendors = parts(api, "Customer,Vendor", since(hours=1))
    assert [row["DisplayName"] for row in customers["Customer"]] == ["Gone (deleted)"]
    assert (customers["startPosition"], customers["maxResults"]) == (1, 1)
    assert vendors == {}


def test_nothing_older_than_thirty_days_and_only_known_entities(api: Caller) -> None:
    assert error(api, "Customer", since(days=31)) == "4001"
    assert error(api, "Nonsense", since(hours=1)) == "2000"
    assert error(api, "Customer", "yesterday") == "2060"
    assert error(api, "", since(hours=1)) == "2020"


def test_time_is_left_out_by_default(api: Caller, configure: Callable[..., Any]) -> None:
    person = api.employee()
    entry = api.create("TimeActivity", NameOf="Employee", EmployeeRef=ref(person), Hours=1)
    assert error(api, "TimeActivity", since(hours=1)) == "4001"
    configure(cdc_time_activity="silent")
    assert parts(api, "TimeActivity", since(hours=1)) == [{}]
    configure(cdc_time_activity="supported")
    assert [row["Id"] for row in parts(api, "TimeActivity", since(hours=1))[0]["TimeActivity"]] == [entry["Id"]]
    api.post("timeactivity", {"Id": entry["Id"], "SyncToken": "0"}, operation="delete")
    gone = parts(api, "TimeActivity", since(hours=1))[0]["TimeActivity"]
    assert [(row["Id"], row["status"]) for row in gone] == [(entry["Id"], "Deleted")]


def test_the_answer_is_cut_at_a_thousand_objects(api: Caller) -> None:
    api.simulator.fill(api.realm, customers=10_000)
    found = parts(api, "Customer,Account", since(days=29))
    assert sum(part.get("maxResults", 0) for part in found) == 1000
