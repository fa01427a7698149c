"""Restarting, filling, resetting, and the journal."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.error
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from simulators.remote import ROOT
from tests.simulator import running
from tests.simulators.online.caller import Caller

NORTHWIND = "9341453172000001"
ENTITIES = ("Customer", "Employee", "Vendor", "Account", "Item", "Class", "Term", "TimeActivity", "Preferences")


def books(api: Caller) -> dict[str, Any]:
    return {entity: api.simulator.dump(api.realm, entity) for entity in ENTITIES}


def test_a_killed_simulator_comes_back_as_it_was(tmp_path: Path) -> None:
    with running(tmp_path, "--seed", "demo") as simulator:
        api = Caller(simulator, NORTHWIND)
        simulator.config(requestid="ignored", minute=2)
        customer = api.customer(DisplayName="Kept")
        renamed = api.change("Customer", api.query("select * from Customer maxresults 1")["Customer"][0], Notes="new")
        entry = api.query("select * from TimeActivity orderby TxnDate desc maxresults 1")["TimeActivity"][0]
        api.post("timeactivity", {"Id": entry["Id"], "SyncToken": entry["SyncToken"]}, operation="delete")
        simulator.fill(NORTHWIND, customers=20, jobs=30, time_activities=50)
        extra = simulator.create_realm("Extra Books")
        before, journal, tokens = books(api), simulator.journal(""), api.tokens
    with (tmp_path / "log.jsonl").open("ab") as log:
        log.write(b'{"t":"write","seq":99')  # a line that a kill tore off
    with running(tmp_path) as simulator:
        again = Caller(simulator, NORTHWIND)
        assert books(again) == before
        assert simulator.journal("") == journal
        assert simulator.call("GET", "/config")["requestid"] == "ignored"
        again.session.headers["Authorization"] = f"Bearer {tokens['access_token']}"
        assert again.get(f"customer/{customer['Id']}").json()["Customer"]["DisplayName"] == "Kept"
        assert again.change("Customer", renamed, Notes="newer")["SyncToken"] == "2"
        assert int(again.customer()["Id"]) > int(customer["Id"]) + 50
        assert simulator.dump(extra, "CompanyInfo")[0]["CompanyName"] == "Extra Books"


def test_kept_answers_survive_too(tmp_path: Path) -> None:
    with running(tmp_path, "--seed", "demo") as simulator:
        api = Caller(simulator, NORTHWIND)
        first = api.post("customer", {"DisplayName": "Once"}, requestid="r")
    with running(tmp_path) as simulator:
        again = Caller(simulator, NORTHWIND).post("customer", {"DisplayName": "Once"}, requestid="r")
        assert again.content == first.content


def test_the_demo_has_what_the_demo_firm_needs(tmp_path: Path) -> None:
    with running(tmp_path, "--seed", "demo") as simulator:
        realms = simulator.call("GET", "/realms")["realms"]
        assert [(realm["name"], realm["currency"]) for realm in realms] == [
            ("Northwind Consulting Group", "USD"), ("Harbor Street Bakery", "USD"), ("Maple Advisory Inc.", "CAD")
        ]  # fmt: skip
        people = simulator.dump(NORTHWIND, "Employee")
        assert (len(people), sum(not person["Active"] for person in people)) == (14, 2)
        assert {"Maya Okafor", "Finn O'Connell", "Hugo Fernández"} <= {person["DisplayName"] for person in people}
        vendors = {vendor["DisplayName"]: vendor for vendor in simulator.dump(NORTHWIND, "Vendor")}
        assert vendors["Ben Ortiz"]["Vendor1099"] is True
        customers = simulator.dump(NORTHWIND, "Customer")
        assert (sum(not c["Job"] for c in customers), sum(c["Job"] for c in customers)) == (25, 40)
        assert max(customer["Level"] for customer in customers) == 3
        entries = simulator.dump(NORTHWIND, "TimeActivity")
        assert len(entries) == 60
        closed = simulator.call("GET", f"/{NORTHWIND}/closing")["date"]
        assert 0 < sum(entry["TxnDate"] <= closed for entry in entries) < 10


def test_filled_to_size_it_answers_by_pages(api: Caller) -> None:
    api.simulator.fill(api.realm, customers=1000, jobs=5000, time_activities=20_000)
    assert api.query("select count(*) from TimeActivity") == {"totalCount": 20_000}
    assert api.query("select count(*) from Customer") == {"totalCount": 6000}
    page = api.query("select * from TimeActivity startposition 19001 maxresults 1000")["TimeActivity"]
    assert (len(page), page[-1]["Id"]) == (1000, "20000")
    job = api.query("select * from Customer startposition 6000")["Customer"][0]
    parent = api.get(f"customer/{job['ParentRef']['value']}").json()["Customer"]
    assert job["FullyQualifiedName"] == f"{parent['DisplayName']}:{job['DisplayName']}"
    changed = api.change("TimeActivity", page[0], Hours=8)
    assert (changed["SyncToken"], changed["Hours"]) == ("1", 8)


def test_keyset_paging_by_time_of_change_sees_every_row_once(api: Caller) -> None:
    api.simulator.fill(api.realm, customers=10, jobs=20, time_activities=3000)
    seen: list[str] = []
    since = "2020-01-01T00:00:00Z"
    while True:
        where = f"where MetaData.LastUpdatedTime >= '{since}' orderby MetaData.LastUpdatedTime maxresults 700"
        rows = api.query(f"select * from TimeActivity {where}")["TimeActivity"]
        fresh = [row["Id"] for row in rows if row["Id"] not in seen]
        if not fresh:
            break
        seen += fresh
        since = rows[-1]["MetaData"]["LastUpdatedTime"]
    assert len(seen) == len(set(seen)) == 3000


def test_the_journal_is_read_from_a_number_on(api: Caller) -> None:
    first = api.customer(DisplayName="First")
    seq = api.journal()[-1]["seq"]
    api.change("Customer", first, Notes="x")
    (entry,) = api.simulator.journal(api.realm, after=seq)
    assert (entry["op"], entry["entity"], entry["id"], entry["sync_token"]) == ("update", "Customer", first["Id"], "1")
    assert entry["body"]["Notes"] == "x"
    assert api.simulator.journal(api.realm, entity="Vendor") == []


def test_wrong_settings_are_refused_in_words(api: Caller, configure: Callable[..., Any]) -> None:
    before = api.simulator.call("GET", "/config")
    for wrong in ({"minute": 0}, {"minute": "soon"}, {"nonsense": 1}, {"requestid": "maybe"}, {"limits": 1}):
        with pytest.raises(urllib.error.HTTPError) as caught:
            configure(item_latency=1, **wrong)
        assert caught.value.code == 400
        assert b'"error":"' in caught.value.read()
        caught.value.close()
    assert api.simulator.call("GET", "/config") == before
    assert configure(minute="500ms")["execution_limit"] == 1.0


def test_a_wrong_minute_on_the_command_line_is_one_sentence(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "simulators.online", "--data", str(tmp_path), "--minute", "soon"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (2, "--minute: 'soon' is no duration; write it like 1s, 500ms or 60s.\n")


def test_a_late_write_does_not_reach_the_books_that_a_reset_made(tmp_path: Path) -> None:
    with running(tmp_path, "--seed", "demo") as simulator:
        api = Caller(simulator, NORTHWIND)
        simulator.faults(NORTHWIND, [{"kind": "late_commit", "seconds": 0.3}])
        with pytest.raises(requests.ConnectionError):
            api.post("customer", {"DisplayName": "Late"})
        simulator.reset("demo")
        time.sleep(0.5)
        assert simulator.journal(NORTHWIND) == []
