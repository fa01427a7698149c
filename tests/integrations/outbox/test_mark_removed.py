"""A person takes our mark out of a description in QuickBooks before BigTime knows that the time arrived."""

from __future__ import annotations

from integrations.models import Operation
from integrations.quickbooks.online import poster
from integrations.sync import markers, outbox
from tests.postable import Postable

LOST = [{"kind": "reset_after", "match": {"operation": "batch"}}]


def settle(postable: Postable) -> None:
    for _ in range(6):
        postable.hurry()
        poster.drain(postable.connection, seconds=10)


def in_doubt(postable: Postable) -> Operation:
    (operation,) = postable.push(postable.entries(1))
    postable.simulator.faults(postable.realm, LOST)
    poster.drain(postable.connection, seconds=10)
    return operation


def test_it_isnt_sent_twice_but_asked_about(postable: Postable) -> None:
    operation = in_doubt(postable)
    (row,) = postable.in_books()
    postable.change("TimeActivity", row, Description=markers.strip(row["Description"]))

    settle(postable)

    operation.refresh_from_db()
    assert (operation.state, operation.error_code) == ("needs_person", "unmarked")
    assert [each["Id"] for each in postable.in_books()] == [row["Id"]]
    outbox.attach(operation=operation, remote_id=row["Id"], by=None)
    settle(postable)
    assert postable.states() == {"posted": 1}
    assert len(postable.in_books()) == 1


def test_different_time_without_a_mark_is_no_reason_to_ask(postable: Postable) -> None:
    in_doubt(postable)
    (row,) = postable.in_books()
    other = {key: value for key, value in row.items() if key not in ("Id", "SyncToken", "MetaData")}
    postable.create("TimeActivity", **{**other, "Description": "Entered by hand"})

    settle(postable)

    assert postable.states() == {"posted": 1}
    assert len(postable.in_books()) == 2
