"""What was posted and then deleted or edited in the company file is noticed by the syncs that follow."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from bigtime.timesheets.models import TimeEntry
from integrations.models import Exchange, Operation, RemoteRecord, SyncIssue, SyncRun, Watermark
from integrations.quickbooks.desktop import cursors, holdings, reading
from integrations.quickbooks.desktop.models import Looked
from integrations.quickbooks.desktop.system import ENTITIES

from .conftest import Office
from .test_posting import Posting

LISTS = {
    "account": ("Account", {"AccountType": "Income"}),
    "customer": ("Customer", {}),
    "employee": ("Employee", {}),
    "vendor": ("Vendor", {}),
    "item": ("ItemService", {}),
    "class": ("Class", {}),
    "term": ("StandardTerms", {}),
    "payroll_item": ("PayrollItemWage", {"WageType": "HourlyRegular"}),
}


@pytest.fixture
def posted(office: Office) -> Posting:
    posting = Posting(office)
    posting.push(posting.entries(30))
    assert office.connector.visit() == 100
    assert posting.states() == {"posted": 30}
    return posting


def rows(posting: Posting) -> dict[str, dict[str, Any]]:
    return {row["TxnID"]: row for row in posting.office.file.dump("TimeTracking")}


def sync(posting: Posting) -> list[str]:
    """The requests of one sync, by what asked them."""
    before = Exchange.objects.count()
    posting.office.sync()
    return list(Exchange.objects.order_by("pk").values_list("path", flat=True)[before:])


def told() -> tuple[int, ...]:
    """What the last sync says of what was posted: missing, changed, back, not found."""
    run = SyncRun.objects.latest("pk")
    return run.missing, run.changed, run.back, run.unfound


def long_ago() -> None:
    Watermark.objects.update(high=timezone.now() - cursors.LONGEST_GAP - timedelta(days=1))


def test_what_was_deleted_there_is_missing_and_can_be_posted_again(posted: Posting) -> None:
    gone = Operation.objects.order_by("pk")[3]
    posted.office.file.delete("TimeTracking", TxnID=gone.remote_id)

    assert sync(posted) == [reading.KIND]

    assert posted.states() == {"posted": 29, "absent": 1}
    assert told() == (1, 0, 0, 0)
    gone.refresh_from_db()
    assert (gone.state, gone.error_code) == ("absent", "absent")
    assert gone.error_text == "This was deleted in QuickBooks. It can be posted again."
    entry = TimeEntry.objects.get(pk=gone.local_id)
    assert (entry.lock, entry.lock_note) == ("", "")
    [again] = posted.push([entry])
    assert again.seq == 2
    assert posted.office.connector.visit() == 100
    assert posted.states() == {"posted": 30, "absent": 1}
    assert len(rows(posted)) == 30


def test_what_was_edited_there_differs_until_it_is_changed_back(posted: Posting) -> None:
    edited = Operation.objects.order_by("pk")[5]
    was = rows(posted)[edited.remote_id]
    posted.office.file.add("TimeTracking", TxnID=edited.remote_id, Duration="PT9H9M")

    # One more question, for the one record whose version isn't the one that was posted.
    assert sync(posted) == [reading.KIND, holdings.KIND]

    assert posted.states() == {"posted": 29, "posted_diverged": 1}
    assert told() == (0, 1, 0, 0)
    edited.refresh_from_db()
    assert edited.remote_version == rows(posted)[edited.remote_id]["EditSequence"]
    minutes = TimeEntry.objects.get(pk=edited.local_id).minutes
    evidence = edited.events.latest("pk").evidence
    assert evidence["differences"] == ["minutes"]
    assert (evidence["sent"], evidence["there"]) == ({"minutes": minutes}, {"minutes": 549})
    posted.office.file.add("TimeTracking", TxnID=edited.remote_id, Duration=was["Duration"])
    sync(posted)
    assert posted.states() == {"posted": 30}
    assert told() == (0, 0, 1, 0)
    edited.refresh_from_db()
    assert edited.remote_version == rows(posted)[edited.remote_id]["EditSequence"]
    assert sync(posted) == [reading.KIND]
    assert not Looked.objects.exists()


def test_what_is_there_and_the_same_costs_no_question_more(posted: Posting) -> None:
    before = list(Operation.objects.values_list("pk", "state", "remote_version"))
    posted.office.file.add("TimeTracking", **_by_hand(posted))
    assert sync(posted) == [reading.KIND]
    assert list(Operation.objects.values_list("pk", "state", "remote_version")) == before
    assert all(each.events.count() == 2 for each in Operation.objects.all())


def _by_hand(posting: Posting) -> dict[str, Any]:
    """Somebody enters time in QuickBooks itself."""
    row = next(iter(rows(posting).values()))
    return {"TxnDate": "2026-11-20", "Duration": "PT1H0M", "EntityRef": {"ListID": row["EntityRef"]["ListID"]}}


def test_a_pause_longer_than_quickbooks_remembers_is_made_up_by_comparing_everything(
    posted: Posting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holdings, "RECORDS_A_PAGE", 12)
    first, second = Operation.objects.order_by("pk")[:2]
    posted.office.file.delete("TimeTracking", TxnID=first.remote_id)
    posted.office.file.add("TimeTracking", TxnID=second.remote_id, Notes="Other words")
    long_ago()
    Operation.objects.update(finished_at=timezone.now() - cursors.LONGEST_GAP - timedelta(days=2))

    asked = sync(posted)

    assert asked.count(holdings.KIND) == 3
    assert posted.states() == {"posted": 28, "posted_diverged": 1, "absent": 1}
    evidence = Operation.objects.get(pk=second.pk).events.latest("pk").evidence
    assert evidence["differences"] == ["description"]
    assert (evidence["sent"], evidence["there"]) == ({"description": "Work 1"}, {"description": "Other words"})
    assert not Looked.objects.exists()
    assert sync(posted) == [reading.KIND]


def test_what_was_posted_long_before_the_last_look_is_not_asked_for(posted: Posting) -> None:
    """Nor is everything asked for, where nothing is left to ask for by its id."""
    Operation.objects.update(finished_at=timezone.now() - cursors.LONGEST_GAP - timedelta(days=90))
    long_ago()
    posted.office.file.delete("TimeTracking", TxnID=Operation.objects.order_by("pk")[0].remote_id)
    assert sync(posted) == [reading.KIND]
    assert posted.states() == {"posted": 30}
    assert Watermark.objects.get(entity="time_entry").high > timezone.now() - timedelta(hours=1)


def test_nearly_everything_gone_is_a_question_and_changes_nothing(posted: Posting) -> None:
    """A company file restored from a backup never knew of what it lost: it remembers no deletion."""
    office = posted.office
    office.file.desktop.call("POST", f"/{office.file.key}/backup", {"name": "before"})
    posted.push(posted.entries(30, after=30))
    assert office.connector.visit() == 100
    assert posted.states() == {"posted": 60}
    office.file.desktop.call("POST", f"/{office.file.key}/restore", {"name": "before"})
    assert len(rows(posted)) == 30

    assert sync(posted) == [reading.KIND, holdings.KIND]

    assert posted.states() == {"posted": 60}
    issue = SyncIssue.objects.get(code="many_missing")
    assert issue.message.startswith("30 posted transactions are no longer in QuickBooks.")


def test_an_answer_that_is_lost_or_refused_is_asked_for_again(posted: Posting) -> None:
    edited = Operation.objects.order_by("pk")[7]
    posted.office.file.add("TimeTracking", TxnID=edited.remote_id, Notes="Other words")
    connector = posted.office.connector
    process = connector._process
    refusals = [("", "0x80040400", "QuickBooks found an error when parsing the provided XML text stream.")]

    def refuse(session: str, text: str) -> tuple[str, str, str]:
        if edited.remote_id in text and "records.time_entry" in text and refusals:
            return refusals.pop()
        return process(session, text)

    connector._process = refuse  # type: ignore[method-assign]
    sync(posted)
    assert not refusals
    assert posted.states() == {"posted": 30}
    sync(posted)
    assert posted.states() == {"posted": 29, "posted_diverged": 1}


def test_many_versions_come_page_by_page(posted: Posting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holdings, "VERSIONS_A_PAGE", 7)
    edited = Operation.objects.order_by("-pk")[0]
    posted.office.file.add("TimeTracking", TxnID=edited.remote_id, TxnDate="2026-11-02")
    asked = sync(posted)
    # Thirty entries in pages of seven, of which the first comes with the lists, and the one that differs.
    assert asked.count(holdings.KIND) == 5
    assert posted.states() == {"posted": 29, "posted_diverged": 1}
    assert Operation.objects.get(pk=edited.pk).events.latest("pk").evidence["differences"] == ["day"]


def test_whatever_is_deleted_in_any_list_is_noticed(office: Office) -> None:
    """ListDeleted knows every list that is read."""
    assert set(LISTS) == {each.key for each in ENTITIES if each.incoming and not each.single}
    made = {}
    income = {"ListID": office.file.add("Account", Name="Fees", AccountType="Income")}
    for key, (name, more) in LISTS.items():
        fields = {"FirstName": "Gone"} if name == "Employee" else {"Name": f"Gone {key}"}
        price = {"SalesOrPurchase": {"Price": "1.00", "AccountRef": income}} if name == "ItemService" else {}
        made[key] = office.file.add(name, **fields, **more, **price)
    office.sync()
    for key, remote_id in made.items():
        office.file.delete(LISTS[key][0], ListID=remote_id)
    office.sync()
    deleted = RemoteRecord.objects.filter(deleted_at__isnull=False).values_list("entity", "remote_id")
    assert set(deleted) == set(made.items())


def test_a_look_of_the_poster_takes_nothing_from_a_list_that_is_compared(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both keep what they have seen meanwhile; posting may begin between two pages of a long list."""
    posting = Posting(office)
    office.file.fill(customers=30, jobs=0)
    office.sync()
    monkeypatch.setattr(reading, "PAGE", 10)
    long_ago()
    connector, pushed = office.connector, []
    process = connector._process

    def post_in_between(session: str, text: str) -> tuple[str, str, str]:
        if 'iterator="Continue"' in text and not pushed:
            pushed.extend(posting.push(posting.entries(1)))
        return process(session, text)

    connector._process = post_in_between  # type: ignore[method-assign]
    office.sync()
    assert pushed
    assert posting.states() == {"posted": 1}
    assert not RemoteRecord.objects.filter(deleted_at__isnull=False).exists()
    assert not Looked.objects.exists()


def test_the_hour_that_the_clock_shows_twice_is_read_twice() -> None:
    mark = Watermark(high=timezone.now(), position={"from": "2026-11-01T01:58:00"})
    assert cursors.since(mark) < "2026-11-01T01:00:00"
    mark.high = timezone.now() - cursors.LONGEST_GAP - timedelta(seconds=1)
    assert cursors.since(mark) == ""
