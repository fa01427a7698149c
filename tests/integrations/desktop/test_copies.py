"""A copy of the company file is open for a while, then the right one again: nothing is posted twice."""

from __future__ import annotations

import pytest

from bigtime.timesheets.models import TimeEntry
from integrations.models import Operation, SyncIssue
from integrations.sync import presence

from .conftest import Office
from .test_posting import Posting


class Files:
    """The right company file and a copy that was made of it before the last entries were posted."""

    def __init__(self, office: Office, before: int, after: int) -> None:
        self.posting = Posting(office)
        self.file = office.file
        self.entries: list[TimeEntry] = []
        self.post(before)
        self.keep("copy")
        self.post(after)
        assert self.posting.states() == {"posted": before + after}

    def post(self, number: int) -> None:
        made = self.posting.entries(number, after=len(self.entries))
        self.entries += made
        self.posting.push(made)
        assert self.posting.office.connector.visit() == 100

    def keep(self, name: str) -> None:
        self.file.desktop.call("POST", f"/{self.file.key}/backup", {"name": name})

    def open(self, name: str, *, leaving: str) -> None:
        self.keep(leaving)
        self.file.desktop.call("POST", f"/{self.file.key}/restore", {"name": name})

    def post_what_is_free(self) -> int:
        free = list(TimeEntry.objects.filter(lock=""))
        self.posting.push(free)
        assert self.posting.office.connector.visit() == 100
        return len(free)

    def assert_each_once(self) -> None:
        assert sorted(self.posting.markers().values()) == [1] * len(self.entries)
        assert not TimeEntry.objects.exclude(lock="posted").exists()
        held = {row["TxnID"] for row in self.file.dump("TimeTracking")}
        live = set(Operation.objects.live().values_list("remote_id", flat=True))
        assert live == held


@pytest.fixture
def files(office: Office) -> Files:
    return Files(office, before=3, after=4)


def test_what_was_missing_in_the_copy_is_found_again_and_not_sent(files: Files) -> None:
    files.open("copy", leaving="right")
    files.posting.office.sync()
    assert files.posting.states() == {"posted": 3, "absent": 4}
    files.open("right", leaving="copy")

    assert files.post_what_is_free() == 4

    assert files.posting.states() == {"posted": 7, "cancelled": 4}
    files.assert_each_once()


def test_nor_when_it_was_posted_into_the_copy_meanwhile(files: Files) -> None:
    files.open("copy", leaving="right")
    files.posting.office.sync()
    assert files.post_what_is_free() == 4
    files.post(2)
    files.open("right", leaving="copy")
    files.posting.office.sync()

    files.post_what_is_free()
    files.post(1)

    files.assert_each_once()


def test_what_was_changed_here_meanwhile_differs_and_is_not_sent_again(files: Files) -> None:
    files.open("copy", leaving="right")
    files.posting.office.sync()
    changed = files.entries[5]
    TimeEntry.objects.filter(pk=changed.pk).update(minutes=475)
    files.open("right", leaving="copy")

    files.post_what_is_free()

    assert files.posting.states() == {"posted": 6, "posted_diverged": 1, "cancelled": 4}
    differing = Operation.objects.get(state="posted_diverged")
    assert differing.local_id == changed.pk
    files.assert_each_once()


def test_queued_while_the_agent_is_at_work_it_is_looked_for_all_the_same(files: Files) -> None:
    """The file was looked through at the beginning of the visit, before anybody wanted the missing ones again."""
    files.open("copy", leaving="right")
    files.posting.office.sync()
    files.open("right", leaving="copy")
    free = list(TimeEntry.objects.filter(lock=""))
    files.entries += files.posting.entries(1, after=7)
    files.posting.push(files.entries[-1:])
    connector = files.posting.office.connector
    process, asked = connector._process, []

    def push_now(session: str, text: str) -> tuple[str, str, str]:
        if "TimeTrackingAddRq" in text and not asked:
            asked.append(text)
            files.posting.push(free)
        return process(session, text)

    connector._process = push_now  # type: ignore[method-assign]
    assert connector.visit() == 100
    files.assert_each_once()


def test_two_copies_brought_together_are_told(files: Files) -> None:
    files.open("copy", leaving="right")
    files.posting.office.sync()
    files.post_what_is_free()
    rows = {row["TxnID"]: row for row in files.file.dump("TimeTracking")}
    operation = Operation.objects.filter(state="posted").latest("pk")
    row = rows[operation.remote_id]
    again = files.file.add("TimeTracking", **{k: row[k] for k in ("TxnDate", "EntityRef", "Duration", "Notes")})

    files.post(1)

    issue = SyncIssue.objects.get(code="doubled")
    assert again in issue.message
    assert files.posting.states()["posted"] == 8


@pytest.fixture
def many(office: Office) -> Files:
    return Files(office, before=1, after=25)


def test_many_missing_count_as_posted_until_they_are_there_again(many: Files) -> None:
    many.open("copy", leaving="right")
    many.posting.office.sync()
    assert many.posting.states() == {"posted": 26}
    assert presence.unsure(many.posting.office.connection).count() == 25
    many.open("right", leaving="copy")

    many.posting.office.sync()

    assert not presence.unsure(many.posting.office.connection).exists()
    assert SyncIssue.objects.get(code="many_missing").resolved_at is not None
    many.assert_each_once()


def test_many_that_somebody_says_are_gone_are_posted_again(many: Files) -> None:
    many.open("copy", leaving="right")
    many.posting.office.sync()
    connection = many.posting.office.connection
    ids = list(presence.unsure(connection).values_list("pk", flat=True))
    assert presence.declare_gone(connection=connection, operations=ids, reason="Restored", by=None) == 25
    assert SyncIssue.objects.get(code="many_missing").resolved_at is not None
    assert many.post_what_is_free() == 25
    many.assert_each_once()


def test_many_that_were_said_to_be_gone_and_are_there_again_are_not_sent(many: Files) -> None:
    many.open("copy", leaving="right")
    many.posting.office.sync()
    connection = many.posting.office.connection
    ids = list(presence.unsure(connection).values_list("pk", flat=True))
    presence.declare_gone(connection=connection, operations=ids, reason="Restored", by=None)
    many.open("right", leaving="copy")
    assert many.post_what_is_free() == 25
    many.assert_each_once()


def test_when_somebody_says_it_of_some_the_others_stay_a_question(many: Files) -> None:
    many.open("copy", leaving="right")
    many.posting.office.sync()
    connection = many.posting.office.connection
    ids = list(presence.unsure(connection).values_list("pk", flat=True))
    presence.declare_gone(connection=connection, operations=ids[:10], reason="Seen", by=None)

    many.posting.office.sync()

    assert many.posting.states() == {"posted": 16, "absent": 10}
    assert presence.unsure(connection).count() == 15
    assert SyncIssue.objects.get(code="many_missing").resolved_at is None
