"""What a person changes while time waits to go out: other links, another company, a timesheet taken back."""

from __future__ import annotations

from typing import Any

import pytest

from bigtime.timesheets.models import TimeEntry, Timesheet
from integrations.models import Connection, Link, Operation
from integrations.options import Options
from integrations.quickbooks.online.books import OnlineBooks
from integrations.quickbooks.online.client import Client
from integrations.sync import outbox, resolve
from integrations.sync.errors import Rejected, Retryable, UnknownOutcome
from tests.factories import ConnectionFactory
from tests.postable import Postable


def relink(postable: Postable) -> str:
    """The project is another customer from now on: that one's id."""
    other = postable.create("Customer", DisplayName="Acme Other Site")
    Link.objects.filter(entity="customer").delete()
    postable.link("customer", postable.project, other)
    return other


def test_time_that_was_certainly_not_sent_goes_out_as_it_is_linked_then(postable: Postable) -> None:
    (operation,) = postable.push(postable.entries(1))
    first = outbox.claim(postable.connection)
    assert first is not None
    outbox.release(first, Retryable("Too many.", code="429", after=0))
    other = relink(postable)
    postable.hurry()
    again = outbox.claim(postable.connection)
    assert again is not None
    (sent,) = again.operations
    assert sent.pk == operation.pk
    assert sent.payload["CustomerRef"]["value"] == other
    assert sent.marker in sent.payload["Description"]


def test_a_timesheet_taken_back_meanwhile_keeps_its_time_here(postable: Postable) -> None:
    postable.push(postable.entries(1))
    first = outbox.claim(postable.connection)
    assert first is not None
    outbox.release(first, Retryable("Too many.", code="429", after=0))
    Timesheet.objects.update(status=Timesheet.Status.REJECTED)
    postable.hurry()
    assert outbox.claim(postable.connection) is None
    assert postable.states() == {"blocked_mapping": 1}
    assert Operation.objects.get().error_code == "not_approved"


def test_what_was_ever_in_doubt_keeps_its_bytes(postable: Postable) -> None:
    postable.push(postable.entries(1))
    first = outbox.claim(postable.connection)
    assert first is not None
    outbox.release(first, UnknownOutcome("No answer.", code="no_answer"))
    before = Operation.objects.get().payload
    for _ in range(2):
        postable.hurry()
        resolve.due(postable.connection, OnlineBooks(Client(postable.connection)))
    assert postable.states() == {"ready": 1}
    relink(postable)
    postable.hurry()
    again = outbox.claim(postable.connection)
    assert again is not None
    assert again.operations[0].payload == before
    outbox.release(again, Retryable("Too many.", code="429", after=0))
    assert Operation.objects.get().payload == before


@pytest.mark.parametrize("status", [Timesheet.Status.DRAFT, Timesheet.Status.REJECTED])
def test_without_approval_time_must_still_be_handed_in(postable: Postable, status: str) -> None:
    Options(require_approval=False).save(postable.connection)
    postable.push(postable.entries(1))
    Timesheet.objects.update(status=status)
    assert outbox.claim(postable.connection) is None
    assert "isn't handed in" in Operation.objects.get().error_text
    Timesheet.objects.update(status=Timesheet.Status.SUBMITTED)
    outbox.lift(postable.connection)
    assert outbox.claim(postable.connection) is not None


def refused_and_posted_elsewhere(postable: Postable) -> Operation:
    """One that these books refused, of an entry that other books of the firm have taken since."""
    (refused,) = postable.push(postable.entries(1))
    Operation.objects.update(state=Operation.State.REJECTED)
    TimeEntry.objects.update(lock="posted", lock_note="Posted to QuickBooks")
    values: dict[str, Any] = {
        "entity": "time_entry", "local_model": refused.local_model, "local_id": refused.local_id,
        "marker": "another", "state": Operation.State.POSTED, "remote_id": "77",
    }  # fmt: skip
    Operation.objects.create(
        connection=ConnectionFactory.create(firm=postable.connection.firm, status="disabled"), **values
    )
    refused.refresh_from_db()
    return refused


def test_skipping_an_old_refusal_leaves_what_other_books_have_taken_locked(postable: Postable) -> None:
    refused = refused_and_posted_elsewhere(postable)
    outbox.skip(operations=[refused], reason="It is in the other books.", by=None)
    assert Operation.objects.get(pk=refused.pk).state == "skipped"
    assert TimeEntry.objects.get().lock == "posted"


def test_what_other_books_have_taken_is_not_attached_here(postable: Postable) -> None:
    refused = refused_and_posted_elsewhere(postable)
    with pytest.raises(Rejected, match="or posted to other books"):
        outbox.attach(operation=refused, remote_id="12", by=None)
    assert Operation.objects.get(pk=refused.pk).state == "rejected"


def test_skipping_a_refusal_leaves_what_was_queued_again_locked(postable: Postable) -> None:
    entries = postable.entries(1)
    (refused,) = postable.push(entries)
    Operation.objects.update(state=Operation.State.REJECTED)
    TimeEntry.objects.update(lock="", lock_note="")
    refused.refresh_from_db()
    (again,) = postable.push(entries)
    assert again.pk != refused.pk
    outbox.skip(operations=[refused], reason="Not needed.", by=None)
    assert TimeEntry.objects.get().lock == "posting"


def test_nothing_is_queued_for_a_company_that_was_left_meanwhile(postable: Postable) -> None:
    entries = postable.entries(1)
    Connection.objects.update(status=Connection.Status.DISABLED)
    with pytest.raises(Rejected, match="isn't connected"):
        postable.push(entries)
    assert Operation.objects.count() == 0
    assert TimeEntry.objects.get().lock == ""
