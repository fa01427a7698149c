"""A message goes out a second time as the first one only when it is the same, byte for byte."""

from __future__ import annotations

from integrations.models import Operation
from integrations.sync import outbox
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
