"""Two people, or one person twice, at the same moment: real connections in real threads."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from bigtime.clients.models import Project
from bigtime.firm.models import Firm
from bigtime.timesheets import services
from bigtime.timesheets.lines import LineKey
from bigtime.timesheets.models import TimeEntry, Timesheet, TimesheetEvent
from bigtime.timesheets.refusals import Conflict, Refused
from tests.factories import ProjectFactory

MONDAY = date(2026, 11, 16)
pytestmark = pytest.mark.django_db(transaction=True)
People = Callable[..., Any]


def together(*acts: Callable[[], Any]) -> list[Any]:
    """Runs the acts at once, each on its own connection; gives results, and refusals in place of results."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            barrier.wait(timeout=10)
            return act()
        except Refused as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def writer(who: Any, project: Project, minutes: int, seen: int | None, day: int = 0) -> Callable[[], Any]:
    place = {"by": who.membership, "staff": who.staff, "key": LineKey(project.pk, None, None)}
    return lambda: services.set_cell(**place, day=MONDAY + timedelta(day), minutes=minutes, seen=seen)


def test_of_two_who_saw_the_same_one_wins_and_one_is_told(person: People, project: Project) -> None:
    dmitri = person()
    entry = dmitri.entry(project, minutes=60)
    results = together(writer(dmitri, project, 90, 0), writer(dmitri, project, 120, 0))
    conflicts = [r for r in results if isinstance(r, Conflict)]
    winners = [r for r in results if not isinstance(r, Refused)]
    entry.refresh_from_db()
    assert (len(conflicts), len(winners)) == (1, 1)
    assert entry.minutes == winners[0].minutes == conflicts[0].minutes


def test_two_first_cells_make_one_sheet(person: People, project: Project) -> None:
    dmitri = person()
    results = together(*(writer(dmitri, project, 60, None, day) for day in range(4)))
    assert [r.minutes for r in results] == [60] * 4
    assert Timesheet.objects.count() == 1
    assert TimeEntry.objects.count() == 4
    assert sorted(TimeEntry.objects.values_list("version", flat=True)) == [1, 2, 3, 4]


def test_two_cells_of_a_day_never_pass_24_hours(person: People, firm: Firm) -> None:
    dmitri = person()
    dmitri.sheet()
    projects = ProjectFactory.create_batch(4, firm=firm)
    results = together(*(writer(dmitri, project, 600, None) for project in projects))
    assert sum(not isinstance(r, Refused) for r in results) == 2
    assert sum(TimeEntry.objects.values_list("minutes", flat=True)) == 1200


def test_a_cell_and_a_submission_do_not_pass_each_other(person: People, project: Project) -> None:
    dmitri = person()
    dmitri.entry(project, minutes=60)

    def submit() -> Timesheet:
        return services.submit(by=dmitri.membership, staff=dmitri.staff, day=MONDAY)

    written, submitted = together(writer(dmitri, project, 90, 0), submit)
    entry = TimeEntry.objects.get()
    assert submitted.status == "submitted"
    assert entry.minutes == (60 if isinstance(written, Refused) else 90)


def test_two_approvers_approve_once(person: People, project: Project) -> None:
    dmitri, chloe, aisha = person(), person("manager"), person("accountant")
    dmitri.entry(project)
    sheet = services.submit(by=dmitri.membership, staff=dmitri.staff, day=MONDAY)

    def approving(who: Any) -> Callable[[], Any]:
        return lambda: services.approve(by=who.membership, sheet_id=sheet.pk, seen=sheet.version)

    results = together(approving(chloe), approving(aisha))
    assert sum(isinstance(r, Refused) for r in results) == 1
    assert TimesheetEvent.objects.filter(action="approved").count() == 1
