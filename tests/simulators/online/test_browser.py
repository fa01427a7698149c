"""The pages: looking into the books and changing them by hand, without a script."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.simulators.online.caller import Caller, ref


class Browser:
    """A person at the pages of one company."""

    def __init__(self, api: Caller) -> None:
        self.api, self.root = api, f"{api.simulator.url}/books/{api.realm}"

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
def browser(api: Caller) -> Browser:
    return Browser(api)


@pytest.mark.parametrize(
    "path",
    [
        "", "/lists/customer", "/lists/employee", "/lists/vendor", "/lists/account", "/lists/item", "/lists/class",
        "/lists/term", "/time", "/settings", "/faults", "/journal", "/apps", "/customer/new", "/employee/new",
        "/vendor/new", "/account/new", "/item/new", "/class/new", "/term/new", "/timeactivity/new", "/account/31",
    ],
)  # fmt: skip
def test_every_page_opens(browser: Browser, path: str) -> None:
    assert "<h1" in browser.get(path)


def test_companies_and_unknown_places(browser: Browser) -> None:
    assert "Test Books" in requests.get(f"{browser.api.simulator.url}/", timeout=10).text
    assert requests.get(f"{browser.api.simulator.url}/simulator", timeout=10).status_code == 200
    for path in ("/lists/nonsense", "/customer/99999"):
        assert requests.get(f"{browser.root}{path}", timeout=10).status_code == 404
    assert requests.get(f"{browser.api.simulator.url}/books/1", timeout=10).status_code == 404


def test_a_customer_from_birth_to_inactivity(browser: Browser) -> None:
    browser.post("/customer/new", DisplayName="Acme <Corp>", PrimaryEmailAddr="a@acme.example")
    browser.post("/customer/new", DisplayName="Website", ParentRef="acme <corp>")
    job, parent = (browser.api.query(f"select * from Customer where DisplayName = '{name}'")["Customer"][0]
                   for name in ("Website", "Acme <Corp>"))  # fmt: skip
    assert (job["Job"], job["ParentRef"]["value"]) == (True, parent["Id"])
    assert "Acme &lt;Corp&gt;" in browser.get("/lists/customer")
    browser.post(f"/customer/{job['Id']}", DisplayName="Website", ParentRef="", SyncToken="0")
    assert browser.api.get(f"customer/{job['Id']}").json()["Customer"]["Job"] is False
    browser.post(f"/customer/{job['Id']}/act", action="inactivate")
    assert "Website" not in browser.get("/lists/customer")
    assert "Website (deleted)" in browser.get("/lists/customer", inactive="1")
    browser.post(f"/customer/{job['Id']}/act", action="activate")
    assert "Website" in browser.get("/lists/customer", q="WEBSITE")
    assert [entry["via"] for entry in browser.api.journal()] == ["browser"] * 5


def test_a_refused_form_keeps_what_was_typed(browser: Browser) -> None:
    browser.api.customer(DisplayName="Taken")
    page = browser.post("/customer/new", 400, DisplayName="Taken", Notes="typed long and carefully")
    assert "(6240)" in page
    assert "typed long and carefully" in page
    assert "no customer called Nobody" in browser.post("/customer/new", 400, DisplayName="Job", ParentRef="Nobody")


def test_a_form_from_before_somebody_elses_change_is_stale(browser: Browser) -> None:
    customer = browser.api.customer(DisplayName="Busy")
    browser.api.change("Customer", customer, Notes="theirs")
    page = browser.post(f"/customer/{customer['Id']}", 400, DisplayName="Mine", SyncToken="0")
    assert "(5010)" in page
    assert browser.api.get(f"customer/{customer['Id']}").json()["Customer"]["Notes"] == "theirs"


def test_time_by_hand(browser: Browser) -> None:
    person, other = browser.api.employee(), browser.api.vendor()
    form: dict[str, Any] = {"Hours": "2", "Minutes": "15", "BillableStatus": "NotBillable", "Description": "By hand"}
    browser.post("/timeactivity/new", TxnDate="2026-03-02", EmployeeRef=person["DisplayName"], **form)
    browser.post("/timeactivity/new", TxnDate="2026-04-02", VendorRef=other["DisplayName"], **form)
    assert browser.get("/time").count("By hand") == 2
    assert browser.get("/time", person=person["Id"]).count("By hand") == 1
    assert browser.get("/time", since="2026-04-01", until="2026-04-30").count("By hand") == 1
    entry = browser.api.query("select * from TimeActivity where TxnDate = '2026-03-02'")["TimeActivity"][0]
    browser.post(f"/timeactivity/{entry['Id']}/act", action="delete")
    assert browser.get("/time").count("By hand") == 1
    assert browser.api.journal()[-1]["op"] == "delete"


def test_the_bookkeeper_may_change_a_closed_period(browser: Browser) -> None:
    person = browser.api.employee()
    who = {"NameOf": "Employee", "EmployeeRef": ref(person), "TxnDate": "2026-01-05"}
    entry = browser.api.create("TimeActivity", **who, Hours=1)
    bills: dict[str, Any] = {"TimeTrackingPrefs.BillCustomers": "1"}
    browser.post("/settings", name="Renamed Books", closing="2026-01-31", **bills)
    assert browser.api.refused("TimeActivity", **who, Hours=2)["code"] == "6200"
    form: dict[str, Any] = {
        "TxnDate": "2026-01-05",
        "EmployeeRef": person["DisplayName"],
        "Hours": "3",
        "SyncToken": "0",
    }
    browser.post(f"/timeactivity/{entry['Id']}", **form, BillableStatus="NotBillable")
    assert browser.api.get(f"timeactivity/{entry['Id']}").json()["TimeActivity"]["Hours"] == 3
    info = browser.api.get("companyinfo/1").json()["CompanyInfo"]
    assert info["CompanyName"] == "Renamed Books"
    prefs = browser.api.get("preferences").json()["Preferences"]
    assert prefs["AccountingInfoPrefs"]["ClassTrackingPerTxnLine"] is False


def test_the_fault_panel_orders_and_cancels(browser: Browser) -> None:
    browser.post("/faults", action="add", kind="error_503", operation="write", entity="Customer", count="2")
    browser.post("/faults", action="add", kind="stale", operation="any", count="")
    (first, second) = browser.api.simulator.call("GET", f"/{browser.api.realm}/faults")["faults"]
    assert (first["kind"], first["count"], second["count"]) == ("error_503", 2, None)
    assert "503 Service Unavailable" in browser.get("/faults")
    browser.post("/faults", action="remove", id=str(first["id"]))
    browser.post("/faults", action="clear")
    assert "No faults are waiting" in browser.get("/faults")
    assert "code must be one of" in browser.post("/faults", 400, action="add", kind="code", count="1")


def test_disconnecting_an_app_ends_its_grant(browser: Browser) -> None:
    page = browser.get("/apps")
    assert "BigTime" in page
    browser.post("/apps", grant=browser.api.tokens["grant"])
    assert "No apps are connected" in browser.get("/apps")
    assert browser.api.get("companyinfo/1").status_code == 401


def test_forms_of_other_sites_are_refused(browser: Browser) -> None:
    headers = {"Origin": "https://evil.example"}
    answer = requests.post(f"{browser.root}/customer/new", data={"DisplayName": "X"}, headers=headers, timeout=10)
    assert answer.status_code == 403
    assert browser.api.journal() == []
