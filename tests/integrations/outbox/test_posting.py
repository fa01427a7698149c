from __future__ import annotations

from bigtime.timesheets.models import TimeEntry
from integrations.models import Carrier, Exchange, Operation, OperationEvent
from tests.postable import Postable


def test_approved_time_arrives_once_with_its_content_and_is_locked(postable: Postable) -> None:
    entries = postable.entries(3)
    postable.push(entries)

    postable.drain()

    assert postable.states() == {"posted": 3}
    first = Operation.objects.get(local_id=entries[0].pk)
    row = next(each for each in postable.in_books() if each["Id"] == first.remote_id)
    assert row["TxnDate"] == entries[0].work_date.isoformat()
    assert (row["Hours"], row["Minutes"]) == (0, 15)
    assert row["EmployeeRef"]["value"] == postable.remote["employee"]
    assert row["CustomerRef"]["value"] == postable.remote["customer"]
    assert row["ItemRef"]["value"] == postable.remote["item"]
    assert row["BillableStatus"] == "NotBillable"
    assert row["Description"] == f"Entry 0\n~{first.marker}"
    assert first.remote_version == "0"
    assert first.remote_created_at is not None
    assert set(postable.marker_counts().values()) == {1}
    entry = TimeEntry.objects.get(pk=entries[0].pk)
    assert entry.lock == "posted"
    assert entry.lock_note.startswith("Posted to QuickBooks on ")
    assert Carrier.objects.get().state == Carrier.State.ANSWERED
    events = OperationEvent.objects.filter(operation=first).values_list("from_state", "to_state")
    assert list(events) == [("ready", "sending"), ("sending", "posted")]
    assert Exchange.objects.filter(method="POST", path__contains="batch").count() == 1


def test_many_entries_go_in_full_batches_side_by_side(postable: Postable) -> None:
    postable.push(postable.entries(200))
    postable.simulator.stats(reset=True)

    postable.drain()

    assert postable.states() == {"posted": 200}
    assert len(postable.in_books()) == 200
    stats = postable.simulator.stats()
    assert stats["batches"] == 7
    assert stats["max_entries_per_batch"] == 30


def test_a_time_zone_that_does_not_exist_is_no_reason_to_lose_an_answer(postable: Postable) -> None:
    postable.connection.firm.time_zone = "Mars/Olympus"
    postable.connection.firm.save()
    postable.push(postable.entries(1))
    postable.drain()
    assert postable.states() == {"posted": 1}
