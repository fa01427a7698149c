"""Time that comes back, or was attached, after the firm changed its settings: what was sent stays written as it was."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bigtime.staff.models import Staff
from bigtime.timesheets.models import TimeEntry
from integrations.models import Operation
from integrations.quickbooks.online import driver
from integrations.sync import outbox, presence
from integrations.sync.claims import digest
from tests.postable import Postable


@pytest.fixture
def missing(postable: Postable, monkeypatch: pytest.MonkeyPatch) -> Operation:
    """Posted as not billable and not found since; by now time is posted billable as it was entered."""
    monkeypatch.setattr(presence, "again", lambda: timedelta(0))
    (operation,) = postable.push(postable.entries(1))
    postable.drain()
    operation.refresh_from_db()
    presence.judge(postable.connection, "time_entry", [operation.remote_id], [])
    as_entered(postable)
    return operation


def as_entered(postable: Postable) -> None:
    Staff.objects.update(bill_rate=110)
    postable.options(billable="as_entered")


def post_again(postable: Postable, operation: Operation) -> Operation:
    postable.push([TimeEntry.objects.get(pk=operation.local_id)])
    postable.drain()
    assert len(postable.in_books()) == 1
    return Operation.objects.get(pk=operation.pk)


def test_a_setting_changed_here_is_no_change_of_what_was_posted(postable: Postable, missing: Operation) -> None:
    assert missing.payload is not None
    assert missing.payload["BillableStatus"] == "NotBillable"

    returned = post_again(postable, missing)

    assert (returned.state, returned.payload) == ("posted", missing.payload)
    assert returned.payload_sha256 == missing.payload_sha256 == digest(returned.payload)
    driver.look(postable.connection)
    assert postable.states() == {"posted": 1, "cancelled": 1}


def test_hours_changed_here_differ_and_what_was_sent_stays(postable: Postable, missing: Operation) -> None:
    TimeEntry.objects.update(minutes=475)

    returned = post_again(postable, missing)

    assert (returned.state, returned.payload) == ("posted_diverged", missing.payload)
    assert returned.payload_sha256 == missing.payload_sha256
    assert returned.events.latest("pk").evidence["differences"] == ["minutes"]
    driver.look(postable.connection)
    assert postable.states() == {"posted_diverged": 1, "cancelled": 1}
    # Once QuickBooks says what the entry says here, nothing differs.
    postable.change("TimeActivity", postable.in_books()[0], Hours=7, Minutes=55)
    driver.look(postable.connection)
    assert postable.states() == {"posted": 1, "cancelled": 1}


def test_what_was_forgotten_is_measured_by_the_entry_and_by_what_the_books_held(
    postable: Postable, missing: Operation
) -> None:
    Operation.objects.update(payload=None, payload_sha256="")

    returned = post_again(postable, missing)

    assert returned.state == "posted"
    assert returned.payload is not None
    assert returned.payload["BillableStatus"] == "NotBillable"
    assert returned.payload_sha256 == digest(returned.payload)
    postable.change("TimeActivity", postable.in_books()[0], BillableStatus="Billable")
    driver.look(postable.connection)
    assert postable.states() == {"posted_diverged": 1, "cancelled": 1}


def test_what_was_made_by_hand_and_attached_is_not_measured_by_our_settings(
    postable: Postable, missing: Operation
) -> None:
    """Refused as billable; somebody made it in QuickBooks, where it isn't."""
    row = postable.in_books()[0]
    Operation.objects.update(state="rejected", remote_id="", payload=billable(missing.payload))
    refused = Operation.objects.get()
    outbox.attach(operation=refused, remote_id=row["Id"], by=None)

    driver.look(postable.connection)

    assert postable.states() == {"posted": 1}
    postable.change("TimeActivity", row, Hours=9)
    driver.look(postable.connection)
    assert postable.states() == {"posted_diverged": 1}


def billable(payload: dict[str, Any] | None) -> dict[str, Any]:
    return {**(payload or {}), "BillableStatus": "Billable", "HourlyRate": 110}
