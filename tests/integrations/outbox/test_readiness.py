from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from bigtime.timesheets.models import TimeEntry, Timesheet
from integrations.models import Connection, Link, RemoteRecord
from integrations.sync import markers, readiness
from integrations.sync.readiness import Readiness
from tests.factories.work import LaborCodeFactory, StaffFactory, TaskFactory
from tests.postable import MONDAY, Postable


@pytest.fixture
def one(postable: Postable) -> TimeEntry:
    (entry,) = postable.entries(1, note="Drew the plan")
    return entry


def check(postable: Postable, entry: TimeEntry) -> Readiness:
    return readiness.check(postable.connection, "time_entry", [entry.pk])[entry.pk]


def document(postable: Postable, entry: TimeEntry) -> dict[str, Any]:
    found = check(postable, entry)
    assert found.blockers == []
    assert found.document is not None
    return found.document


def blockers(postable: Postable, entry: TimeEntry) -> list[tuple[str, str]]:
    found = check(postable, entry)
    assert not found.ready
    assert found.document is None
    return [(each.code, each.text) for each in found.blockers]


def test_the_document_is_exactly_what_goes_out_but_for_the_marker(postable: Postable, one: TimeEntry) -> None:
    assert document(postable, one) == {
        "NameOf": "Employee",
        "EmployeeRef": {"value": postable.remote["employee"]},
        "CustomerRef": {"value": postable.remote["customer"]},
        "ItemRef": {"value": postable.remote["item"]},
        "TxnDate": "2026-11-16",
        "Hours": 0,
        "Minutes": 15,
        "Description": "Drew the plan",
        "BillableStatus": "NotBillable",
    }


def test_a_contractor_goes_as_a_vendor_and_an_employee_link_comes_first(postable: Postable, one: TimeEntry) -> None:
    vendor = postable.person("Vendor", "Ben Ortiz")
    postable.link("vendor", postable.staff, vendor)
    assert document(postable, one)["NameOf"] == "Employee"
    Link.objects.filter(entity="employee").delete()
    sent = document(postable, one)
    assert (sent["NameOf"], sent["VendorRef"]) == ("Vendor", {"value": vendor})
    assert "EmployeeRef" not in sent


def test_the_tasks_item_beats_the_labor_codes(postable: Postable, one: TimeEntry) -> None:
    of_task = LaborCodeFactory.create(firm=postable.connection.firm)
    task = TaskFactory.create(firm=postable.connection.firm, project=postable.project, labor_code=of_task)
    TimeEntry.objects.update(task=task)
    assert document(postable, one)["ItemRef"] == {"value": postable.remote["item"]}, "as long as it has none"
    former = postable.remote["item"]
    postable.link("item", of_task, "801")
    assert document(postable, one)["ItemRef"] == {"value": "801"}
    postable.link("item", task, "802")
    assert document(postable, one)["ItemRef"] == {"value": "802"}
    TimeEntry.objects.update(task=None)
    assert document(postable, one)["ItemRef"] == {"value": former}


def test_with_jobs_off_the_clients_customer_serves(postable: Postable, one: TimeEntry) -> None:
    Link.objects.filter(entity="customer").delete()
    postable.link("customer", postable.project.client, "900")
    assert blockers(postable, one) == [("link_customer", "Acme · Site isn't linked to a QuickBooks customer.")]
    postable.options(use_jobs=False)
    assert document(postable, one)["CustomerRef"] == {"value": "900"}
    Link.objects.filter(entity="customer").delete()
    assert blockers(postable, one) == [("link_customer", "Acme isn't linked to a QuickBooks customer.")]


def test_a_clients_own_project_uses_the_clients_link(postable: Postable, one: TimeEntry) -> None:
    Link.objects.filter(entity="customer").delete()
    postable.link("customer", postable.project.client, "900")
    postable.project.name = "Acme"
    postable.project.save()
    assert document(postable, one)["CustomerRef"] == {"value": "900"}


@pytest.mark.parametrize(
    ("entry_billable", "project_billable", "expected"),
    [(True, True, "Billable"), (False, True, "NotBillable"), (True, False, "NotBillable")],
)
def test_billable_only_where_the_firm_says_so(
    postable: Postable, one: TimeEntry, entry_billable: bool, project_billable: bool, expected: str
) -> None:
    assert document(postable, one)["BillableStatus"] == "NotBillable"
    TimeEntry.objects.update(is_billable=entry_billable)
    postable.project.is_billable = project_billable
    postable.project.save()
    postable.options(billable="as_entered")
    sent = document(postable, one)
    assert sent["BillableStatus"] == expected
    assert sent.get("HourlyRate") == (120 if expected == "Billable" else None)


def test_billable_time_needs_a_rate(postable: Postable, one: TimeEntry) -> None:
    postable.options(billable="as_entered")
    postable.code.rate = None
    postable.code.save()
    assert blockers(postable, one) == [("rate", "Maya Okafor has no billing rate.")]
    postable.staff.bill_rate = Decimal("99.50")
    postable.staff.save()
    assert document(postable, one)["HourlyRate"] == 99.5


def unlink(entity: str) -> Callable[[Postable], Any]:
    return lambda _: Link.objects.filter(entity=entity).delete()


CASES: list[tuple[str, Callable[[Postable], Any], str]] = [
    ("link_staff", unlink("employee"), "Maya Okafor isn't linked to a QuickBooks employee or vendor."),
    ("link_item", unlink("item"), "Consulting isn't linked to a QuickBooks service."),
    ("link_customer", unlink("customer"), "Acme · Site isn't linked to a QuickBooks customer."),
    ("no_code", lambda _: TimeEntry.objects.update(labor_code=None), "This time has no labor code."),
    (
        "inactive",
        lambda _: RemoteRecord.objects.filter(entity="employee").update(is_active=False),
        "Maya Okafor is inactive in QuickBooks.",
    ),
    (
        "inactive",
        lambda _: RemoteRecord.objects.filter(entity="customer").update(deleted_at="2026-01-01T00:00Z"),
        "Acme · Site is deleted in QuickBooks.",
    ),
    (
        "not_approved",
        lambda _: Timesheet.objects.update(status="submitted"),
        "Maya Okafor's timesheet isn't approved.",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("code", "change", "text"), CASES, ids=[f"{each[0]}-{n}" for n, each in enumerate(CASES)])
def test_each_thing_missing_has_its_sentence(
    postable: Postable, one: TimeEntry, code: str, change: Callable[[Postable], Any], text: str
) -> None:
    change(postable)
    assert blockers(postable, one) == [(code, text)]


def test_what_is_missing_leads_to_the_page_of_that_record(postable: Postable, one: TimeEntry) -> None:
    Link.objects.all().delete()
    ours = "/company/integrations/sync/ours"
    person, project, code = (
        f"{ours}/staff.staff/{postable.staff.pk}/?entity=employee",
        f"{ours}/clients.project/{postable.project.pk}/?entity=customer",
        f"{ours}/codes.laborcode/{postable.code.pk}/?entity=item",
    )
    assert [each.url for each in check(postable, one).blockers] == [person, project, code]
    postable.staff.kind = "contractor"
    postable.staff.save()
    assert check(postable, one).blockers[0].url == person.replace("employee", "vendor")
    TimeEntry.objects.update(labor_code=None)
    Timesheet.objects.update(status="submitted")
    found = {each.code: each.url for each in check(postable, one).blockers}
    assert found["no_code"] == found["not_approved"] == f"/approvals/{one.timesheet_id}/"


def test_what_is_inactive_there_leads_to_its_link(postable: Postable, one: TimeEntry) -> None:
    RemoteRecord.objects.filter(entity="item").update(is_active=False)
    (found,) = check(postable, one).blockers
    assert found.url == f"/company/integrations/sync/ours/codes.laborcode/{postable.code.pk}/?entity=item"


def test_a_blocked_link_is_no_link(postable: Postable, one: TimeEntry) -> None:
    Link.objects.filter(entity="employee").update(state="blocked")
    assert blockers(postable, one)[0][0] == "link_staff"


def test_everything_missing_is_said_at_once(postable: Postable, one: TimeEntry) -> None:
    Link.objects.all().delete()
    Timesheet.objects.update(status="draft")
    Connection.objects.update(closed_through=MONDAY)
    postable.connection.refresh_from_db()
    codes = [code for code, _ in blockers(postable, one)]
    assert codes == ["not_approved", "link_staff", "link_customer", "link_item", "closed"]


def test_approval_matters_only_when_the_firm_wants_it(postable: Postable, one: TimeEntry) -> None:
    Timesheet.objects.update(status="submitted")
    postable.options(require_approval=False)
    assert check(postable, one).ready


def test_closed_books_hold_the_day_itself_and_not_the_next(postable: Postable, one: TimeEntry) -> None:
    postable.connection.closed_through = MONDAY
    assert blockers(postable, one) == [("closed", "The books are closed through Nov 16, 2026.")]
    postable.connection.closed_through = MONDAY - timedelta(days=1)
    assert check(postable, one).ready


def test_what_is_gone_or_another_firms_is_told_so(postable: Postable, one: TimeEntry) -> None:
    other = StaffFactory.create()
    postable.connection.firm = other.firm
    found = readiness.check(postable.connection, "time_entry", [one.pk, 10**9])
    assert {each.blockers[0].code for each in found.values()} == {"gone"}


def test_a_thousand_entries_cost_as_many_statements_as_one(postable: Postable) -> None:
    ids = [each.pk for each in postable.entries(1000)]
    counts = []
    for some in (ids[:1], ids):
        with CaptureQueriesContext(connections["default"]) as queries:
            assert all(each.ready for each in readiness.check(postable.connection, "time_entry", some).values())
        counts.append(len(queries))
    assert counts == [2, 2]


def test_nothing_asked_costs_nothing(postable: Postable) -> None:
    with CaptureQueriesContext(connections["default"]) as queries:
        assert readiness.check(postable.connection, "time_entry", []) == {}
    assert len(queries) == 0


def test_a_marker_is_the_same_for_the_same_posting_and_differs_for_any_other() -> None:
    connection = Connection(firm_id=1, system="s", environment="e", company_id="c")
    here = markers.derive(connection, "timesheets.timeentry", 7, "2026-01-01T00:00:00", 1)
    assert here == markers.derive(connection, "timesheets.timeentry", 7, "2026-01-01T00:00:00", 1)
    assert len(here) == 10
    others = [
        markers.derive(connection, "timesheets.timeentry", 8, "2026-01-01T00:00:00", 1),
        markers.derive(connection, "timesheets.timeentry", 7, "2026-01-01T00:00:01", 1),
        markers.derive(connection, "timesheets.timeentry", 7, "2026-01-01T00:00:00", 2),
        markers.derive(
            Connection(firm_id=2, system="s", environment="e", company_id="c"), "timesheets.timeentry", 7, "x", 1
        ),
    ]
    assert len({here, *others}) == 5


@pytest.mark.parametrize("text", ["", "One line", "Two\nlines", "~ABCDEFGHIJ quoted ~text", "x" * 4000, "é" * 3990])
def test_a_marker_is_found_again_in_any_text(text: str) -> None:
    stamped = markers.append(text, "7K2M2QXW4T", longest=4000)
    assert markers.find(stamped) == "7K2M2QXW4T"
    assert len(stamped) <= 4000
    assert markers.find(stamped.replace("\n", " ") + "  ") == "7K2M2QXW4T"
    if len(text) < 3900:
        assert markers.strip(stamped) == markers.strip(text)


@pytest.mark.parametrize("text", ["", "no marker", "~short", "~lowercase10", "mail~7K2M2QXW4T", "~7K2M2QXW4TT"])
def test_other_text_is_no_marker(text: str) -> None:
    assert markers.find(text) == ""
