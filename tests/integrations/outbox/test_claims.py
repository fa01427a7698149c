"""A message goes out a second time as the first one only when it is the same, byte for byte."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from bigtime.timesheets.models import TimeEntry
from integrations.models import Carrier, Operation
from integrations.sync import outbox, resolve
from integrations.sync.books import Found
from integrations.sync.claims import Claimed
from tests.postable import Postable


def sent_and_missed(postable: Postable) -> Claimed:
    """Two entries that went out in one message, and that the books don't hold."""
    postable.push(postable.entries(2))
    claimed = outbox.claim(postable.connection)
    assert claimed is not None
    Operation.objects.update(state="ready", lease_until=None)
    return claimed


def test_the_same_message_goes_out_as_it_was(postable: Postable) -> None:
    first = sent_and_missed(postable)
    again = outbox.claim(postable.connection)
    assert again is not None
    assert (again.carrier.pk, again.request_id, again.is_replay) == (first.carrier.pk, first.request_id, True)
    assert again.fence != first.fence


def test_another_content_is_another_message(postable: Postable) -> None:
    first = sent_and_missed(postable)
    changed = first.operations[0]
    Operation.objects.filter(pk=changed.pk).update(payload={**(changed.payload or {}), "Hours": 9})
    again = outbox.claim(postable.connection)
    assert again is not None
    assert (len(again.operations), again.is_replay) == (2, False)
    assert again.request_id != first.request_id


def test_a_part_of_it_is_another_message(postable: Postable) -> None:
    first = sent_and_missed(postable)
    Operation.objects.filter(pk=first.operations[0].pk).update(state="posted")
    again = outbox.claim(postable.connection)
    assert again is not None
    assert ([each.pk for each in again.operations], again.is_replay) == ([first.operations[1].pk], False)
    assert again.request_id != first.request_id


def test_what_may_be_there_already_is_taken_only_once_it_was_looked_for(postable: Postable) -> None:
    entries = postable.entries(2)
    gone, _ = postable.push(entries[:1]), TimeEntry.objects.update(lock="")
    Operation.objects.update(state="absent")
    again, other = postable.push(entries)
    assert (again.seq, again.local_id, other.seq) == (2, gone[0].local_id, 1)
    claimed = outbox.claim(postable.connection)
    assert claimed is not None
    assert [each.pk for each in claimed.operations] == [other.pk]
    assert outbox.claim(postable.connection) is None
    claimed = outbox.claim(postable.connection, looked=[again.pk])
    assert claimed is not None
    assert [each.pk for each in claimed.operations] == [again.pk]


class Empty:
    """Books that hold nothing of ours."""

    def created_since(self, entity: str, since: datetime) -> Iterator[Found]:
        return iter(())


@pytest.mark.parametrize(("replays", "kept"), [(0, True), (1, False)])
def test_a_message_that_was_missed_is_repeated_as_it_was_once(postable: Postable, replays: int, kept: bool) -> None:
    first = sent_and_missed(postable)
    long_ago = timezone.now() - timedelta(minutes=10)
    Operation.objects.update(state="in_doubt", misses=1, sent_at=long_ago, not_before=long_ago)
    Carrier.objects.update(evidence={"replays": replays})
    assert resolve.due(postable.connection, Empty()) == 2
    assert set(Operation.objects.values_list("state", flat=True)) == {"ready"}
    carriers = set(Operation.objects.values_list("carrier", flat=True))
    assert carriers == ({first.carrier.pk} if kept else {None})
