from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from bigtime.clients.models import Project
from bigtime.core.periods import Period
from bigtime.firm.models import Firm
from bigtime.timesheets import services
from bigtime.timesheets.choices import find_projects
from bigtime.timesheets.lines import LineKey
from bigtime.timesheets.models import TimeEntry, Timesheet, TimesheetRow
from bigtime.timesheets.refusals import Refused
from tests.factories import LaborCodeFactory, ProjectFactory, TaskFactory

MONDAY = date(2026, 11, 16)
WEEK = Period(MONDAY, MONDAY + timedelta(6))
pytestmark = pytest.mark.django_db
People = Callable[..., Any]


def act_of(who: Any) -> dict[str, Any]:
    return {"by": who.membership, "staff": who.staff, "week": WEEK}


def rows() -> set[tuple[int, int | None, int | None]]:
    return set(TimesheetRow.objects.values_list("project_id", "task_id", "labor_code_id"))


def test_a_row_is_added_once(person: People, project: Project) -> None:
    dmitri = person()
    for _ in range(2):
        services.add_row(**act_of(dmitri), key=LineKey(project.pk, None, None))
    assert rows() == {(project.pk, None, None)}


def test_the_tasks_labor_code_wins(person: People, project: Project, firm: Firm) -> None:
    dmitri = person()
    own, chosen = LaborCodeFactory.create(firm=firm), LaborCodeFactory.create(firm=firm)
    task = TaskFactory.create(firm=firm, project=project, labor_code=own)
    added = services.add_row(**act_of(dmitri), key=LineKey(project.pk, task.pk, chosen.pk))
    assert added == LineKey(project.pk, task.pk, own.pk)
    assert rows() == {(project.pk, task.pk, own.pk)}


@pytest.mark.parametrize("status", ["submitted", "approved"])
def test_no_row_is_added_to_a_sheet_handed_in(person: People, project: Project, status: str) -> None:
    dmitri = person()
    dmitri.sheet(status=status)
    with pytest.raises(Refused):
        services.add_row(**act_of(dmitri), key=LineKey(project.pk, None, None))
    assert rows() == set()


def test_no_row_of_a_closed_project_is_added(person: People, firm: Firm) -> None:
    done = ProjectFactory.create(firm=firm, name="Old", status="completed")
    with pytest.raises(Refused, match="Old is completed and takes no more time"):
        services.add_row(**act_of(person()), key=LineKey(done.pk, None, None))
    assert rows() == set()
    assert not Timesheet.objects.exists()


def test_a_row_goes_with_its_time(person: People, project: Project, firm: Firm) -> None:
    dmitri = person()
    other = dmitri.entry(ProjectFactory.create(firm=firm), minutes=30)
    dmitri.entry(project, 0, 60)
    dmitri.entry(project, 3, 30)
    last_week = dmitri.entry(project, -7, 45)
    assert services.remove_row(**act_of(dmitri), key=LineKey(project.pk, None, None)) == 90
    assert set(TimeEntry.objects.all()) == {other, last_week}
    assert rows() == set()


def test_a_row_with_posted_time_stays_whole(person: People, project: Project) -> None:
    dmitri = person()
    dmitri.entry(project, 0, 60)
    dmitri.entry(project, 1, 60, lock="posted", lock_note="Posted to QuickBooks.")
    with pytest.raises(Refused, match=r"Tue Nov 17: Posted to QuickBooks\. The row was kept\."):
        services.remove_row(**act_of(dmitri), key=LineKey(project.pk, None, None))
    assert TimeEntry.objects.count() == 2


def test_last_weeks_rows_come_without_hours(person: People, project: Project, firm: Firm) -> None:
    dmitri = person()
    dmitri.entry(project, -7, 60)
    closed = ProjectFactory.create(firm=firm, name="Old", client__name="Initech", is_active=False)
    dmitri.entry(closed, -6, 60)
    copied = services.copy_last_week(**act_of(dmitri), with_hours=False)
    assert (copied.rows, copied.minutes) == (1, 0)
    assert copied.skipped == ["Initech · Old: Old is inactive and takes no more time."]
    assert rows() == {(project.pk, None, None)}
    assert TimeEntry.objects.filter(work_date__gte=MONDAY).count() == 0


def test_last_weeks_hours_fill_only_empty_cells(person: People, project: Project) -> None:
    dmitri = person()
    for day, minutes in ((-7, 60), (-6, 90), (-3, 120)):
        dmitri.entry(project, day, minutes, note="Last week's")
    dmitri.entry(project, 1, 15)
    copied = services.copy_last_week(**act_of(dmitri), with_hours=True)
    assert (copied.rows, copied.minutes) == (1, 180)
    this_week = [(day, minutes, note) for _, day, minutes, note in dmitri.stored() if day >= MONDAY]
    assert this_week == [(MONDAY, 60, ""), (MONDAY + timedelta(1), 15, ""), (MONDAY + timedelta(4), 120, "")]


def test_copying_past_24_hours_changes_nothing(person: People, project: Project, firm: Firm) -> None:
    dmitri = person()
    dmitri.entry(project, -7, 600)
    dmitri.entry(ProjectFactory.create(firm=firm), 0, 900)
    with pytest.raises(Refused, match="would have 25:00 in all"):
        services.copy_last_week(**act_of(dmitri), with_hours=True)
    assert rows() == set()
    assert TimeEntry.objects.filter(work_date__gte=MONDAY).count() == 1


def test_an_empty_last_week_is_said(person: People) -> None:
    with pytest.raises(Refused, match="There is nothing in Nov 9 – 15, 2026 to copy"):
        services.copy_last_week(**act_of(person()), with_hours=True)


def test_days_of_a_locked_sheet_are_left_out_and_named(person: People, project: Project, firm: Firm) -> None:
    firm.period_kind = "semimonthly"
    firm.save()
    dmitri = person()
    # The week of Nov 30 touches two periods; the first of them is handed in.
    late = Period(date(2026, 11, 30), date(2026, 12, 6))
    for day in (date(2026, 11, 23), date(2026, 11, 24)):
        services.set_cell(
            by=dmitri.membership,
            staff=dmitri.staff,
            key=LineKey(project.pk, None, None),
            day=day,
            minutes=60,
            seen=None,
        )
    Timesheet.objects.filter(ends_on=date(2026, 11, 30)).update(status="submitted")
    copied = services.copy_last_week(by=dmitri.membership, staff=dmitri.staff, week=late, with_hours=True)
    assert (copied.rows, copied.minutes) == (1, 60)
    assert copied.skipped == ["Mon Nov 30: Submitted and waiting for approval. Recall it to change it."]
    assert TimeEntry.objects.filter(work_date__gte=late.starts_on).get().work_date == date(2026, 12, 1)


def test_the_search_offers_what_takes_this_persons_time(person: People, firm: Firm) -> None:
    dmitri = person()
    mine = ProjectFactory.create(firm=firm, name="Team work", client__name="Globex", open_to_all=False, code="G-1")
    mine.team.add(dmitri.staff)
    ProjectFactory.create(firm=firm, name="Their team", open_to_all=False)
    ProjectFactory.create(firm=firm, name="Done", status="completed")
    ProjectFactory.create(name="Another firm's")
    labor = LaborCodeFactory.create(firm=firm)
    dmitri.entry(mine, -7, 60, labor_code=labor)
    TaskFactory.create(firm=firm, project=mine, name="Old", is_active=False)
    TaskFactory.create(firm=firm, project=mine, name="Build")
    for query in ("", "work glob", "g-1"):
        (choice,) = find_projects(staff=dmitri.staff, query=query).choices
        assert (choice.project, [t.name for t in choice.tasks], choice.labor_code_id) == (mine, ["Build"], labor.pk)
    assert find_projects(staff=dmitri.staff, query="nothing\x00").choices == []


def test_the_search_says_when_there_are_more(person: People, firm: Firm) -> None:
    dmitri = person()
    ProjectFactory.create_batch(31, firm=firm)
    found = find_projects(staff=dmitri.staff)
    assert (len(found.choices), found.more) == (30, True)
