from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bigtime.firm.models import Firm, Role
from bigtime.staff.models import Staff
from bigtime.timesheets.models import TimeEntry, Timesheet
from tests.factories import (
    LaborCodeFactory,
    ProjectFactory,
    TaskFactory,
    TimeEntryFactory,
    TimesheetFactory,
)

MONDAY = date(2026, 11, 16)
WEEK = "/timesheet/2026-11-16/"
SignedIn = Callable[..., Client]

pytestmark = pytest.mark.django_db


def staff_of(client: Client) -> Staff:
    return Staff.objects.get(user=client.membership.user)  # type: ignore[attr-defined]


def entry_for(client: Client, **values: Any) -> TimeEntry:
    staff = staff_of(client)
    sheet = Timesheet.objects.filter(staff=staff, starts_on=MONDAY).first() or TimesheetFactory.create(
        firm=staff.firm, staff=staff, starts_on=MONDAY
    )
    return TimeEntryFactory.create(firm=staff.firm, timesheet=sheet, **values)


def name_of(entry: TimeEntry, day: date | None = None) -> str:
    return f"{entry.project_id}-{entry.task_id or 0}-{entry.labor_code_id or 0}:{(day or entry.work_date).isoformat()}"


def test_the_week_shows_rows_totals_and_what_is_expected(signed_in: SignedIn, firm: Firm) -> None:
    client = signed_in()
    project = ProjectFactory.create(firm=firm, name="Website relaunch", client__name="Acme Corp")
    labor = LaborCodeFactory.create(firm=firm, name="Design")
    entry_for(client, project=project, labor_code=labor, minutes=90)
    entry_for(client, project=project, labor_code=labor, minutes=45, work_date=MONDAY + timedelta(3), note="Logo")
    page = client.get(WEEK).content.decode()
    assert "Website relaunch" in page
    assert "Acme Corp · Design" in page
    assert "Total · 40:00 expected" in page
    assert '<td class="t" data-row-total>2:15</td>' in page
    assert "<td data-total>2:15</td>" in page
    assert 'data-note="Logo"' in page
    assert "Submit week" in page


def test_an_empty_week_offers_the_next_step_and_writes_nothing(signed_in: SignedIn) -> None:
    page = signed_in().get(WEEK).content.decode()
    assert "No time in this week yet" in page
    assert not Timesheet.objects.exists()


def test_the_whole_grid_is_one_form_that_saves_without_script(signed_in: SignedIn, firm: Firm) -> None:
    client = signed_in()
    entry = entry_for(client, minutes=90)
    tuesday = name_of(entry, MONDAY + timedelta(1))
    answer = client.post(
        WEEK,
        {
            f"c:{name_of(entry)}": "2,5",
            f"s:{name_of(entry)}": "0|1:30",
            f"c:{tuesday}": "45m",
            f"s:{tuesday}": "|",
        },
        follow=True,
    )
    assert answer.redirect_chain == [(WEEK, 302)]
    assert "Saved 2 cells." in answer.content.decode()
    assert list(TimeEntry.objects.order_by("work_date").values_list("work_date", "minutes")) == [
        (MONDAY, 150),
        (MONDAY + timedelta(1), 45),
    ]


def test_what_cannot_be_saved_stays_as_typed_and_the_rest_is_saved(signed_in: SignedIn) -> None:
    client = signed_in()
    entry = entry_for(client, minutes=90)
    tuesday, wednesday = name_of(entry, MONDAY + timedelta(1)), name_of(entry, MONDAY + timedelta(2))
    answer = client.post(
        WEEK,
        {
            f"c:{name_of(entry)}": "1:30",
            f"s:{name_of(entry)}": "0|1:30",
            f"c:{tuesday}": "soon",
            f"s:{tuesday}": "|",
            f"c:{wednesday}": "1",
            f"s:{wednesday}": "|",
        },
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="soon"' in page
    assert "“soon” isn&#x27;t a length of time. Write it like 1:30, 1.5, 1h30 or 90m." in page
    assert sorted(TimeEntry.objects.values_list("work_date", "minutes")) == [(MONDAY, 90), (MONDAY + timedelta(2), 60)]


def test_a_conflict_without_script_shows_both_and_saving_again_keeps_mine(signed_in: SignedIn) -> None:
    client = signed_in()
    entry = entry_for(client, minutes=90, version=4)
    sent = {f"c:{name_of(entry)}": "2", f"s:{name_of(entry)}": "3|1:00"}
    answer = client.post(WEEK, sent)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Yours 2 · saved 1:30 by somebody else" in page
    assert f'name="s:{name_of(entry)}" value="4|1:30"' in page
    entry.refresh_from_db()
    assert entry.minutes == 90
    again = client.post(WEEK, {**sent, f"s:{name_of(entry)}": "4|1:30"})
    assert again.status_code == 302
    entry.refresh_from_db()
    assert entry.minutes == 120


def test_a_conflict_without_script_can_take_theirs(signed_in: SignedIn) -> None:
    client = signed_in()
    entry = entry_for(client, minutes=90, version=4)
    name = name_of(entry)
    answer = client.post(WEEK, {f"c:{name}": "2", f"s:{name}": "4|1:30", f"t:{name}": "1"})
    assert answer.status_code == 302
    entry.refresh_from_db()
    assert (entry.minutes, entry.version) == (90, 4)


def test_buttons_save_what_was_typed_before_they_act(signed_in: SignedIn) -> None:
    client = signed_in()
    entry = entry_for(client, minutes=90)
    name = name_of(entry)
    client.post(WEEK, {f"c:{name}": "3", f"s:{name}": "0|1:30", "do": "submit:2026-11-16"})
    entry.refresh_from_db()
    assert (entry.minutes, entry.timesheet.status) == (180, "submitted")


def test_a_refused_cell_stops_the_submission(signed_in: SignedIn) -> None:
    client = signed_in()
    entry = entry_for(client, minutes=90)
    name = name_of(entry)
    answer = client.post(WEEK, {f"c:{name}": "25h", f"s:{name}": "0|1:30", "do": "submit:2026-11-16"})
    assert answer.status_code == 422
    entry.refresh_from_db()
    assert (entry.minutes, entry.timesheet.status) == (90, "draft")


def test_rounding_is_told(signed_in: SignedIn, firm: Firm) -> None:
    firm.rounding_minutes = 15
    firm.save()
    client = signed_in()
    entry = entry_for(client, minutes=90)
    name = name_of(entry, MONDAY + timedelta(1))
    answer = client.post(WEEK, {f"c:{name}": "1:20", f"s:{name}": "|"}, follow=True)
    assert "Tue Nov 17: 1:20 rounded up to 1:30." in answer.content.decode()
    assert TimeEntry.objects.get(work_date=MONDAY + timedelta(1)).minutes == 90


def test_the_week_costs_the_same_queries_for_any_number_of_rows(signed_in: SignedIn, firm: Firm) -> None:
    client = signed_in(Role.MANAGER)
    counts = []
    for rows in (2, 38):
        for _ in range(rows):
            project = ProjectFactory.create(firm=firm, open_to_all=False)
            entry_for(client, minutes=5, task=TaskFactory.create(firm=firm, project=project), project=project)
        client.get(WEEK)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(WEEK).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[1] <= 12, [q["sql"][:150] for q in queries]


@pytest.mark.parametrize(
    "path", ["/timesheet/1999-01-01/", "/timesheet/2026-13-01/", "/timesheet/9999-12-31/", "/timesheet/day/2026-02-30/"]
)
def test_days_that_do_not_exist_are_not_found(signed_in: SignedIn, path: str) -> None:
    assert signed_in().get(path).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/timesheet/2000-01-01/",
        "/timesheet/2100-12-31/",
        "/timesheet/day/2100-12-31/",
        "/timesheet/day/",
        "/timesheet/",
    ],
)
def test_the_ends_of_the_calendar_can_be_shown(signed_in: SignedIn, path: str) -> None:
    assert signed_in().get(path).status_code == 200


def test_the_date_picker_leads_to_its_week(signed_in: SignedIn) -> None:
    client = signed_in()
    assert client.get("/timesheet/?day=2026-11-19")["Location"] == "/timesheet/2026-11-19/"
    assert client.get("/timesheet/?day=soon")["Location"] == "/timesheet/"


def test_somebody_without_a_staff_record_is_told_why(signed_in: SignedIn) -> None:
    client = signed_in()
    Staff.objects.all().delete()
    assert "You aren’t on the staff list yet" in client.get(WEEK).content.decode()


@pytest.mark.parametrize(("role", "leads_to"), [("administrator", "/company/staff/"), ("manager", "/approvals/")])
def test_without_a_staff_record_the_page_leads_to_what_helps(signed_in: SignedIn, role: str, leads_to: str) -> None:
    client = signed_in(role)
    Staff.objects.all().delete()
    assert f'<a class="btn primary" href="{leads_to}">' in client.get(WEEK).content.decode()


def test_a_name_no_page_sends_changes_nothing(signed_in: SignedIn) -> None:
    client = signed_in()
    entry = entry_for(client, minutes=90)
    answer = client.post(WEEK, {"c:x:y": "1", f"c:{name_of(entry)}": "2", f"s:{name_of(entry)}": "0|1:30"}, follow=True)
    assert "That row isn&#x27;t one of this timesheet. Reload the page." in answer.content.decode()
    entry.refresh_from_db()
    assert entry.minutes == 90
