"""Class and payroll item on their way into a company file: three ways to an item, and what QuickBooks says to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest

from bigtime.clients.models import Project
from bigtime.codes.models import LaborCode, PayrollItem, TrackingClass
from bigtime.firm.models import Firm
from bigtime.staff.models import Staff
from bigtime.timesheets.models import TimeEntry, Timesheet
from integrations.models import Link, Operation, RemoteRecord
from integrations.sync import outbox, readiness
from integrations.sync.outbox import Record

from .conftest import Office

MONDAY = date(2026, 11, 16)
USES_TIME = {"UseTimeDataToCreatePaychecks": "UseTimeData"}


@dataclass
class Hourly:
    """Maya, paid by the hour, and one approved entry of hers; the company file's wages and classes are brought over."""

    office: Office
    entry: TimeEntry

    def set(self, **values: Any) -> None:
        TimeEntry.objects.update(**values)

    def way(self, way: str) -> None:
        Firm.objects.update(payroll_way=way)

    def judged(self) -> readiness.Readiness:
        return readiness.check(self.office.connection, "time_entry", [self.entry.pk])[self.entry.pk]

    def wage(self) -> str:
        """The name of the payroll item that goes out, "" for none."""
        document = self.judged().document
        assert document is not None, self.judged().blockers
        found = document.get("PayrollItemWageRef")
        return RemoteRecord.objects.get(remote_id=found["ListID"]).name if found else ""

    def blockers(self) -> list[tuple[str, str, str]]:
        return [(each.code, each.text, each.url) for each in self.judged().blockers]

    def post(self) -> Operation:
        record = Record("timesheets.timeentry", self.entry.pk, "one")
        [operation] = outbox.push(connection=self.office.connection, entity="time_entry", records=[record], by=None)
        assert self.office.connector.visit() == 100
        operation.refresh_from_db()
        return operation


@pytest.fixture
def hourly(office: Office) -> Hourly:
    file = office.file
    wages = {each["Name"]: each["ListID"] for each in file.dump("PayrollItemWage")}
    region = file.add("Class", Name="Regions")
    file.add("Class", Name="West", ParentRef={"ListID": region})
    acme = file.add("Customer", Name="Acme")
    file.add("Customer", Name="Website", ParentRef={"ListID": acme})
    earnings = {"PayrollItemWageRef": {"ListID": wages["Hourly Regular"]}, "Rate": "40.00"}
    file.add("Employee", FirstName="Maya", LastName="Okafor", EmployeePayrollInfo={"Earnings": [earnings], **USES_TIME})
    income = file.add("Account", Name="Fees", AccountType="Income")
    price = {"Price": "150.00", "AccountRef": {"ListID": income}}
    file.add("ItemService", Name="Posted work", SalesOrPurchase=price)
    office.sync()
    Firm.objects.update(class_use="optional")
    sheet = Timesheet.objects.create(
        firm=office.firm, staff=Staff.objects.get(), starts_on=MONDAY, ends_on=MONDAY + timedelta(6), status="approved"
    )
    entry = TimeEntry.objects.create(
        firm=office.firm, timesheet=sheet, staff=sheet.staff, project=Project.objects.get(name="Website"),
        labor_code=LaborCode.objects.get(name="Posted work"), work_date=MONDAY, minutes=90,
    )  # fmt: skip
    return Hourly(office, entry)


def test_wage_items_and_classes_come_over(hourly: Hourly) -> None:
    kinds = dict(PayrollItem.objects.values_list("name", "kind"))
    assert kinds["Hourly Regular"] == "hourly"
    assert set(kinds.values()) >= {"hourly", "salary"}
    assert set(TrackingClass.objects.values_list("name", flat=True)) == {"Regions", "Regions › West"}


def test_class_and_item_arrive_in_the_company_file(hourly: Hourly) -> None:
    hourly.way("override")
    overtime = PayrollItem.objects.exclude(name="Hourly Regular").filter(kind="hourly").order_by("name").first()
    hourly.set(tracking_class=TrackingClass.objects.get(name="Regions › West"), payroll_item=overtime)
    document = hourly.judged().document
    assert document is not None
    names = list(document)
    assert names.index("Duration") < names.index("ClassRef") < names.index("PayrollItemWageRef")
    assert hourly.post().state == "posted"
    [row] = hourly.office.file.dump("TimeTracking")
    assert row["ClassRef"]["FullName"] == "Regions:West"
    assert overtime is not None
    assert row["PayrollItemWageRef"]["FullName"] == overtime.name


def test_the_default_is_the_persons_else_what_quickbooks_pays_them_by(hourly: Hourly) -> None:
    vacation = PayrollItem.objects.exclude(name="Hourly Regular").filter(kind="hourly").order_by("-name").first()
    assert vacation is not None
    for way in ("person", "override"):
        hourly.way(way)
        Staff.objects.update(payroll_item=None)
        assert hourly.wage() == "Hourly Regular"
        # Chosen after the time was approved, it still counts.
        Staff.objects.update(payroll_item=vacation)
        assert hourly.wage() == vacation.name
    hourly.set(payroll_item=PayrollItem.objects.get(name="Hourly Regular"))
    assert hourly.wage() == "Hourly Regular"


def test_chosen_on_the_row_there_is_no_default(hourly: Hourly) -> None:
    hourly.way("row")
    item = PayrollItem.objects.get(name="Hourly Regular")
    Staff.objects.update(payroll_item=item)
    assert hourly.blockers() == [
        (
            "no_payroll_item",
            "Maya Okafor is paid by the hour: choose a payroll item on the row of this time.",
            f"/approvals/{hourly.entry.timesheet_id}/",
        )
    ]
    hourly.set(payroll_item=item)
    assert hourly.wage() == "Hourly Regular"


def test_nobody_gives_an_item(hourly: Hourly) -> None:
    RemoteRecord.objects.filter(entity="employee").update(data={"EmployeePayrollInfo": USES_TIME})
    assert hourly.blockers() == [
        (
            "no_payroll_item",
            "Maya Okafor is paid by the hour and has no payroll item. Choose one under Payroll filters.",
            "/company/codes/payroll-filters/",
        )
    ]


def test_an_item_that_quickbooks_does_not_know_keeps_time_here(hourly: Hourly) -> None:
    item = PayrollItem.objects.get(name="Hourly Regular")
    hourly.set(payroll_item=item)
    address = f"/company/integrations/sync/ours/codes.payrollitem/{item.pk}/?entity=payroll_item"
    RemoteRecord.objects.filter(entity="payroll_item", name="Hourly Regular").update(is_active=False)
    assert hourly.blockers() == [("inactive", "Hourly Regular is inactive in QuickBooks.", address)]
    Link.objects.filter(entity="payroll_item").delete()
    assert hourly.blockers() == [
        ("link_payroll_item", "Hourly Regular isn't linked to a QuickBooks payroll item.", address)
    ]


def test_who_is_not_paid_by_time_goes_without_an_item(hourly: Hourly) -> None:
    hourly.set(payroll_item=PayrollItem.objects.get(name="Hourly Regular"))
    RemoteRecord.objects.filter(entity="employee").update(data={"EmployeePayrollInfo": {}})
    assert hourly.wage() == ""


@pytest.mark.parametrize(
    ("entity", "state", "code"), [("class", "blocked_mapping", "3140"), ("payroll_item", "blocked_mapping", "3140")]
)
def test_quickbooks_refuses_what_is_not_there(hourly: Hourly, entity: str, state: str, code: str) -> None:
    hourly.set(
        tracking_class=TrackingClass.objects.first(), payroll_item=PayrollItem.objects.get(name="Hourly Regular")
    )
    for number, record in enumerate(RemoteRecord.objects.filter(entity=entity)):
        RemoteRecord.objects.filter(pk=record.pk).update(remote_id=f"8000FFF{number}-1768239000")
    operation = hourly.post()
    assert (operation.state, operation.error_code) == (state, code)
    assert hourly.office.file.dump("TimeTracking") == []
