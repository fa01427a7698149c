"""Every rule that Intuit lists for time activities, one refusal at a time."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulators.online.caller import Caller, Json, ref

DAY = "2026-03-02"


class Desk:
    """A caller with a person, a customer and a way to write time for them."""

    def __init__(self, api: Caller) -> None:
        self.api = api
        self.employee, self.vendor, self.customer = api.employee(), api.vendor(), api.customer()

    def body(self, **changes: Any) -> Json:
        """A right body with changes; None takes a field away."""
        usual = {"NameOf": "Employee", "EmployeeRef": ref(self.employee), "TxnDate": DAY, "Hours": 1, "Minutes": 30}
        return {name: value for name, value in {**usual, **changes}.items() if value is not None}

    def create(self, **changes: Any) -> Json:
        return self.api.create("TimeActivity", **self.body(**changes))

    def refused(self, **changes: Any) -> str:
        return str(self.api.refused("TimeActivity", **self.body(**changes))["code"])


@pytest.fixture
def desk(api: Caller) -> Desk:
    return Desk(api)


def test_a_plain_entry_is_answered_as_intuit_does(desk: Desk) -> None:
    entry = desk.create(CustomerRef=ref(desk.customer), Description="Kick-off")
    assert entry["SyncToken"] == "0"
    assert (entry["Hours"], entry["Minutes"], entry["TxnDate"]) == (1, 30, DAY)
    assert entry["EmployeeRef"] == {"value": desk.employee["Id"], "name": desk.employee["DisplayName"]}
    assert entry["ItemRef"]["name"] == "Hours"  # the company's default service
    assert (entry["BillableStatus"], entry["domain"], entry["sparse"]) == ("NotBillable", "QBO", False)
    assert entry["MetaData"]["CreateTime"][-6:] in ("-08:00", "-07:00")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"NameOf": None}, "6300"),
        ({"NameOf": "Customer"}, "6300"),
        ({"EmployeeRef": None}, "2020"),
        ({"EmployeeRef": {"value": "999999"}}, "2500"),
        ({"CustomerRef": {"value": "999999"}}, "2500"),
        ({"ItemRef": {"value": "999999"}}, "2500"),
        ({"BillableStatus": "Billable"}, "6310"),
        ({"BillableStatus": "HasBeenBilled"}, "2170"),
        ({"BillableStatus": "Maybe"}, "2170"),
        ({"HourlyRate": -1}, "6330"),
        ({"HourlyRate": 100_000_000_000}, "6330"),
        ({"Minutes": 60}, "6340"),
        ({"Hours": -1}, "6340"),
        ({"Hours": 8761}, "6340"),
        ({"Hours": "soon"}, "6340"),
        ({"Hours": None, "Minutes": None}, "6350"),
        ({"Hours": 0, "Minutes": 0}, "6380"),
        ({"StartTime": f"{DAY}T08:00:00-08:00", "EndTime": f"{DAY}T09:00:00-08:00"}, "6390"),
        ({"Hours": None, "Minutes": None, "StartTime": f"{DAY}T08:00:00-08:00"}, "6360"),
        ({"BreakHours": 1}, "6360"),
        ({"Description": "x" * 4001}, "2050"),
        ({"TxnDate": "02.03.2026"}, "2060"),
        ({"TxnDate": "2026-02-30"}, "2070"),
        ({"DepartmentRef": {"value": "999999"}}, "2500"),
        ({"PayrollItemRef": {"value": "1"}}, "5030"),
        ({"Colour": "red"}, "2010"),
    ],
)
def test_a_wrong_entry_is_refused_and_changes_nothing(desk: Desk, changes: Json, code: str) -> None:
    assert desk.refused(**changes) == code


def test_both_references_are_one_too_many(desk: Desk) -> None:
    assert desk.refused(VendorRef=ref(desk.vendor)) == "6290"


def test_start_must_lie_before_end_and_leave_room_for_the_break(desk: Desk) -> None:
    times = {"Hours": None, "Minutes": None, "StartTime": f"{DAY}T09:00:00-08:00"}
    assert desk.refused(**times, EndTime=f"{DAY}T08:00:00-08:00") == "6370"
    assert desk.refused(**times, EndTime=f"{DAY}T10:00:00-08:00", BreakHours=1) == "6360"
    assert desk.refused(**times, EndTime="late") == "6360"


def test_start_and_end_are_answered_in_company_time(desk: Desk) -> None:
    entry = desk.create(Hours=None, Minutes=None, StartTime="08:00:00-05:00", EndTime="12:00:00-05:00")
    assert (entry["StartTime"], entry["EndTime"]) == (f"{DAY}T05:00:00-08:00", f"{DAY}T09:00:00-08:00")
    assert "Hours" not in entry


def test_blank_values_count_as_absent_and_numbers_may_be_text(desk: Desk) -> None:
    entry = desk.create(
        VendorRef={"value": None}, CustomerRef={"value": "", "name": ""}, ClassRef=None, Hours="2", Minutes="5",
        AttachableRef=[], Description="", SyncToken=0,
    )  # fmt: skip
    assert (entry["Hours"], entry["Minutes"]) == (2, 5)
    assert not {"VendorRef", "CustomerRef", "Description"} & set(entry)


def test_billable_time_takes_the_rate_of_its_service_or_is_refused(desk: Desk) -> None:
    billable = {"BillableStatus": "Billable", "CustomerRef": ref(desk.customer)}
    assert desk.create(**billable)["HourlyRate"] == 100  # of the service Hours
    free = next(item for item in desk.api.query("select * from Item")["Item"] if item["Name"] == "Services")
    assert desk.refused(**billable, ItemRef=ref(free)) == "6330"


def test_what_has_been_made_inactive_cannot_be_used(desk: Desk) -> None:
    desk.api.change("Customer", desk.customer, Active=False)
    assert desk.refused(CustomerRef=ref(desk.customer)) == "610"
    desk.api.change("Employee", desk.employee, Active=False)
    assert desk.refused() == "610"


def test_only_services_can_be_worked(desk: Desk) -> None:
    accounts = desk.api.query("select * from Account where Name = 'Office Supplies'")["Account"]
    goods = desk.api.create("Item", Name="Paper", Type="NonInventory", ExpenseAccountRef=ref(accounts[0]))
    assert desk.refused(ItemRef=ref(goods)) == "2500"


def test_the_closed_period_holds_for_old_and_new_dates_and_for_deletes(desk: Desk) -> None:
    old, new = desk.create(TxnDate="2026-01-31"), desk.create(TxnDate="2026-02-01")
    desk.api.simulator.call("PUT", f"/{desk.api.realm}/closing", {"date": "2026-01-31"})
    assert desk.refused(TxnDate="2026-01-31") == "6200"
    assert desk.refused(Id=old["Id"], SyncToken="0", TxnDate="2026-02-02") == "6200"
    assert desk.refused(Id=new["Id"], SyncToken="0", TxnDate="2026-01-30") == "6200"
    deleted = desk.api.post("timeactivity", {"Id": old["Id"], "SyncToken": "0"}, operation="delete")
    assert deleted.json()["Fault"]["Error"][0]["code"] == "6200"
    assert desk.create(TxnDate="2026-02-01")["SyncToken"] == "0"
    desk.api.simulator.call("PUT", f"/{desk.api.realm}/closing", {"date": "2026-01-31", "password": True})
    assert desk.refused(TxnDate="2026-01-31") == "6210"


def test_classes_only_where_the_company_tracks_them(desk: Desk) -> None:
    tracked = desk.api.create("Class", Name="West")
    assert desk.create(ClassRef=ref(tracked))["ClassRef"]["name"] == "West"
    prefs = desk.api.simulator.dump(desk.api.realm, "Preferences")[0]["AccountingInfoPrefs"]
    off = {**prefs, "ClassTrackingPerTxnLine": False}
    desk.api.simulator.create(desk.api.realm, "Preferences", AccountingInfoPrefs=off)
    assert desk.refused(ClassRef=ref(tracked)) == "5030"


def test_another_kind_of_name_is_taken_for_what_it_is(desk: Desk) -> None:
    other = desk.create(EmployeeRef=ref(desk.customer))
    assert (other["NameOf"], other["OtherNameRef"]["value"]) == ("Other", desk.customer["Id"])
    vendor = desk.create(EmployeeRef=ref(desk.vendor))
    assert (vendor["NameOf"], vendor["VendorRef"]["value"]) == ("Vendor", desk.vendor["Id"])


def test_a_full_update_forgets_what_it_leaves_out_and_a_sparse_one_keeps_it(desk: Desk) -> None:
    entry = desk.create(Description="Kick-off", CustomerRef=ref(desk.customer))
    sparse = desk.api.change("TimeActivity", entry, Hours=3)
    assert (sparse["Hours"], sparse["Description"], sparse["SyncToken"]) == (3, "Kick-off", "1")
    full = desk.create(Id=entry["Id"], SyncToken="1", Hours=4)
    assert (full["Hours"], full["SyncToken"]) == (4, "2")
    assert not {"Description", "CustomerRef"} & set(full)


def test_a_sparse_update_may_change_who_worked_and_the_style_of_the_duration(desk: Desk) -> None:
    entry = desk.create()
    vendor = desk.api.change("TimeActivity", entry, NameOf="Vendor", VendorRef=ref(desk.vendor))
    assert "EmployeeRef" not in vendor
    span = {"StartTime": f"{DAY}T08:00:00-08:00", "EndTime": f"{DAY}T09:00:00-08:00"}
    assert "Hours" not in desk.api.change("TimeActivity", vendor, **span)


def test_a_stale_token_is_refused(desk: Desk) -> None:
    entry = desk.create()
    desk.api.change("TimeActivity", entry, Hours=2)
    assert desk.refused(Id=entry["Id"], SyncToken="0", sparse=True, Hours=3) == "5010"
    assert desk.refused(Id=entry["Id"], sparse=True, Hours=3) == "2020"


def test_a_deleted_entry_is_gone(desk: Desk) -> None:
    entry = desk.create()
    answer = desk.api.post("timeactivity", {"Id": entry["Id"], "SyncToken": "0"}, operation="delete")
    assert answer.json()["TimeActivity"] == {"status": "Deleted", "domain": "QBO", "Id": entry["Id"]}
    gone = desk.api.get(f"timeactivity/{entry['Id']}")
    assert gone.status_code == 400
    error = gone.json()["Fault"]["Error"][0]
    assert (error["code"], error["Detail"]) == (
        "610",
        "Object Not Found : Another user has deleted this transaction.",
    )
