"""What a press of **Post Selected Time** puts into the outbox, and what it leaves alone."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from bigtime.timesheets.models import TimeEntry
from integrations.models import Operation
from posting import services
from posting.filters import Filters
from posting.models import Batch, Line
from tests.factories import (
    ClientFactory,
    ConnectionFactory,
    FirmFactory,
    ProjectFactory,
    TaskFactory,
    TimeEntryFactory,
    TrackingClassFactory,
)
from tests.postable import Postable

from .desk import Desk

pytestmark = pytest.mark.django_db
ALL = Filters(span="all", state="all")


def test_every_ready_entry_is_queued_once_and_held(desk: Desk) -> None:
    sheet = desk.sheet(60, 75, 90)
    outcome = desk.post(sheet)
    assert (outcome.queued, outcome.left_out) == (3, 0)
    assert desk.queued() == [60, 75, 90]
    assert set(TimeEntry.objects.values_list("lock", flat=True)) == {"posting"}
    assert list(Line.objects.order_by("pk").values_list("batch", "minutes")) == [
        (outcome.batch.pk, n) for n in (60, 75, 90)
    ]


def test_a_label_says_who_when_what_and_how_long(desk: Desk) -> None:
    sheet = desk.sheet(75)
    desk.post(sheet)
    day = sheet.starts_on
    assert Operation.objects.get().label == f"Maya Okafor · {day:%b} {day.day}, {day:%Y} · Site · Consulting · 1:15"


def test_entries_of_one_day_and_length_have_labels_of_their_own(desk: Desk) -> None:
    firm, sheet = desk.connection.firm, desk.sheet()
    task, east = (
        TaskFactory.create(firm=desk.connection.firm, project=desk.project, name="Review"),
        TrackingClassFactory.create(firm=firm, name="East"),
    )
    same = {"firm": firm, "timesheet": sheet, "staff": desk.staff, "work_date": sheet.starts_on, "minutes": 150}
    for line in ({}, {"task": task}, {"tracking_class": east}):
        TimeEntryFactory.create(**same, project=desk.project, labor_code=desk.code, **line)
    desk.post(sheet)
    who, where = f"Maya Okafor · {sheet.starts_on:%b %-d, %Y} · Site", "Consulting · 2:30"
    labels = Operation.objects.order_by("local_id").values_list("label", flat=True)
    assert list(labels) == [
        f"{who} · {where}", f"{who} · Review · {where}", f"{who} · Consulting · East · 2:30",
    ]  # fmt: skip


def test_a_task_called_as_its_code_is_named_once(desk: Desk) -> None:
    sheet = desk.sheet(150, task=TaskFactory.create(firm=desk.connection.firm, project=desk.project, name="Consulting"))
    desk.post(sheet)
    assert Operation.objects.get().label.endswith(" · Site · Consulting · 2:30")


def test_long_names_are_cut_but_day_and_hours_stay(desk: Desk) -> None:
    desk.project.name = "P" * 500
    desk.project.save()
    sheet = desk.sheet(
        24 * 60, task=TaskFactory.create(firm=desk.connection.firm, project=desk.project, name="T" * 200)
    )
    desk.post(sheet)
    day = f"{sheet.starts_on:%b %-d, %Y}"
    cut = f"{'P' * 66}… · {'T' * 66}…"
    assert Operation.objects.get().label == f"Maya Okafor · {day} · {cut} · Consulting · 24:00"


def test_labels_cost_no_statement_more_for_more_entries(desk: Desk) -> None:
    task = TaskFactory.create(firm=desk.connection.firm, project=desk.project)
    few, many = desk.sheet(30, task=task), desk.sheet(*[30] * 7, task=task, weeks_ago=1)
    counts = []
    for sheet in (few, many):
        with CaptureQueriesContext(connection) as seen:
            desk.post(sheet)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_the_same_key_again_changes_nothing(desk: Desk) -> None:
    key = uuid.uuid4()
    first, other = desk.sheet(60), desk.sheet(45, weeks_ago=1)
    before = desk.post(first, key=key)
    again = desk.post(first, other, key=key)
    assert again.batch == before.batch
    assert again.queued == 1
    assert desk.queued() == [60]
    assert not TimeEntry.objects.get(timesheet=other).lock


def test_nothing_ready_leaves_no_batch_behind(desk: Desk) -> None:
    outcome = desk.post(desk.sheet(60, 30, staff=desk.person("Nobody Known", linked=False)))
    assert (outcome.batch, outcome.queued, outcome.left_out) == (None, 0, 2)
    assert Batch.objects.count() == Operation.objects.count() == 0
    assert set(TimeEntry.objects.values_list("lock", flat=True)) == {""}


def test_what_is_not_ready_stays_and_is_counted(desk: Desk) -> None:
    sheet = desk.sheet(60, 75)
    unlinked = ProjectFactory.create(firm=desk.connection.firm, name="Unknown there")
    TimeEntry.objects.filter(minutes=75).update(project=unlinked)
    outcome = desk.post(sheet)
    assert (outcome.queued, outcome.left_out) == (1, 1)
    assert desk.queued() == [60]
    assert TimeEntry.objects.get(minutes=75).lock == ""


@pytest.mark.parametrize("status", ["draft", "submitted", "rejected"])
def test_time_that_is_not_approved_is_not_sent(desk: Desk, status: str) -> None:
    outcome = desk.post(desk.sheet(60, status=status))
    assert (outcome.batch, outcome.left_out) == (None, 0)


def test_submitted_time_goes_where_the_firm_allows_it(desk: Desk) -> None:
    desk.connection.options = {"require_approval": False}
    desk.connection.save()
    outcome = desk.post(desk.sheet(60, status="submitted"), desk.sheet(30, status="draft", weeks_ago=1))
    assert outcome.queued == 1
    assert desk.queued() == [60]


def test_posted_time_is_not_sent_again(desk: Desk) -> None:
    sheet = desk.sheet(60, 75)
    TimeEntry.objects.filter(minutes=60).update(lock="posted")
    assert desk.post(sheet).queued == 1
    assert desk.queued() == [75]


def test_all_that_match_means_the_filters(desk: Desk) -> None:
    elena = desk.person("Elena Rossi")
    other = ProjectFactory.create(firm=desk.connection.firm, client=ClientFactory.create(firm=desk.connection.firm))
    desk.link("customer", other)
    desk.sheet(60)
    desk.sheet(45, weeks_ago=9)
    desk.sheet(75, staff=elena)
    desk.sheet(90, staff=elena, weeks_ago=1, project=other)

    desk.post(filters=Filters(span="all", state="unposted", staff=elena.pk, client=other.client_id))
    assert desk.queued() == [90]
    desk.post(filters=Filters(span="all", state="unposted", staff=elena.pk))
    assert desk.queued() == [90, 75]
    desk.post(filters=Filters(span="this_month"))
    assert sorted(desk.queued()) == [60, 75, 90]
    desk.post(filters=ALL)
    assert sorted(desk.queued()) == [45, 60, 75, 90]


def test_a_client_s_filter_sends_only_that_client_s_entries_of_a_period(desk: Desk) -> None:
    sheet = desk.sheet(60, 75)
    other = ProjectFactory.create(firm=desk.connection.firm)
    desk.link("customer", other)
    TimeEntry.objects.filter(minutes=75).update(project=other)
    desk.post(sheet, filters=Filters(span="all", client=other.client_id))
    assert desk.queued() == [75]
    assert TimeEntry.objects.get(minutes=60).lock == ""


def test_another_firm_s_time_is_out_of_reach(desk: Desk) -> None:
    theirs = Desk(ConnectionFactory.create(firm=FirmFactory.create(name="Others")))
    foreign = theirs.sheet(60)
    outcome = services.post_time(
        connection=desk.connection,
        timesheets=type(foreign).objects.filter(pk=foreign.pk),
        filters=ALL,
        key=uuid.uuid4(),
        by=None,
    )
    assert outcome.batch is None
    assert Operation.objects.count() == 0
    assert TimeEntry.objects.get(timesheet=foreign).lock == ""


def test_more_than_a_chunk(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "CHUNK", 2)
    outcome = desk.post(desk.sheet(10, 20, 30, 40, 50))
    assert outcome.queued == 5
    assert desk.queued() == [10, 20, 30, 40, 50]


def _at_once(*calls: Callable[[], Any]) -> list[Any]:
    results: list[Any] = [None] * len(calls)
    start = threading.Barrier(len(calls))

    def run(at: int) -> None:
        try:
            start.wait()
            results[at] = calls[at]()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(at,)) for at in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("same_key", [True, False], ids=["double click", "two people"])
def test_two_at_once_send_each_entry_once(postable: Postable, drain: Callable[[], None], same_key: bool) -> None:
    postable.entries(20)
    key = uuid.uuid4()

    def press() -> services.Outcome:
        return services.post_time(
            connection=postable.connection,
            timesheets=ALL.timesheets(postable.connection.firm),
            filters=ALL,
            key=key if same_key else uuid.uuid4(),
            by=None,
        )

    outcomes = _at_once(press, press)
    assert all(outcomes)
    # Of two people one sent all of it, and the other is told that nothing was left.
    assert len({outcome.batch for outcome in outcomes} - {None}) == Batch.objects.count() == 1
    assert sum(outcome.queued for outcome in outcomes) == (40 if same_key else 20)
    drain()
    assert postable.states() == {"posted": 20}
    assert sorted(postable.marker_counts().values()) == [1] * 20
