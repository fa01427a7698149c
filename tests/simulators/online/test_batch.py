"""Batches: each item stands alone, and the answer is 200 whatever becomes of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.simulators.online.caller import Caller, Json


def create(bid: str, **fields: Any) -> Json:
    return {"bId": bid, "operation": "create", "Customer": fields}


def test_items_succeed_and_fail_alone(api: Caller) -> None:
    stored = api.customer(DisplayName="Taken")
    stale = {"Id": stored["Id"], "SyncToken": "7", "sparse": True, "Notes": "x"}
    answers = api.batch(
        [
            create("a", DisplayName="New"),
            create("b", DisplayName="Taken"),
            {"bId": "c", "operation": "update", "Customer": stale},
            {"bId": "d", "Query": "select count(*) from Customer"},
            {"bId": "e", "operation": "dance", "Customer": {}},
            {"bId": "f", "operation": "create", "Nonsense": {}},
            {"bId": "g", "operation": "update", "Customer": {"DisplayName": "No id"}},
        ]
    )
    by_bid = {answer["bId"]: answer for answer in answers}
    assert by_bid["a"]["Customer"]["DisplayName"] == "New"
    assert by_bid["d"]["QueryResponse"] == {"totalCount": 2}
    codes = {bid: answer["Fault"]["Error"][0]["code"] for bid, answer in by_bid.items() if "Fault" in answer}
    assert codes == {"b": "6240", "c": "5010", "e": "500", "f": "2000", "g": "2020"}
    assert [entry["batch"] for entry in api.journal()] == [None, "a"]


def test_an_item_cannot_use_another_items_result_but_sees_what_is_done(api: Caller) -> None:
    answers = api.batch([create("1", DisplayName="Same"), create("2", DisplayName="Same")])
    assert "Customer" in answers[0]
    assert answers[1]["Fault"]["Error"][0]["code"] == "6240"


def test_more_than_thirty_items_are_refused_whole(api: Caller) -> None:
    answer = api.post("batch", {"BatchItemRequest": [create(str(n), DisplayName=f"C {n}") for n in range(31)]})
    assert answer.status_code == 400
    assert answer.json()["Fault"]["Error"][0]["code"] == "1040"
    assert api.journal() == []


def test_an_empty_batch_is_refused(api: Caller) -> None:
    assert api.post("batch", {"BatchItemRequest": []}).json()["Fault"]["Error"][0]["code"] == "2020"


def test_items_run_one_after_the_other_and_stop_at_the_cut_off(api: Caller, configure: Callable[..., Any]) -> None:
    configure(item_latency=0.05, max_execution=0.12)
    answer = api.post("batch", {"BatchItemRequest": [create(str(n), DisplayName=f"C {n}") for n in range(10)]})
    assert answer.status_code == 504
    done = [entry["batch"] for entry in api.journal()]
    assert done == [str(n) for n in range(len(done))]
    assert 1 <= len(done) <= 2
