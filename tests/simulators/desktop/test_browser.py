"""The pages: looking into a company file and changing it by hand, without a script."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
import requests

from tests.simulators.desktop.caller import DesktopSimulator, Host


class Browser:
    """A person at the pages of one company file."""

    def __init__(self, desktop: DesktopSimulator, file: str) -> None:
        self.desktop, self.file, self.root = desktop, file, f"{desktop.url}/books/{file}"

    def get(self, path: str = "", **parameters: str) -> str:
        answer = requests.get(f"{self.root}{path}", params=parameters, timeout=10)
        assert answer.status_code == 200, answer.text
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "<script" not in answer.text
        assert " style=" not in answer.text
        return answer.text

    def post(self, path: str, status: int = 200, **form: Any) -> str:
        answer = requests.post(f"{self.root}{path}", data=form, timeout=10)
        assert answer.status_code == status, answer.text
        return answer.text


@pytest.fixture
def browser(desktop: DesktopSimulator, file: str) -> Browser:
    return Browser(desktop, file)


KINDS = (
    "customer", "employee", "vendor", "othername", "account", "itemservice", "itemothercharge", "itemnoninventory",
    "class", "payrollitemwage", "standardterms", "datedriventerms", "salestaxcode",
)  # fmt: skip


def test_every_page_opens(browser: Browser) -> None:
    pages = ["", "/time", "/access", "/settings", "/faults", "/journal", "/timetracking/new"]
    for path in [*pages, *(f"/lists/{kind}" for kind in KINDS), *(f"/{kind}/new" for kind in KINDS)]:
        assert re.search("<h[12]", browser.get(path)), path
    for path in ("/lists/nonsense", "/customer/80000001-1", "/lists/timetracking"):
        assert requests.get(f"{browser.root}{path}", timeout=10).status_code == 404
    assert requests.get(f"{browser.desktop.url}/books/nowhere", timeout=10).status_code == 404
    assert browser.file in requests.get(f"{browser.desktop.url}/", timeout=10).text
    assert requests.get(f"{browser.desktop.url}/static/books.css", timeout=10).status_code == 200


def test_a_customer_from_birth_to_deletion(browser: Browser) -> None:
    browser.post("/customer/new", Name="Acme <Corp>", Email="a@acme.example", JobStatus="None")
    browser.post("/customer/new", Name="Website", ParentRef="acme <corp>")
    parent, job = browser.desktop.dump(browser.file, "Customer")
    assert job["FullName"] == "Acme <Corp>:Website"
    assert "Acme &lt;Corp&gt;" in browser.get("/lists/customer")
    page = browser.post(f"/customer/{parent['ListID']}/act", 400, action="delete")
    assert "is being used and cannot be deleted" in page
    browser.post(f"/customer/{job['ListID']}/act", action="inactivate")
    assert "Website" not in browser.get("/lists/customer")
    assert "Website" in browser.get("/lists/customer", inactive="1", q="web")
    browser.post(f"/customer/{job['ListID']}/act", action="activate")
    browser.post(f"/customer/{job['ListID']}/act", action="delete")
    assert [row["Name"] for row in browser.desktop.dump(browser.file, "Customer")] == ["Acme <Corp>"]
    assert [entry["op"] for entry in browser.desktop.journal(browser.file)] == ["add", "add", "mod", "mod", "del"]
    assert browser.get("/journal").count("Customer mod") == 2


def test_a_mistake_keeps_what_was_typed(browser: Browser) -> None:
    browser.post("/customer/new", Name="Acme")
    page = browser.post("/customer/new", 400, Name="ACME", Email="kept@example.com")
    assert "The name &#34;ACME&#34; of the list element is already in use. (3100)" in page
    assert "kept@example.com" in page
    assert len(browser.desktop.dump(browser.file, "Customer")) == 1


def test_time_at_the_screen(browser: Browser) -> None:
    browser.post("/employee/new", FirstName="Maya", LastName="Okafor")
    browser.post("/timetracking/new", TxnDate="2026-03-02", EntityRef="Maya Okafor", Duration="7:30", Notes="Plans")
    (entry,) = browser.desktop.dump(browser.file, "TimeTracking")
    assert (entry["Duration"], entry["BillableStatus"]) == ("PT7H30M", "NotBillable")
    assert "7:30" in browser.get("/time", q="plans")
    assert "No time here." in browser.get("/time", since="2026-03-03")
    page = browser.get(f"/timetracking/{entry['TxnID']}")
    assert "&lt;TimeTrackingRet&gt;" in page
    browser.post(f"/timetracking/{entry['TxnID']}", TxnDate="2026-03-02", EntityRef="Maya Okafor", Duration="2.25")
    (entry,) = browser.desktop.dump(browser.file, "TimeTracking")
    assert entry["Duration"] == "PT2H15M"
    assert "Notes" not in entry
    browser.post(f"/timetracking/{entry['TxnID']}/act", action="delete")
    assert browser.desktop.dump(browser.file, "TimeTracking") == []


def test_a_person_answers_the_access_dialog(browser: Browser, make_host: Callable[..., Host]) -> None:
    host, done = make_host("BigTime Sync Agent"), []
    browser.desktop.conditions(browser.file, access_answer=None)
    waiting = threading.Thread(target=lambda: done.append(host.begin()))
    waiting.start()
    for _ in range(100):
        if "is asking for access" in browser.get():
            break
        time.sleep(0.02)
    page = browser.get("/access")
    for words in (
        "No", "Yes, prompt each time", "Yes, whenever this QuickBooks company file is open",
        "Yes, Always; Allow Access Even If QuickBooks Is Not Running",
    ):  # fmt: skip
        assert f"<strong>{words}</strong>" in page
    browser.post("/access", app="BigTime Sync Agent", action="always")
    waiting.join(10)
    assert len(done) == 1
    assert "is asking for access" not in browser.get()
    browser.post("/access", app="BigTime Sync Agent", action="remove")
    assert browser.desktop.call("GET", f"/{browser.file}/access")["grants"] == []


def test_conditions_and_faults_by_form(browser: Browser) -> None:
    browser.post("/faults", action="conditions", modal_dialog="1", slow="0.5", locked_record="* 8-1")
    state = browser.desktop.conditions(browser.file)
    assert (state["modal_dialog"], state["slow"], state["locked_record"]) == (True, 0.5, ["*", "8-1"])
    assert state["access_answer"] is None
    browser.post("/faults", action="add", effect="3175", operation="Add", entity="TimeTracking", count="", method="any")
    browser.post("/faults", action="add", effect="0x80040402", operation="any", method="BeginSession", count="2")
    rules = browser.desktop.call("GET", f"/{browser.file}/faults")["faults"]
    assert [(rule["code"], rule["hresult"], rule["count"]) for rule in rules] == [
        (3175, "", None),
        (0, "0x80040402", 2),
    ]
    assert "must be" in browser.post("/faults", 400, action="conditions", slow="much")
    browser.post("/faults", action="remove", id=str(rules[0]["id"]))
    browser.post("/faults", action="clear")
    assert browser.desktop.call("GET", f"/{browser.file}/faults") == {"faults": []}


def test_every_condition_is_on_the_panel_and_kept_by_it(browser: Browser) -> None:
    page = browser.get("/faults").partition("<form")[2].partition("Faults waiting")[0]
    state = browser.desktop.conditions(browser.file)
    assert set(re.findall(r'name="(\w+)"', page)) - {"action"} == set(state)
    browser.desktop.conditions(browser.file, rest_after_stop="absent")
    assert "<option selected>absent</option>" in browser.get("/faults")
    browser.post("/faults", action="conditions", rest_after_stop="absent", access_answer="once")
    kept = {"rest_after_stop": "absent", "access_answer": "once"}
    assert browser.desktop.conditions(browser.file) == {**state, **kept}


def test_settings_and_filling_by_form(browser: Browser) -> None:
    browser.post("/settings", name="Renamed", closing="2026-01-31", IsUsingClassTracking="1")
    kept = browser.desktop.call("GET", f"/{browser.file}/settings")
    assert kept["company"]["CompanyName"] == "Renamed"
    assert kept["preferences"]["AccountingPreferences"]["ClosingDate"] == "2026-01-31"
    assert kept["preferences"]["AccountingPreferences"]["IsUsingClassTracking"] == "true"
    browser.post("/settings", action="fill", customers="60", jobs="0", time_entries="3")
    assert "Page 1 of 2" in browser.get("/lists/customer")


def test_forms_from_other_sites_do_nothing(browser: Browser) -> None:
    answer = requests.post(
        f"{browser.root}/customer/new",
        data={"Name": "Acme"},
        headers={"Origin": "http://elsewhere.example"},
        timeout=10,
    )
    assert answer.status_code == 403
    assert browser.desktop.dump(browser.file, "Customer") == []
