"""``requestid`` in each of its modes: honest, ignored, forgotten, and refused on a repeated batch."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.simulators.online.caller import Caller


def test_the_same_id_gives_the_same_answer_and_one_object(api: Caller) -> None:
    first = api.post("customer", {"DisplayName": "Once"}, requestid="r-1")
    second = api.post("customer", {"DisplayName": "Once"}, requestid="r-1")
    assert first.status_code == second.status_code == 200
    assert second.content == first.content
    assert [entry["requestid"] for entry in api.journal()] == ["r-1"]


def test_ids_belong_to_a_company(api: Caller) -> None:
    api.post("customer", {"DisplayName": "Once"}, requestid="shared")
    other = Caller(api.simulator, api.simulator.create_realm("Other Books"))
    assert other.post("customer", {"DisplayName": "Once"}, requestid="shared").status_code == 200
    assert len(other.journal()) == 1


def test_refusals_are_not_kept(api: Caller) -> None:
    blocker = api.customer(DisplayName="Busy")
    assert api.post("customer", {"DisplayName": "Busy"}, requestid="r").status_code == 400
    api.change("Customer", blocker, DisplayName="Free now")
    assert api.post("customer", {"DisplayName": "Busy"}, requestid="r").status_code == 200


def test_a_second_call_waits_for_the_first(api: Caller, configure: Callable[..., Any]) -> None:
    configure(call_latency=0.3)
    with ThreadPoolExecutor(2) as pool:
        calls = [pool.submit(api.post, "customer", {"DisplayName": "Once"}, 20, requestid="r") for _ in range(2)]
    bodies = [call.result().content for call in calls]
    assert bodies[0] == bodies[1]
    assert len(api.journal()) == 1


def test_ignored_ids_make_duplicates(api: Caller, configure: Callable[..., Any]) -> None:
    configure(requestid="ignored")
    person = api.employee()
    body = {"NameOf": "Employee", "EmployeeRef": {"value": person["Id"]}, "Hours": 1}
    ids = {api.post("timeactivity", body, requestid="r").json()["TimeActivity"]["Id"] for _ in range(2)}
    assert len(ids) == 2


def test_forgotten_after_a_while(api: Caller, configure: Callable[..., Any]) -> None:
    configure(requestid="forgotten", requestid_retention=0.2)
    assert api.post("customer", {"DisplayName": "Once"}, requestid="r").status_code == 200
    assert api.post("customer", {"DisplayName": "Once"}, requestid="r").status_code == 200
    time.sleep(0.25)
    late = api.post("customer", {"DisplayName": "Once"}, requestid="r")
    assert late.json()["Fault"]["Error"][0]["code"] == "6240"


def test_a_repeated_batch_can_answer_6000(api: Caller, configure: Callable[..., Any]) -> None:
    configure(requestid="batch_6000")
    items = [{"bId": "1", "operation": "create", "Customer": {"DisplayName": "Once"}}]
    api.batch(items, requestid="b")
    again = api.post("batch", {"BatchItemRequest": items}, requestid="b")
    assert (again.status_code, again.json()["Fault"]["Error"][0]["code"]) == (400, "6000")
    assert len(api.journal()) == 1


def test_long_ids_are_refused(api: Caller) -> None:
    def code(path: str, body: Any, requestid: str) -> str:
        return str(api.post(path, body, requestid=requestid).json()["Fault"]["Error"][0]["code"])

    item = {"bId": "12345678901", "operation": "create", "Customer": {"DisplayName": "x"}}
    assert code("customer", {"DisplayName": "x"}, "r" * 51) == "2130"
    assert code("batch", {"BatchItemRequest": [{**item, "bId": "1"}]}, "r" * 37) == "2130"
    assert code("batch", {"BatchItemRequest": [item]}, "r") == "2130"
    assert api.journal() == []
