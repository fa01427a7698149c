from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from bigtime.timesheets.models import TimeEntry
from integrations.models import Connection, Operation
from integrations.quickbooks.online import poster
from integrations.sync import intents, outbox
from integrations.sync.errors import Rejected
from integrations.sync.outbox import Record
from tests.postable import Postable


def test_a_second_push_gives_the_same_operations(postable: Postable) -> None:
    entries = postable.entries(3)
    first = postable.push(entries)
    second = postable.push(entries)
    assert [each.pk for each in first] == [each.pk for each in second]
    assert Operation.objects.count() == 3
    assert TimeEntry.objects.filter(lock="posting").count() == 3


def test_a_hundred_records_cost_as_many_statements_as_three(postable: Postable) -> None:
    entries = postable.entries(103)
    counts = []
    for some in (entries[:3], entries[3:]):
        with CaptureQueriesContext(connections["default"]) as queries:
            postable.push(some)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 10


def test_clicks_at_the_same_moment_make_one_operation_each(postable: Postable) -> None:
    entries = postable.entries(40)
    start, results, errors = threading.Barrier(4), [], []

    def click() -> None:
        try:
            start.wait()
            results.append([each.pk for each in postable.push(entries)])
        except Exception as error:  # noqa: BLE001 - reported by the test
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=click) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert errors == []
    assert len({tuple(each) for each in results}) == 1
    assert Operation.objects.count() == 40


def test_a_late_click_leaves_what_is_posted_meanwhile_locked_as_posted(
    postable: Postable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second click has looked before the first one's work was posted, and locks after it."""
    entries = postable.entries(2)
    read = intents._live

    def slow(*asked: Any) -> dict[int, Operation]:
        found = read(*asked)
        monkeypatch.setattr(intents, "_live", read)
        postable.push(entries)
        # Settled by another worker while this click is under way.
        Operation.objects.update(state="posted")
        TimeEntry.objects.update(lock="posted", lock_note="Posted to QuickBooks on Nov 16, 2026")
        return found

    monkeypatch.setattr(intents, "_live", slow)
    postable.push(entries)

    assert Operation.objects.count() == 2
    assert set(TimeEntry.objects.values_list("lock", "lock_note")) == {
        ("posted", "Posted to QuickBooks on Nov 16, 2026")
    }


def test_nothing_is_pushed_to_a_disabled_connection(postable: Postable) -> None:
    entries = postable.entries(1)
    Connection.objects.update(status=Connection.Status.DISABLED)
    postable.connection.refresh_from_db()
    with pytest.raises(Rejected, match="isn't connected"):
        postable.push(entries)
    assert Operation.objects.count() == 0
    assert TimeEntry.objects.get().lock == ""


def test_records_of_another_kind_are_refused(postable: Postable) -> None:
    record = Record("clients.client", 1)
    with pytest.raises(Rejected, match="timesheets"):
        outbox.push(connection=postable.connection, entity="time_entry", records=[record], by=None)
    assert Operation.objects.count() == 0


def test_what_was_rejected_gets_a_new_operation_with_a_new_marker(postable: Postable) -> None:
    entries = postable.entries(1)
    (first,) = postable.push(entries)
    postable.simulator.faults(postable.realm, [{"kind": "code", "code": "6000"}])
    poster.drain(postable.connection, seconds=10)
    (second,) = postable.push(entries)
    assert (second.seq, second.state) == (2, "ready")
    assert second.marker != first.marker


def test_withdrawn_work_frees_its_records_and_sent_work_stays(postable: Postable) -> None:
    operations = postable.push(postable.entries(2))
    claimed = outbox.claim(postable.connection, limit=1)
    assert claimed is not None

    changed = outbox.withdraw(operations=operations, by=None)

    assert [each.pk for each in changed] == [operations[1].pk]
    assert TimeEntry.objects.get(pk=operations[1].local_id).lock == ""
    assert TimeEntry.objects.get(pk=operations[0].local_id).lock == "posting"
    assert postable.states() == {"sending": 1, "cancelled": 1}


def test_skipping_wants_a_reason_and_keeps_it(postable: Postable) -> None:
    operations = postable.push(postable.entries(1))
    with pytest.raises(Rejected, match="Say why"):
        outbox.skip(operations=operations, reason=" ", by=None)
    assert postable.states() == {"ready": 1}

    (skipped,) = outbox.skip(operations=operations, reason="Written by hand", by=None)

    assert skipped.state == "skipped"
    assert skipped.events.get().evidence == {"reason": "Written by hand"}
    assert TimeEntry.objects.get().lock == ""


def test_what_the_books_hold_twice_isnt_skipped(postable: Postable) -> None:
    """Skipped, its time would be free, and the next press of the button would put it there a third time."""
    operations = postable.push(postable.entries(1))
    Operation.objects.update(state="needs_person", error_code="several", error_text="Twice there.")

    assert outbox.skip(operations=operations, reason="It is there", by=None) == []

    assert postable.states() == {"needs_person": 1}
    assert TimeEntry.objects.get().lock == "posting"


def test_attaching_says_that_it_is_there_already(postable: Postable) -> None:
    first, second = postable.push(postable.entries(2))
    attached = outbox.attach(operation=first, remote_id=" 77 ", by=None)
    assert (attached.state, attached.remote_id, attached.via) == ("posted", "77", "person")
    assert TimeEntry.objects.get(pk=first.local_id).lock == "posted"
    with pytest.raises(Rejected, match="already belongs"):
        outbox.attach(operation=second, remote_id="77", by=None)
    with pytest.raises(Rejected, match="isn't waiting"):
        outbox.attach(operation=first, remote_id="78", by=None)
    second.refresh_from_db()
    assert second.state == "ready"


def test_what_needs_a_person_is_looked_up_before_it_is_sent_again(postable: Postable) -> None:
    (operation,) = postable.push(postable.entries(1))
    Operation.objects.update(state="needs_person", attempts=3)
    outbox.retry(operations=[operation], by=None)
    assert postable.states() == {"in_doubt": 1}
