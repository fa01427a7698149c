"""Each fault of the panel: what the client sees, and what is really written."""

from __future__ import annotations

import time
import urllib.error
from typing import Any

import pytest
import requests

from simulators.online.faults import KINDS
from tests.simulators.online.caller import Caller


def order(api: Caller, kind: str, **rule: Any) -> None:
    api.simulator.faults(api.realm, [{"kind": kind, "match": {"operation": "write"}, **rule}])


@pytest.mark.parametrize(
    ("kind", "status", "code"), [("unauthorized", 401, "3200"), ("forbidden", 403, "3100"), ("throttled", 429, "3001")]
)
def test_the_gateways_refusals_do_nothing_and_happen_once(api: Caller, kind: str, status: int, code: str) -> None:
    order(api, kind)
    answer = api.post("customer", {"DisplayName": "A"})
    assert (answer.status_code, answer.json()["fault"]["error"][0]["code"]) == (status, code)
    assert api.journal() == []
    assert api.post("customer", {"DisplayName": "A"}).status_code == 200


@pytest.mark.parametrize(("kind", "status"), [("error_500", 500), ("error_503", 503), ("html", 200)])
@pytest.mark.parametrize("commit", [False, True])
def test_broken_answers_may_or_may_not_have_written(api: Caller, kind: str, status: int, *, commit: bool) -> None:
    order(api, kind, commit=commit)
    answer = api.post("customer", {"DisplayName": "A"})
    assert answer.status_code == status
    assert "json" not in answer.headers["Content-Type"]
    assert len(api.journal()) == int(commit)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("late_commit", "reset_before", "reset_after")])
def test_every_kind_on_the_panel_can_befall_a_write(api: Caller, kind: str) -> None:
    order(api, kind, **({"code": "6240"} if kind == "code" else {}))
    assert api.post("customer", {"DisplayName": "A"}).text != "Internal Server Error", "the simulator's own failure"
    assert api.simulator.call("GET", f"/{api.realm}/faults")["faults"] == []


def test_truncated_json_after_the_write(api: Caller) -> None:
    order(api, "truncated")
    with pytest.raises(requests.JSONDecodeError):
        api.post("customer", {"DisplayName": "A"}).json()
    assert len(api.journal()) == 1


def test_slow_answers_outlive_an_impatient_client(api: Caller) -> None:
    order(api, "slow", seconds=0.4)
    with pytest.raises(requests.ReadTimeout):
        api.post("customer", {"DisplayName": "A"}, 0.1)
    assert api.journal() == []
    time.sleep(0.6)
    assert len(api.journal()) == 1


def test_nothing_is_slower_than_the_cut_off(api: Caller) -> None:
    api.simulator.config(max_execution=0.1)
    order(api, "slow", seconds=60)
    assert api.post("customer", {"DisplayName": "A"}).status_code == 504
    assert api.journal() == []


@pytest.mark.parametrize(("kind", "written"), [("reset_before", 0), ("reset_after", 1)])
def test_resets_are_real_tcp_resets(api: Caller, kind: str, written: int) -> None:
    order(api, kind)
    with pytest.raises(requests.ConnectionError, match="Connection reset by peer"):
        api.post("customer", {"DisplayName": "A"})
    assert len(api.journal()) == written


def test_a_late_commit_comes_after_the_client_has_gone(api: Caller) -> None:
    order(api, "late_commit", seconds=2.0)
    began = time.monotonic()
    with pytest.raises(requests.ConnectionError):
        api.post("customer", {"DisplayName": "A"})
    assert api.journal() == []
    assert time.monotonic() - began < 2.0
    until = began + 60
    while not api.journal() and time.monotonic() < until:
        time.sleep(0.1)
    assert [entry["body"]["DisplayName"] for entry in api.journal()] == ["A"]


def test_a_cut_answer_is_kept_for_its_requestid(api: Caller) -> None:
    order(api, "reset_after")
    with pytest.raises(requests.ConnectionError):
        api.post("customer", {"DisplayName": "A"}, requestid="r")
    again = api.post("customer", {"DisplayName": "A"}, requestid="r")
    assert again.json()["Customer"]["Id"] == api.journal()[0]["id"]
    assert len(api.journal()) == 1


@pytest.mark.parametrize(
    ("kind", "code"), [("stale", "5010"), ("closed_period", "6200"), ("read_only", "6190"), ("system", "10000")]
)
def test_refusals_of_single_writes(api: Caller, kind: str, code: str) -> None:
    order(api, kind)
    assert api.refused("Customer", DisplayName="A")["code"] == code


def test_one_item_of_a_batch(api: Caller) -> None:
    match = {"entity": "Customer", "operation": "create", "batch_item": 1}
    order(api, "code", code="2500", detail="Names element id 77 not found", match=match)
    items = [{"bId": str(n), "operation": "create", "Customer": {"DisplayName": f"C{n}"}} for n in range(3)]
    answers = api.batch(items)
    assert ["Customer" in answer for answer in answers] == [True, False, True]
    assert answers[1]["Fault"]["Error"][0]["Detail"] == "Names element id 77 not found"


def test_rules_match_their_calls_only_skip_and_count(api: Caller) -> None:
    match = {"entity": "Vendor", "operation": "create"}
    order(api, "error_503", match=match, skip=1, count=2)
    assert api.customer()
    statuses = [api.post("vendor", {"DisplayName": f"V{n}"}).status_code for n in range(5)]
    assert statuses == [200, 503, 503, 200, 200]
    assert api.simulator.call("GET", f"/{api.realm}/faults") == {"faults": []}


@pytest.mark.parametrize(
    "rule",
    [
        {"kind": "earthquake"},
        {"kind": "stale", "match": {"entity": "Nonsense"}},
        {"kind": "stale", "match": {"operation": "dance"}},
        {"kind": "stale", "count": 0},
        {"kind": "code", "code": "1"},
    ],
)
def test_wrong_rules_are_refused_and_change_nothing(api: Caller, rule: dict[str, Any]) -> None:
    order(api, "stale")
    before = api.simulator.call("GET", f"/{api.realm}/faults")
    with pytest.raises(urllib.error.HTTPError, match="400"):
        api.simulator.faults(api.realm, [rule])
    assert api.simulator.call("GET", f"/{api.realm}/faults") == before
