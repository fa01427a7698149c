from __future__ import annotations

from datetime import date

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bigtime.clients.models import Client as Customer
from bigtime.clients.models import Project
from bigtime.dashboard.demo import seed
from bigtime.firm.models import Firm, Membership, User
from bigtime.staff.models import Staff
from bigtime.timesheets.models import TimeEntry, Timesheet, TimesheetEvent

pytestmark = pytest.mark.django_db
FRIDAY = date(2026, 11, 20)


def counted() -> list[int]:
    tables = (Firm, User, Membership, Staff, Customer, Project, Timesheet, TimeEntry, TimesheetEvent)
    return [table.objects.count() for table in tables]


def test_seeding_again_changes_nothing() -> None:
    assert seed(today=FRIDAY) == ["Northwind Consulting", "Lakeside Studio"]
    before = counted()
    assert seed(today=date(2026, 12, 24)) == []
    call_command("seed_demo", verbosity=0)
    assert counted() == before


def test_the_same_day_gives_the_same_time() -> None:
    seed(today=FRIDAY)
    first = _fingerprint()
    TimeEntry.objects.all().delete()
    Timesheet.objects.all().delete()
    Project.objects.all().delete()
    Customer.objects.all().delete()
    Firm.objects.all().delete()
    seed(today=FRIDAY)
    assert _fingerprint() == first


def _fingerprint() -> list[tuple[str, date, str, int]]:
    rows = TimeEntry.objects.order_by("staff__name", "work_date", "project__name", "task__name", "labor_code__name")
    return list(rows.values_list("staff__name", "work_date", "project__name", "minutes"))


def test_seeding_is_done_in_bulk() -> None:
    with CaptureQueriesContext(connection) as captured:
        seed(today=FRIDAY)
    assert len(captured) < 180
