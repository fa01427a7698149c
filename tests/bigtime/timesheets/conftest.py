from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from bigtime.clients.models import Project
from bigtime.firm.models import Firm, Membership
from bigtime.staff.models import Staff
from bigtime.timesheets.lines import LineKey
from bigtime.timesheets.models import TimeEntry, Timesheet
from tests.factories import ProjectFactory, TimeEntryFactory, TimesheetFactory

MONDAY = date(2026, 11, 16)


@pytest.fixture(autouse=True)
def _wednesday() -> Iterator[None]:
    """It is Wednesday noon of the week the tests write in."""
    with time_machine.travel(datetime.fromisoformat("2026-11-18T20:00:00+00:00"), tick=True):
        yield


class Person:
    """A member with a staff record, and short ways to their time."""

    def __init__(self, membership: Membership) -> None:
        self.membership = membership
        self.firm: Firm = membership.firm
        self.staff = Staff.objects.get(firm=membership.firm, user=membership.user)

    def sheet(self, starts_on: date = MONDAY, **values: Any) -> Timesheet:
        found = Timesheet.objects.filter(staff=self.staff, starts_on=starts_on).first()
        return found or TimesheetFactory.create(firm=self.firm, staff=self.staff, starts_on=starts_on, **values)

    def entry(self, project: Project, day: int = 0, minutes: int = 60, **values: Any) -> TimeEntry:
        work_date = MONDAY + timedelta(day)
        sheet = self.sheet(work_date - timedelta(work_date.weekday()))
        values = {"labor_code": None, **values}
        return TimeEntryFactory.create(
            firm=self.firm, timesheet=sheet, project=project, work_date=work_date, minutes=minutes, **values
        )

    def stored(self) -> list[tuple[int, date, int, str]]:
        entries = TimeEntry.objects.filter(staff=self.staff).order_by("work_date", "pk")
        return list(entries.values_list("project_id", "work_date", "minutes", "note"))


@pytest.fixture
def person(member: Callable[..., Membership]) -> Callable[..., Person]:
    def make(role: str = "staff", **options: Any) -> Person:
        return Person(member(role, **options))

    return make


@pytest.fixture
def project(firm: Firm) -> Project:
    return ProjectFactory.create(firm=firm, name="Website relaunch", client__name="Acme Corp")


def key_of(project: Project) -> LineKey:
    return LineKey(project.pk, None, None)
