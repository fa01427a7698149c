from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from bigtime.timesheets.models import TimeEntry, Timesheet
from integrations.models import Connection, Link, Operation
from integrations.quickbooks.online import poster
from integrations.quickbooks.online.models import CallBudget
from integrations.sync import outbox
from tests.postable import MONDAY, Postable

BATCH = {"operation": "batch"}


def drain(postable: Postable) -> None:
    poster.drain(postable.connection, seconds=10)


@pytest.mark.parametrize(
    ("fault", "state", "words"),
    [
        ({"kind": "closed_period"}, "blocked_period", "The books are closed on this date."),
        ({"kind": "code", "code": "610"}, "blocked_", "QuickBooks"),
        ({"kind": "code", "code": "2500"}, "blocked_", "QuickBooks"),
        ({"kind": "code", "code": "6000"}, "rejected", "QuickBooks refused this"),
        ({"kind": "code", "code": "2170"}, "rejected", "QuickBooks doesn't accept one of the values"),
        ({"kind": "stale"}, "in_doubt", "changed in QuickBooks"),
        ({"kind": "system"}, "in_doubt", "didn't say whether it saved"),
        ({"kind": "read_only"}, "blocked_auth", "subscription has ended"),
    ],
    ids=lambda value: value.get("code", value["kind"]) if isinstance(value, dict) else None,
)
def test_one_refused_item_fails_alone(postable: Postable, fault: dict[str, Any], state: str, words: str) -> None:
    operations = postable.push(postable.entries(5))
    postable.simulator.faults(postable.realm, [{**fault, "match": {"operation": "create", "batch_item": 2}}])

    drain(postable)

    after = [Operation.objects.get(pk=each.pk) for each in operations]
    failed = [each for each in after if each.state != "posted"]
    assert len(failed) == 1
    assert failed[0].state.startswith(state)
    assert words in failed[0].error_text
    assert len(postable.in_books()) == 4
    lock = TimeEntry.objects.get(pk=failed[0].local_id).lock
    assert lock == ("" if failed[0].state == "rejected" else "posting")


def test_a_throttled_message_goes_back_and_the_connection_rests(postable: Postable) -> None:
    postable.push(postable.entries(5))
    postable.simulator.faults(postable.realm, [{"kind": "throttled", "match": BATCH}])

    drain(postable)

    assert postable.states() == {"ready": 5}
    assert CallBudget.objects.get().paused_until > 0
    postable.hurry()
    drain(postable)
    assert postable.states() == {"posted": 5}
    assert set(postable.marker_counts().values()) == {1}


def test_a_refused_token_is_refreshed_once_and_the_same_bytes_go_out(postable: Postable) -> None:
    postable.push(postable.entries(5))
    postable.simulator.faults(postable.realm, [{"kind": "unauthorized", "match": BATCH}])

    drain(postable)

    assert postable.states() == {"posted": 5}
    assert postable.connection.token.refreshes == 0
    postable.connection.token.refresh_from_db()
    assert postable.connection.token.refreshes == 1


def test_a_lost_authorization_pauses_and_reconnecting_goes_on(postable: Postable) -> None:
    postable.push(postable.entries(5))
    postable.simulator.faults(postable.realm, [{"kind": "forbidden", "match": BATCH}])

    drain(postable)

    postable.connection.refresh_from_db()
    assert postable.connection.status == Connection.Status.PAUSED
    assert "Reconnect" in postable.connection.pause_reason
    assert postable.states() == {"blocked_auth": 5}
    drain(postable)
    assert postable.in_books() == []
    Connection.objects.update(status=Connection.Status.ACTIVE)
    drain(postable)
    assert postable.states() == {"posted": 5}


def test_after_a_subscription_ended_reconnecting_sends_anew(postable: Postable) -> None:
    """Refused item by item, the message as a whole was answered: under its request id that answer would come again."""
    postable.push(postable.entries(3))
    postable.simulator.faults(postable.realm, [{"kind": "read_only", "count": 3, "match": {"operation": "create"}}])
    drain(postable)
    assert postable.states() == {"blocked_auth": 3}
    assert postable.in_books() == []

    Connection.objects.update(status=Connection.Status.ACTIVE)
    drain(postable)

    assert postable.states() == {"posted": 3}
    assert set(postable.marker_counts().values()) == {1}


def test_books_that_cant_be_reached_lose_nothing(postable: Postable, settings: Any) -> None:
    postable.push(postable.entries(5))
    address, settings.INTUIT_SIMULATOR_URL = settings.INTUIT_SIMULATOR_URL, "http://127.0.0.1:9"

    drain(postable)

    assert postable.states() == {"ready": 5}
    settings.INTUIT_SIMULATOR_URL = address
    postable.hurry()
    drain(postable)
    assert postable.states() == {"posted": 5}


def test_a_batch_refused_as_a_whole_is_taken_apart(postable: Postable) -> None:
    operations = postable.push(postable.entries(3))
    claimed = outbox.claim(postable.connection)
    assert claimed is not None
    outbox.release(claimed, poster.Rejected("Refused.", code="2010"))

    assert postable.states() == {"ready": 3}
    drain(postable)

    assert postable.states() == {"posted": 3}
    assert postable.simulator_batches() == 3
    assert len({Operation.objects.get(pk=each.pk).request_id for each in operations}) == 3


def test_missing_links_block_with_a_sentence_and_fixing_them_frees(postable: Postable) -> None:
    Link.objects.filter(entity="customer").delete()
    postable.push(postable.entries(3))

    drain(postable)

    assert postable.states() == {"blocked_mapping": 3}
    operation = Operation.objects.first()
    assert operation is not None
    assert operation.error_text == "Acme · Site isn't linked to a QuickBooks customer."
    assert postable.in_books() == []
    postable.link("customer", postable.project, postable.create("Customer", DisplayName="Acme elsewhere"))
    drain(postable)
    assert postable.states() == {"posted": 3}


def test_closed_and_inactive_are_found_here_before_anything_is_sent(postable: Postable) -> None:
    operations = postable.push(postable.entries(2))
    closed, late = operations
    Connection.objects.update(closed_through=MONDAY)

    drain(postable)

    assert Operation.objects.get(pk=closed.pk).state == "blocked_period"
    assert Operation.objects.get(pk=late.pk).state == "posted"
    assert Operation.objects.get(pk=closed.pk).error_text == "The books are closed through Nov 16, 2026."
    Connection.objects.update(closed_through=MONDAY - timedelta(days=1))
    drain(postable)
    assert postable.states() == {"posted": 2}


def test_what_quickbooks_refused_waits_for_the_next_sync(postable: Postable) -> None:
    postable.push(postable.entries(1))
    postable.simulator.faults(postable.realm, [{"kind": "closed_period"}])
    drain(postable)
    drain(postable)
    assert postable.states() == {"blocked_period": 1}

    Connection.objects.update(last_sync_at=timezone.now())
    drain(postable)

    assert postable.states() == {"posted": 1}


def test_unapproved_time_is_held(postable: Postable) -> None:
    postable.push(postable.entries(2, status=Timesheet.Status.SUBMITTED))
    drain(postable)
    assert postable.states() == {"blocked_mapping": 2}
    assert set(Operation.objects.values_list("error_code", flat=True)) == {"not_approved"}
    assert postable.in_books() == []


def test_a_date_far_in_the_past_goes_as_it_is(postable: Postable) -> None:
    (entry,) = postable.entries(1)
    TimeEntry.objects.filter(pk=entry.pk).update(work_date=date(2019, 2, 28), minutes=1440, note="é" * 2000)
    postable.push([entry])

    drain(postable)

    row = postable.in_books()[0]
    assert (row["TxnDate"], row["Hours"], row["Minutes"]) == ("2019-02-28", 24, 0)
    assert row["Description"].startswith("é" * 2000 + "\n~")
