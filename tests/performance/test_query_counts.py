"""However many rows a page shows, it asks the database the same number of questions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from benchmarks.work import Work
from bigtime.clients.models import Project, Task
from bigtime.codes.models import LaborCode
from bigtime.firm.models import Firm
from bigtime.staff.models import Staff
from bigtime.timesheets.models import Timesheet
from integrations.models import Connection, Operation
from tests.factories import ConnectionFactory

from .counting import FEW, MANY, Sized, know_the_tables

# Each page: its address, and the most statements it may take. Five of them every page needs: the session, the person
# with their firms, the books, how long they may be read, and what the frame around the page tells.
PAGES = {
    "dashboard": ("dashboard:home", "", 12),
    "timesheet": ("timesheets:week", "", 12),
    "approvals": ("timesheets:approvals", "", 12),
    "missing time": ("timesheets:approvals", "?tab=missing", 12),
    "decided time": ("timesheets:approvals", "?tab=decided", 12),
    "clients": ("clients:client_list", "", 12),
    "projects": ("clients:project_list", "", 12),
    # Beside its tasks it tells team, time in three ways, links and history.
    "one project": ("clients:project_detail", "", 16),
    "new project": ("clients:project_new", "", 12),
    "staff": ("staff:list", "", 12),
    "codes": ("codes:list", "", 12),
    "Post Timesheets": ("posting:timesheets", "", 12),
    "time of some dates": ("posting:timesheets", "?span=dates&start=2020-01-01", 12),
    "posted time": ("posting:timesheets", "?span=all&state=posted", 12),
    "errors": ("posting:errors", "", 12),
    "ledger": ("posting:ledger", "", 12),
}


def _monday() -> Any:
    today = timezone.localdate()
    return today - timedelta(days=today.weekday())


def _fill(firm: Firm, connection: Connection, people: int, start: int) -> None:
    """So many people with a sheet in each state, thirty entries in each, some posted and some failed."""
    work = Work.create(firm, people=people, projects=people * 4, codes=people, called=f"{start}-")
    for entity, ours in (("employee", work.people), ("customer", work.projects), ("item", work.codes)):
        work.link(connection, entity, ours, [f"{start}-{each.pk}" for each in ours])
    monday = _monday()
    for age, status in enumerate([Timesheet.Status.DRAFT, Timesheet.Status.SUBMITTED, Timesheet.Status.APPROVED]):
        work.weeks(monday - timedelta(weeks=age), 1, status=status)
    work.weeks(monday - timedelta(weeks=4), 1)
    first = monday - timedelta(weeks=4)
    work.entries(first, monday + timedelta(days=1), posted_before=monday - timedelta(weeks=3))
    Operation.objects.bulk_create(
        Operation(
            connection=connection, entity="time_entry", local_model="timesheets.timeentry", local_id=start * 1000 + n,
            marker=f"{start}-{n}", state=Operation.State.REJECTED, error_code="6000", error_text=f"Refused {n}",
        )
        for n in range(people)
    )  # fmt: skip


def _first_project(firm: Firm) -> list[int]:
    """One with a team and tasks, some of a labor code."""
    project = Project.objects.for_firm(firm).order_by("pk")[0]
    project.team.set(Staff.objects.for_firm(firm)[:FEW])
    _add_tasks(firm, FEW)
    return [project.pk]


def _add_tasks(firm: Firm, count: int) -> None:
    project = Project.objects.for_firm(firm).order_by("pk")[0]
    codes = list(LaborCode.objects.for_firm(firm))[:FEW]
    Task.objects.bulk_create(
        Task(firm=firm, project=project, name=f"Task {count}-{n}", labor_code=codes[n % FEW]) for n in range(count)
    )


@pytest.fixture(scope="module")
def sizes(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[tuple[Sized, Sized]]:
    """A firm with few rows and one with many, made once, in a transaction around those of the tests."""
    with django_db_blocker.unblock(), transaction.atomic():
        few, many = (Sized.of(ConnectionFactory.create(imported_at=timezone.now())) for _ in range(2))
        for each in (few, many):
            _fill(each.firm, each.books, FEW, 1)
        _fill(many.firm, many.books, MANY, 2)
        know_the_tables()
        yield few, many
        transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.parametrize("page", PAGES)
def test_statements_do_not_grow_with_rows(page: str, sizes: tuple[Sized, Sized]) -> None:
    name, query, most = PAGES[page]
    _add_tasks(sizes[1].firm, MANY)
    few, many = (
        each.statements(reverse(name, args=_first_project(each.firm) if page == "one project" else ()) + query)
        for each in sizes
    )

    assert many == few
    assert many <= most
