"""What a whole journey needs beside a browser: people on both sides, background work, and a look into the books."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection as database
from playwright.sync_api import Locator, Page, expect

from bigtime.firm.models import Firm
from bigtime.staff.models import Staff
from bigtime.timesheets.models import TimeEntry, Timesheet
from simulators.online.remote import Simulator
from simulators.remote import ROOT
from tests.factories import ClientFactory, LaborCodeFactory, ProjectFactory, StaffFactory, TimesheetFactory

# In the order the timesheet shows them.
CLIENT, PROJECTS, CODES = "Acme Corp", ("Brand guidelines", "Website relaunch"), ("Consulting", "Design")


@contextmanager
def background(log: Path, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A pump as in production, a process of its own on the test's database; ended with the block."""
    where = database.settings_dict
    address = f"postgres://{where['USER']}:{where['PASSWORD']}@{where['HOST']}:{where['PORT']}/{where['NAME']}"
    values = {
        **os.environ, "DATABASE_URL": address, "REDIS_URL": "", "BIGTIME_DEBUG": "",
        "BIGTIME_SECRET_KEY": settings.SECRET_KEY, "BIGTIME_ENCRYPTION_KEYS": ",".join(settings.ENCRYPTION_KEYS),
        "BIGTIME_INSTANCE_FILE": str(settings.INSTANCE_FILE), "INTUIT_ENVIRONMENT": "simulator",
        "INTUIT_SIMULATOR_URL": settings.INTUIT_SIMULATOR_URL, "INTUIT_CLIENT_ID": settings.INTUIT_CLIENT_ID,
        "INTUIT_CLIENT_SECRET": settings.INTUIT_CLIENT_SECRET, **environment,
    }  # fmt: skip
    command = [sys.executable, "manage.py", "pump", "--forever", "--every", "0.3"]
    with log.open("ab") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=values, stdout=out, stderr=out)
    try:
        yield process
        assert process.poll() is None, log.read_text()[-2000:]
    finally:
        process.kill()
        process.wait()


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


@dataclass(frozen=True, slots=True)
class Posted:
    """One time entry as a person would look for it in QuickBooks."""

    person: str
    day: str
    project: str
    service: str
    hours: str
    note: str


class TwoSides:
    """A firm with four people's time, and books that know the people, the customer, its jobs and the services."""

    def __init__(self, firm: Firm, simulator: Simulator, company: str, monday: date) -> None:
        self.firm, self.simulator, self.monday = firm, simulator, monday
        self.realm = simulator.create_realm(company)
        self.codes = {name: LaborCodeFactory.create(firm=firm, name=name) for name in CODES}
        client = ClientFactory.create(firm=firm, name=CLIENT)
        self.projects = {name: ProjectFactory.create(firm=firm, client=client, name=name) for name in PROJECTS}
        customer = self.books("Customer", DisplayName=CLIENT)
        for name in PROJECTS:
            self.books("Customer", DisplayName=name, Job=True, ParentRef={"value": customer})
        income = {"value": self.books("Account", Name="Fees from services", AccountType="Income")}
        for name in CODES:
            self.books("Item", Name=name, Type="Service", IncomeAccountRef=income, UnitPrice=100)

    def books(self, entity: str, **fields: Any) -> str:
        answer = self.simulator.create(self.realm, entity, **fields)
        return str(answer.get(entity, answer)["Id"])

    def employee(self, name: str) -> None:
        given, family = name.split()
        self.books("Employee", GivenName=given, FamilyName=family)

    def colleague(self, name: str, *lengths: int) -> list[Posted]:
        """Somebody whose week was approved before, a length of time for each day."""
        self.employee(name)
        staff: Staff = StaffFactory.create(firm=self.firm, name=name)
        sheet = TimesheetFactory.create(
            firm=self.firm, staff=staff, starts_on=self.monday, status=Timesheet.Status.APPROVED
        )
        project, code = self.projects[PROJECTS[0]], self.codes[CODES[0]]
        days = [self.monday + timedelta(at) for at in range(len(lengths))]
        TimeEntry.objects.bulk_create(
            TimeEntry(
                firm=self.firm, staff=staff, timesheet=sheet, project=project, labor_code=code,
                work_date=day, minutes=minutes, note=f"{name} on {day:%A}",
            )
            for day, minutes in zip(days, lengths, strict=True)
        )  # fmt: skip
        return [
            Posted(name, str(day), PROJECTS[0], CODES[0], f"{n // 60}:{n % 60:02d}", f"{name} on {day:%A}")
            for day, n in zip(days, lengths, strict=True)
        ]


def tab_to(page: Page, target: Locator, most: int = 80) -> None:
    """Presses Tab until it has the focus: what can't be reached so can't be used without a mouse."""
    handle = target.element_handle()
    for _ in range(most):
        if page.evaluate("element => document.activeElement === element", handle):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{most} times Tab don't lead to {target}")


def look_into_books(page: Page, simulator: Simulator, realm: str, wanted: Posted) -> None:
    """Finds it on the pages of QuickBooks' own side, by person, day and words: there once, as it was entered."""
    page.goto(f"{simulator.url}/books/{realm}/time")
    form = page.locator("form.filters")
    form.locator("select[name=person]").select_option(label=wanted.person)
    form.locator("input[name=since]").fill(wanted.day)
    form.locator("input[name=until]").fill(wanted.day)
    form.locator("input[name=q]").fill(wanted.note)
    form.get_by_role("button", name="Show").click()
    rows = page.locator("tbody tr", has_text=wanted.project)
    expect(rows).to_have_count(1)
    cells = rows.locator("td")
    expect(cells.nth(0)).to_have_text(wanted.day)
    expect(cells.nth(1)).to_have_text(wanted.person)
    expect(cells.nth(2)).to_contain_text(wanted.project)
    expect(cells.nth(3)).to_have_text(wanted.service)
    expect(cells.nth(4)).to_have_text(wanted.hours)
    # The note as entered, then the ten characters that find it again.
    expect(cells.nth(6)).to_have_text(re.compile(rf"^\s*{re.escape(wanted.note)}\s*~\w{{10}}\s*$"))
