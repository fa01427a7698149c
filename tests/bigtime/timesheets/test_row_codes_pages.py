"""The columns of class and payroll item: only where used, with and without script, on the day too; and the filters."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bigtime.clients.models import Project
from bigtime.codes.models import TrackingClass
from bigtime.firm.models import Firm
from bigtime.staff.models import Staff
from bigtime.timesheets.models import TimeEntry, TimesheetRow
from tests.factories import PayrollItemFactory, ProjectFactory, TimeEntryFactory, TimesheetFactory, TrackingClassFactory

MONDAY = date(2026, 11, 16)
WEEK, DAY = "/timesheet/2026-11-16/", "/timesheet/day/2026-11-16/"
FILTERS = "/company/codes/payroll-filters/"
SignIn = Callable[..., Client]
pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(signed_in: SignIn) -> Client:
    return signed_in("staff")


@pytest.fixture
def entry(browser: Client, firm: Firm, project: Project) -> TimeEntry:
    staff = Staff.objects.get(user=browser.membership.user)  # type: ignore[attr-defined]
    sheet = TimesheetFactory.create(firm=firm, staff=staff, starts_on=MONDAY)
    made: TimeEntry = TimeEntryFactory.create(
        firm=firm, timesheet=sheet, project=project, labor_code=None, minutes=60, version=1
    )
    return made


@pytest.fixture
def east(firm: Firm) -> TrackingClass:
    Firm.objects.filter(pk=firm.pk).update(class_use="optional")
    return TrackingClassFactory.create(firm=firm, name="East")  # type: ignore[no-any-return]


def page(browser: Client, address: str = WEEK) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def send(browser: Client, address: str, body: dict[str, Any]) -> Any:
    return browser.post(address, json.dumps(body), content_type="application/json")


def form(entry: TimeEntry, **fields: str) -> dict[str, str]:
    """The grid's form as a browser without script sends it, with one cell."""
    row = f"{entry.project_id}-0-0"
    return {f"c:{row}:2026-11-16": "1:00", f"s:{row}:2026-11-16": "1|1:00", "do": "save", **fields}


def test_the_columns_are_there_only_where_used(browser: Client, entry: TimeEntry, firm: Firm) -> None:
    assert "data-choice" not in page(browser)
    assert "data-choice" not in page(browser, DAY)
    Firm.objects.update(class_use="optional", payroll_way="override")
    for address in (WEEK, DAY):
        shown = page(browser, address)
        assert shown.count('data-choice="tracking_class"') == 1
        assert shown.count('data-choice="payroll_item"') == 1


def test_a_class_that_time_carries_is_shown_though_none_are_used(
    browser: Client, entry: TimeEntry, east: TrackingClass
) -> None:
    TimeEntry.objects.update(tracking_class=east)
    Firm.objects.update(class_use="off")
    assert 'value="' + str(east.pk) + '" selected>East<' in page(browser)


def test_the_row_says_which_class_is_the_default_and_why(
    browser: Client, entry: TimeEntry, east: TrackingClass
) -> None:
    Project.objects.update(tracking_class=east)
    assert f'<option value="{east.pk}">East (default of the project Website relaunch)</option>' in page(browser)


def test_classes_cost_the_page_one_statement(browser: Client, entry: TimeEntry, firm: Firm) -> None:
    page(browser)
    with CaptureQueriesContext(database) as without:
        page(browser)
    Firm.objects.update(class_use="optional", payroll_way="override")
    for number in range(40):
        used = TrackingClassFactory.create(firm=firm, name=f"Class {number}")
        PayrollItemFactory.create(firm=firm, name=f"Item {number}")
        other = ProjectFactory.create(firm=firm)
        TimesheetRow.objects.create(firm=firm, timesheet=entry.timesheet, project=other, tracking_class=used)
    page(browser)
    with CaptureQueriesContext(database) as with_both:
        page(browser)
    assert len(with_both) == len(without) + 1


def test_the_script_changes_a_row(browser: Client, entry: TimeEntry, east: TrackingClass) -> None:
    row = f"{entry.project_id}-0-0"
    asked = {"row": row, "day": "2026-11-18", "name": "tracking_class", "value": str(east.pk)}
    answer = send(browser, "/timesheet/row/", asked)
    assert (answer.status_code, answer.json()) == (200, {"row": f"{row}-{east.pk}-0"})
    entry.refresh_from_db()
    assert entry.tracking_class == east
    # The cell is saved under its new key with the version it had.
    body = {"row": f"{row}-{east.pk}-0", "day": "2026-11-16", "text": "2", "seen": "1"}
    assert send(browser, "/timesheet/cell/", body).status_code == 200
    entry.refresh_from_db()
    assert entry.minutes == 120


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": "project", "value": "1"}, "That can't be chosen for a row. Reload the page."),
        ({"name": "tracking_class", "value": "x"}, "That isn't one of the choices. Reload the page."),
        ({"name": "tracking_class", "value": None}, "That isn't one of the choices. Reload the page."),
        ({"row": "1"}, "That row isn't one of this timesheet. Reload the page."),
        ({"day": "today"}, "That isn't a day. Write it as year, month and day, like 2026-11-16."),
        ({"value": "999999"}, "That project, task or code isn't there any more. Reload the page."),
    ],
)
def test_what_no_page_sends_is_refused(
    browser: Client, entry: TimeEntry, east: TrackingClass, change: dict[str, Any], sentence: str
) -> None:
    asked = {"row": f"{entry.project_id}-0-0", "day": "2026-11-16", "name": "tracking_class", "value": str(east.pk)}
    answer = send(browser, "/timesheet/row/", {**asked, **change})
    assert (answer.status_code, answer.json()) == (422, {"error": sentence})
    entry.refresh_from_db()
    assert entry.tracking_class is None


@pytest.mark.parametrize("address", [WEEK, DAY])
def test_without_script_class_and_time_are_saved_together(
    browser: Client, entry: TimeEntry, east: TrackingClass, address: str
) -> None:
    row = f"{entry.project_id}-0-0"
    sent = form(entry, **{f"k:{row}:tracking_class": str(east.pk), f"c:{row}:2026-11-16": "2:15"})
    answer = browser.post(address, sent, follow=True)
    assert answer.status_code == 200
    assert [str(each) for each in answer.context["messages"]] == ["Saved 1 cell and 1 row."]
    entry.refresh_from_db()
    assert (entry.tracking_class, entry.minutes) == (east, 135)


def test_without_script_a_refused_class_loses_no_time(browser: Client, entry: TimeEntry, east: TrackingClass) -> None:
    TrackingClass.objects.update(is_active=False)
    row = f"{entry.project_id}-0-0"
    sent = form(entry, **{f"k:{row}:tracking_class": str(east.pk), f"c:{row}:2026-11-16": "2:15"})
    answer = browser.post(WEEK, {**sent, "do": "submit:2026-11-16"}, follow=True)
    assert "East can't be chosen any more: it is inactive." in [str(each) for each in answer.context["messages"]]
    entry.refresh_from_db()
    assert (entry.tracking_class, entry.minutes, entry.timesheet.status) == (None, 135, "draft")


def test_adding_a_row_offers_classes_and_tells_the_default(
    browser: Client, entry: TimeEntry, east: TrackingClass, project: Project
) -> None:
    Project.objects.update(tracking_class=east)
    shown = page(browser, f"/timesheet/2026-11-16/add/?project={project.pk}")
    assert "Default: East, of the project Website relaunch" in shown
    found = browser.get("/timesheet/projects/?q=relaunch").json()
    assert found["projects"][0]["class"] == "East, of the project Website relaunch"
    browser.post("/timesheet/2026-11-16/add/", {"project": project.pk, "tracking_class": ""})
    browser.post("/timesheet/2026-11-16/add/", {"project": project.pk, "tracking_class": "none"})
    assert set(TimesheetRow.objects.values_list("tracking_class__name", flat=True)) == {"East", None}


def test_an_approver_reads_the_class(browser: Client, entry: TimeEntry, east: TrackingClass) -> None:
    TimeEntry.objects.update(tracking_class=east)
    assert "Acme Corp · East" in page(browser, f"/approvals/{entry.timesheet_id}/")


def test_payroll_filters_save_what_was_touched(signed_in: SignIn, firm: Firm) -> None:
    office = signed_in("accountant")
    assert "They come from QuickBooks Desktop with a sync" in page(office, FILTERS)
    item = PayrollItemFactory.create(firm=firm, name="Hourly")
    person = Staff.objects.get(user=office.membership.user)  # type: ignore[attr-defined]
    assert f'name="p:{person.pk}"' in page(office, FILTERS)
    answer = office.post(FILTERS, {f"p:{person.pk}": str(item.pk), f"w:{person.pk}": ""}, follow=True)
    assert [str(each) for each in answer.context["messages"]] == ["Saved for 1 person."]
    person.refresh_from_db()
    assert person.payroll_item == item
    # Another's page, older than that, sends the person untouched: nothing is taken back.
    answer = office.post(FILTERS, {f"p:{person.pk}": "", f"w:{person.pk}": ""}, follow=True)
    assert [str(each) for each in answer.context["messages"]] == ["Nothing had changed."]
    person.refresh_from_db()
    assert person.payroll_item == item
