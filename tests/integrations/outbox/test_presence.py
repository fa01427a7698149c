from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from bigtime.timesheets.models import TimeEntry
from integrations.models import Operation, SyncIssue, SyncRun
from integrations.quickbooks.online import driver
from integrations.sync import outbox, presence, runs
from tests.postable import Postable


@pytest.fixture
def posted(postable: Postable, monkeypatch: pytest.MonkeyPatch) -> list[Operation]:
    monkeypatch.setattr(presence, "again", lambda: presence.timedelta(0))
    operations = postable.push(postable.entries(25))
    postable.drain()
    assert postable.states() == {"posted": 25}
    return [Operation.objects.get(pk=each.pk) for each in operations]


def rows(postable: Postable) -> dict[str, dict[str, Any]]:
    return {each["Id"]: each for each in postable.in_books()}


def test_what_is_there_and_the_same_stays_as_it_is(postable: Postable, posted: list[Operation]) -> None:
    before = Operation.objects.values_list("pk", "state", "remote_version")
    driver.look(postable.connection)
    assert list(Operation.objects.values_list("pk", "state", "remote_version")) == list(before)
    assert all(each.events.count() == 2 for each in posted)


def test_what_was_deleted_there_is_missing_and_can_be_posted_again(postable: Postable, posted: list[Operation]) -> None:
    gone = posted[3]
    postable.delete("TimeActivity", rows(postable)[gone.remote_id])

    driver.look(postable.connection)

    assert postable.states() == {"posted": 24, "absent": 1}
    entry = TimeEntry.objects.get(pk=gone.local_id)
    assert (entry.lock, entry.lock_note) == ("", "")
    (again,) = postable.push([entry])
    assert again.seq == 2
    postable.drain()
    assert postable.states() == {"posted": 25, "absent": 1}
    assert len(postable.in_books()) == 25


def test_what_was_changed_there_differs_until_it_is_changed_back(postable: Postable, posted: list[Operation]) -> None:
    changed = posted[5]
    row = rows(postable)[changed.remote_id]
    postable.change("TimeActivity", row, Hours=9, Minutes=9)

    driver.look(postable.connection)

    changed.refresh_from_db()
    assert (changed.state, changed.remote_version) == ("posted_diverged", "1")
    assert changed.events.latest("pk").evidence == {
        "differences": ["minutes"], "version": "1", "sent": {"minutes": 20}, "there": {"minutes": 549},
    }  # fmt: skip
    postable.change("TimeActivity", rows(postable)[changed.remote_id], Hours=row["Hours"], Minutes=row["Minutes"])
    driver.look(postable.connection)
    changed.refresh_from_db()
    assert changed.state == "posted"


def synced(postable: Postable, by: Any) -> SyncRun:
    """A sync that a person asked for, as a worker does it."""
    run = runs.start(connection=postable.connection, by=by)
    driver.OnlineDriver().sync(run)
    run.refresh_from_db()
    assert (run.state, run.error) == (SyncRun.State.DONE, "")
    return run


def found(run: SyncRun) -> tuple[int, ...]:
    return run.missing, run.changed, run.back, run.unfound


def test_a_sync_tells_what_it_found_of_what_was_posted(
    postable: Postable, posted: list[Operation], signed_in: Callable[..., Any]
) -> None:
    browser = signed_in("accountant")
    by = browser.membership.user
    assert found(synced(postable, by)) == (0, 0, 0, 0)
    there = rows(postable)
    for gone in posted[:2]:
        postable.delete("TimeActivity", there[gone.remote_id])
    changed = there[posted[5].remote_id]
    postable.change("TimeActivity", changed, Hours=9)
    run = synced(postable, by)
    assert found(run) == (2, 1, 0, 0)
    words = "2 missing in QuickBooks, 1 changed there"
    for address in ("/company/integrations/sync/", f"/company/integrations/sync/{run.pk}/"):
        page = browser.get(address).content.decode()
        assert '<a class="link" href="/quickbooks/ledger/?state=missing_in_quickbooks">2 missing in QuickBooks' in page
        assert '?state=changed_since_posted">1 changed there' in page
    assert words in browser.get("/company/integrations/sync/history/").content.decode()
    postable.change("TimeActivity", rows(postable)[changed["Id"]], Hours=changed["Hours"], Minutes=changed["Minutes"])
    assert found(synced(postable, by)) == (0, 0, 1, 0)


def test_a_sync_tells_how_many_it_did_not_find(
    postable: Postable, posted: list[Operation], signed_in: Callable[..., Any]
) -> None:
    by = signed_in("accountant").membership.user
    Operation.objects.filter(pk__in=[each.pk for each in posted[:21]]).update(
        remote_id=Concat(Value("no-"), Cast("pk", CharField()))
    )
    assert found(synced(postable, by)) == (0, 0, 0, 21)
    for each in posted:
        Operation.objects.filter(pk=each.pk).update(remote_id=each.remote_id)
    assert found(synced(postable, by)) == (0, 0, 21, 0)


def test_what_is_changed_there_once_more_is_written_down_once_more(postable: Postable, posted: list[Operation]) -> None:
    changed = posted[5]
    for hours in (9, 10):
        postable.change("TimeActivity", rows(postable)[changed.remote_id], Hours=hours, Minutes=0)
        driver.look(postable.connection)
        driver.look(postable.connection)
    said = [each.evidence["there"] for each in changed.events.filter(to_state="posted_diverged")]
    assert said == [{"minutes": 540}, {"minutes": 600}]
    changed.refresh_from_db()
    assert (changed.state, changed.remote_version) == ("posted_diverged", "2")


def test_another_person_there_is_written_down_with_both_numbers(postable: Postable, posted: list[Operation]) -> None:
    changed, other = posted[5], postable.person("Vendor", "Sam Lee")
    row = rows(postable)[changed.remote_id]
    postable.change("TimeActivity", row, NameOf="Vendor", VendorRef={"value": other}, EmployeeRef=None)
    driver.look(postable.connection)
    evidence = changed.events.latest("pk").evidence
    assert evidence["differences"] == ["kind", "employee"]
    assert evidence["sent"] == {"kind": "Employee", "employee": postable.remote["employee"]}
    assert evidence["there"] == {"kind": "Vendor", "vendor": other}


def test_nearly_everything_gone_changes_nothing_and_asks(postable: Postable, posted: list[Operation]) -> None:
    for row in postable.in_books()[:21]:
        postable.delete("TimeActivity", row)
    driver.look(postable.connection)
    driver.look(postable.connection)
    assert postable.states() == {"posted": 25}
    assert SyncIssue.objects.get().message.startswith("21 posted transactions are no longer in QuickBooks.")


def test_more_than_many_gone_are_believed_where_they_are_few_of_all(
    postable: Postable, posted: list[Operation], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "MANY", 2)
    monkeypatch.setattr(presence, "MANY_SHARE", 0.2)
    for row in postable.in_books()[:4]:
        postable.delete("TimeActivity", row)
    driver.look(postable.connection)
    assert postable.states() == {"posted": 21, "absent": 4}
    assert not SyncIssue.objects.exists()
    for row in postable.in_books()[:5]:
        postable.delete("TimeActivity", row)
    driver.look(postable.connection)
    assert postable.states() == {"posted": 21, "absent": 4}
    assert SyncIssue.objects.get().message.startswith("5 posted transactions are no longer in QuickBooks.")


def test_a_number_that_stands_for_another_record_of_ours_is_not_the_own(
    postable: Postable, posted: list[Operation]
) -> None:
    mine, other = posted[3], posted[4]
    there = rows(postable)
    postable.change("TimeActivity", there[mine.remote_id], Description=there[other.remote_id]["Description"])
    driver.look(postable.connection)
    mine.refresh_from_db()
    other.refresh_from_db()
    assert (mine.state, other.state) == ("absent", "posted")


def test_books_that_cant_be_read_change_nothing(postable: Postable, posted: list[Operation]) -> None:
    postable.simulator.faults(postable.realm, [{"kind": "html"}])
    driver.look(postable.connection)
    assert postable.states() == {"posted": 25}


@pytest.fixture
def overlooked(postable: Postable, posted: list[Operation]) -> TimeEntry:
    """Intuit's answer left it out, so it was taken for deleted; it is queued again."""
    presence.judge(postable.connection, "time_entry", [posted[3].remote_id], [])
    assert postable.states() == {"posted": 24, "absent": 1}
    entry = TimeEntry.objects.get(pk=posted[3].local_id)
    postable.push([entry])
    return entry


def test_what_was_only_overlooked_is_found_before_it_is_sent_again(postable: Postable, overlooked: TimeEntry) -> None:
    postable.drain()
    assert postable.states() == {"posted": 25, "cancelled": 1}
    assert len(postable.in_books()) == 25
    overlooked.refresh_from_db()
    assert overlooked.lock == "posted"


def test_nobody_can_take_it_who_has_not_looked(postable: Postable, overlooked: TimeEntry) -> None:
    operation = Operation.objects.get(state="ready")
    assert outbox.claim(postable.connection) is None
    claimed = outbox.claim(postable.connection, looked=[operation.pk])
    assert claimed is not None
    assert [each.pk for each in claimed.operations] == [operation.pk]


def test_what_was_posted_just_now_is_not_asked_for_yet(postable: Postable) -> None:
    older, newer = postable.push(postable.entries(2))
    now = timezone.now()
    for operation, finished in ((older, now - timedelta(days=1)), (newer, now)):
        values = {"state": "posted", "remote_id": str(operation.pk), "finished_at": finished}
        Operation.objects.filter(pk=operation.pk).update(**values)
    assert presence.lately(postable.connection, "time_entry") == [str(older.pk)]


def test_what_is_in_question_stays_so_however_few_are_left(postable: Postable) -> None:
    asked, plain = postable.push(postable.entries(2))
    for operation, code in ((asked, presence.UNSURE), (plain, "")):
        values = {"state": "posted", "remote_id": str(operation.pk), "error_code": code}
        Operation.objects.filter(pk=operation.pk).update(**values)
    assert presence.judge(postable.connection, "time_entry", [str(asked.pk), str(plain.pk)], []) == presence.Seen(
        missing=1
    )
    assert dict(Operation.objects.values_list("pk", "state")) == {asked.pk: "posted", plain.pk: "absent"}
