"""Approved time goes into the company file once, whatever is cut, lost or told twice."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest

from bigtime.clients.models import Project
from bigtime.codes.models import LaborCode
from bigtime.staff.models import Staff
from bigtime.timesheets.models import TimeEntry, Timesheet
from integrations.models import Operation
from integrations.sync import markers, outbox
from integrations.sync.outbox import Record

from .conftest import Office

MONDAY = date(2026, 11, 16)


class Posting:
    """Synced books, and time to go into them."""

    def __init__(self, office: Office) -> None:
        self.office = office
        file = office.file
        acme = file.add("Customer", Name="Acme")
        file.add("Customer", Name="Website", ParentRef={"ListID": acme})
        file.add("Employee", FirstName="Maya", LastName="Okafor")
        income = file.add("Account", Name="Fees", AccountType="Income")
        file.add(
            "ItemService", Name="Posted work", SalesOrPurchase={"Price": "150.00", "AccountRef": {"ListID": income}}
        )
        office.sync()
        self.staff, self.project = Staff.objects.get(name="Maya Okafor"), Project.objects.get(name="Website")
        self.code = LaborCode.objects.get(name="Posted work")

    def entries(self, number: int, **values: Any) -> list[TimeEntry]:
        made = []
        for index in range(number):
            day = MONDAY + timedelta(days=7 * (index // 5) + index % 5)
            week = day - timedelta(days=day.weekday())
            sheet, _ = Timesheet.objects.get_or_create(
                firm=self.office.firm, staff=self.staff, starts_on=week,
                defaults={"ends_on": week + timedelta(days=6), "status": Timesheet.Status.APPROVED},
            )  # fmt: skip
            made.append(
                TimeEntry(
                    firm=self.office.firm, timesheet=sheet, staff=self.staff, project=self.project,
                    labor_code=self.code, is_billable=True, work_date=day, minutes=30 + index,
                    note=values.get("note", f"Work {index}"),
                )
            )  # fmt: skip
        return TimeEntry.objects.bulk_create(made)

    def push(self, entries: list[TimeEntry]) -> list[Operation]:
        records = [Record("timesheets.timeentry", each.pk, f"{each.work_date}") for each in entries]
        return outbox.push(connection=self.office.connection, entity="time_entry", records=records, by=None)

    def states(self) -> Counter[str]:
        return Counter(Operation.objects.values_list("state", flat=True))

    def markers(self) -> Counter[str]:
        """By marker, how often the company file's journal saw it added."""
        rows = self.office.file.dump("TimeTracking")
        return Counter(markers.find(each.get("Notes", "")) for each in rows)


@pytest.fixture
def posting(office: Office) -> Posting:
    return Posting(office)


def test_an_entry_arrives_as_it_is_here(posting: Posting) -> None:
    [entry] = posting.entries(1, note="Café “plans”\n& more")
    [operation] = posting.push([entry])
    assert posting.office.connector.visit() == 100
    operation.refresh_from_db()
    [row] = posting.office.file.dump("TimeTracking")
    assert (operation.state, operation.remote_id, operation.remote_version) == (
        "posted", row["TxnID"], row["EditSequence"],
    )  # fmt: skip
    assert row["Duration"] == "PT0H30M"
    assert row["Notes"].splitlines() == ['Café "plans"', "& more", f"~{operation.marker}"]
    assert row["BillableStatus"] == "NotBillable"
    assert (row["EntityRef"]["FullName"], row["CustomerRef"]["FullName"]) == ("Maya Okafor", "Acme:Website")
    entry.refresh_from_db()
    assert entry.lock == "posted"
