"""What ended here as not posted, and is in the company file all the same: it counts, and nothing goes there twice."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import timezone

from bigtime.timesheets.models import TimeEntry, Timesheet
from integrations.models import Connection, Operation, SyncIssue
from integrations.quickbooks.desktop import books
from integrations.quickbooks.desktop.models import Agent
from integrations.sync import markers, outbox, presence
from integrations.sync.books import Found
from posting.filters import Filters
from posting.rows import build

from .conftest import Office
from .test_copies import Files
from .test_posting import Posting
from .test_two_computers import fall_asleep, taken_over, wait, wake_up


@pytest.fixture
def files(office: Office) -> Files:
    return Files(office, before=3, after=4)


@pytest.fixture
def posting(office: Office) -> Posting:
    return Posting(office)


@pytest.fixture
def posted(posting: Posting) -> Posting:
    posting.push(posting.entries(2))
    assert posting.office.connector.visit() == 100
    return posting


def everything(posting: Posting) -> list[TimeEntry]:
    return list(TimeEntry.objects.order_by("pk"))


def test_skipped_and_done_by_the_web_connector_after_all(posting: Posting) -> None:
    posting.push(posting.entries(2))
    Agent.objects.update(kind=Agent.Kind.WEB_CONNECTOR)
    held = fall_asleep(posting.office.connector)
    other = taken_over(posting)
    other.visit()
    wait()
    other.visit()
    assert posting.states() == {"needs_person": 2}
    outbox.skip(operations=list(Operation.objects.all()), reason="Given up", by=None)
    wake_up(posting.office.connector, held)

    posting.push(everything(posting))
    assert other.visit() == 100

    assert posting.states() == {"posted": 2, "cancelled": 2}
    assert sorted(posting.markers().values()) == [1, 1]
    assert set(TimeEntry.objects.values_list("lock", flat=True)) == {"posted"}


def test_withdrawn_after_a_backup_was_restored_in_which_it_was_only_queued(posted: Posting) -> None:
    fresh: dict[str, Any] = {"sent_at": None, "remote_id": "", "remote_created_at": None, "carrier": None}
    Operation.objects.update(state="ready", payload=None, **fresh)
    TimeEntry.objects.update(lock="posting")
    outbox.withdraw(operations=list(Operation.objects.all()), by=None)

    posted.push(everything(posted))
    assert posted.office.connector.visit() == 100

    assert posted.states() == {"posted": 2, "cancelled": 2}
    assert sorted(posted.markers().values()) == [1, 1]


def test_a_clock_that_ran_ahead_once_hides_nothing_from_the_look(posted: Posting) -> None:
    ahead = datetime(2031, 1, 1, tzinfo=UTC)
    first = Operation.objects.order_by("pk")[0]
    Operation.objects.filter(pk=first.pk).update(remote_created_at=ahead)
    Operation.objects.exclude(pk=first.pk).delete()
    TimeEntry.objects.exclude(pk=first.local_id).update(lock="", lock_note="")

    posted.push(list(TimeEntry.objects.filter(lock="")))
    assert posted.office.connector.visit() == 100

    assert posted.states() == {"posted": 2}
    assert len(posted.office.file.dump("TimeTracking")) == 2


def test_however_often_it_was_queued_before(posting: Posting) -> None:
    [entry] = posting.entries(1)
    for _ in range(9):
        outbox.withdraw(operations=posting.push([entry]), by=None)
    kept = list(Operation.objects.order_by("seq")[:3].values_list("pk", flat=True))
    posting.push([entry])
    assert posting.office.connector.visit() == 100
    # The backup knows of three of the ten.
    Operation.objects.exclude(pk__in=kept).delete()
    TimeEntry.objects.update(lock="", lock_note="")

    posting.push([entry])
    assert posting.office.connector.visit() == 100

    assert posting.states() == {"posted": 1, "cancelled": 3}
    assert len(posting.office.file.dump("TimeTracking")) == 1


def test_changed_and_taken_back_while_it_was_missing_it_differs(files: Files) -> None:
    files.open("copy", leaving="right")
    files.posting.office.sync()
    changed = files.entries[4]
    TimeEntry.objects.filter(pk=changed.pk).update(minutes=475)
    Timesheet.objects.filter(pk=changed.timesheet_id).update(status=Timesheet.Status.DRAFT)
    files.open("right", leaving="copy")

    files.post(1)

    [differing] = Operation.objects.filter(state="posted_diverged")
    assert differing.local_id == changed.pk
    files.posting.office.sync()
    assert list(Operation.objects.filter(state="posted_diverged")) == [differing]
    files.assert_each_once()


def test_without_its_mark_it_is_known_by_its_number(files: Files) -> None:
    """Somebody tidied the notes in QuickBooks, or the firm has switched marks off."""
    rows = {row["TxnID"]: row for row in files.file.dump("TimeTracking")}
    newest = Operation.objects.latest("pk")
    files.open("copy", leaving="right")
    files.posting.office.sync()
    files.open("right", leaving="copy")
    notes = markers.strip(rows[newest.remote_id]["Notes"])
    files.file.add("TimeTracking", TxnID=newest.remote_id, Notes=notes)

    assert files.post_what_is_free() == 4

    assert len(files.file.dump("TimeTracking")) == 7
    assert files.posting.states() == {"posted": 7, "cancelled": 4}


def test_there_twice_it_is_held_until_somebody_decides(files: Files) -> None:
    missing = Operation.objects.latest("pk")
    row = next(row for row in files.file.dump("TimeTracking") if row["TxnID"] == missing.remote_id)
    files.file.add("TimeTracking", **{k: row[k] for k in ("TxnDate", "EntityRef", "Duration", "Notes")})
    files.keep("doubled")
    files.open("copy", leaving="right")
    files.posting.office.sync()
    files.posting.push([TimeEntry.objects.get(pk=missing.local_id)])
    files.open("doubled", leaving="copy")

    assert files.posting.office.connector.visit() == 100

    missing.refresh_from_db()
    assert (missing.state, missing.error_code) == ("needs_person", "several")
    entry = TimeEntry.objects.select_related("timesheet").get(pk=missing.local_id)
    assert entry.lock == "posting"
    connection = files.posting.office.connection
    filters = Filters(span="all")
    [row_shown] = [row for row in build(connection, filters.timesheets(connection.firm), filters) if row.failed]
    assert (row_shown.timesheet, row_shown.held, row_shown.failed) == (entry.timesheet, 0, 1)


def test_there_twice_and_not_queued_it_is_held_as_well(files: Files) -> None:
    missing = Operation.objects.latest("pk")
    row = next(row for row in files.file.dump("TimeTracking") if row["TxnID"] == missing.remote_id)
    files.file.add("TimeTracking", **{k: row[k] for k in ("TxnDate", "EntityRef", "Duration", "Notes")})
    files.keep("doubled")
    files.open("copy", leaving="right")
    files.posting.office.sync()
    files.open("doubled", leaving="copy")

    files.post(1)

    missing.refresh_from_db()
    assert missing.state == "needs_person"
    assert TimeEntry.objects.get(pk=missing.local_id).lock == "posting"


def test_what_other_books_hold_by_now_is_told(files: Files) -> None:
    files.open("copy", leaving="right")
    files.posting.office.sync()
    moved = Operation.objects.filter(state="absent").latest("pk")
    other = Connection.objects.create(
        firm=files.posting.office.firm, system="quickbooks_online", environment="simulator", company_id="9",
        company_name="Elsewhere", status="disabled",
    )  # fmt: skip
    Operation.objects.create(
        connection=other, entity="time_entry", local_model=moved.local_model, local_id=moved.local_id,
        marker="ELSEWHERE2", state="posted", remote_id="12", finished_at=timezone.now(),
    )  # fmt: skip
    TimeEntry.objects.filter(pk=moved.local_id).update(lock="posted")
    files.open("right", leaving="copy")

    files.post(1)

    moved.refresh_from_db()
    assert moved.state == "absent"
    assert moved.remote_id in SyncIssue.objects.get(code="doubled").message


def test_what_was_deleted_here_meanwhile_is_told(files: Files) -> None:
    files.open("copy", leaving="right")
    files.posting.office.sync()
    gone = Operation.objects.filter(state="absent").latest("pk")
    TimeEntry.objects.filter(pk=gone.local_id).delete()
    files.open("right", leaving="copy")

    files.post(1)

    gone.refresh_from_db()
    assert gone.state == "absent"
    assert SyncIssue.objects.get(code="unknown_marker").detail == gone.remote_id


def test_a_number_that_two_files_gave_to_two_entries(posted: Posting) -> None:
    """The number is there, and it is the other one."""
    first, second = Operation.objects.order_by("pk")
    Operation.objects.filter(pk=first.pk).update(remote_id=second.remote_id)
    rows = [row for row in posted.office.file.dump("TimeTracking") if row["TxnID"] == second.remote_id]

    found = [Found(books.done(row), row) for row in rows]
    presence.judge(posted.office.connection, "time_entry", [second.remote_id], found)

    assert list(Operation.objects.order_by("pk").values_list("state", flat=True)) == ["absent", "posted"]
