"""What was posted and wasn't found, too much at once to be taken for deleted: a person says whether it is gone."""

from __future__ import annotations

from typing import Any

import pytest

from bigtime.timesheets.models import TimeEntry
from integrations.models import Operation
from integrations.sync import presence

from .desk import Desk
from .test_pages import text

pytestmark = pytest.mark.django_db
URL = "/quickbooks/errors/missing/"
ACT = f"{URL}act/"


@pytest.fixture
def missed(desk: Desk) -> Desk:
    """Three posted entries, of which two weren't found."""
    desk.post(desk.sheet(61, 62, 63))
    Operation.objects.update(state="posted", remote_id="77-1")
    TimeEntry.objects.update(lock="posted")
    for operation in Operation.objects.order_by("pk")[:2]:
        Operation.objects.filter(pk=operation.pk).update(error_code=presence.UNSURE)
    return desk


def states() -> list[str]:
    return list(Operation.objects.order_by("pk").values_list("state", flat=True))


def answer(desk: Desk, **values: Any) -> dict[str, Any]:
    return {"books": desk.connection.pk, "action": "all", "count": 2, "reason": "Friday’s backup", **values}


def test_they_are_shown_and_freed_with_a_reason(missed: Desk, aisha: Any) -> None:
    assert "2 posted and not found in QuickBooks" in text(aisha.get("/quickbooks/errors/"))
    page = text(aisha.get(URL))
    assert "All 2 are gone" in page
    assert "77-1" in page
    assert "2 can be posted again" in text(aisha.post(ACT, answer(missed), follow=True))
    assert states() == ["absent", "absent", "posted"]
    assert list(TimeEntry.objects.order_by("pk").values_list("lock", flat=True)) == ["", "", "posted"]
    first = Operation.objects.order_by("pk")[0]
    assert first.error_text == "Gone from QuickBooks: Friday’s backup"
    event = first.events.latest("pk")
    assert (event.by, event.evidence["reason"]) == (aisha.membership.user, "Friday’s backup")
    assert "Nothing is missing" in text(aisha.get(URL))


def test_only_the_ticked_ones(missed: Desk, aisha: Any) -> None:
    pks = list(Operation.objects.order_by("pk").values_list("pk", flat=True))
    # The third isn't in question: it stays posted whatever a form says.
    aisha.post(ACT, answer(missed, action="ticked", operation=[pks[0], pks[2]]))
    assert states() == ["absent", "posted", "posted"]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"reason": " "}, "Say how you know"),
        ({"count": 3}, "more or fewer of them than when the page was opened"),
        ({"books": 0}, "This page was opened for other books"),
        ({"action": "ticked"}, "Tick at least one entry."),
    ],
)
def test_what_can_not_be_meant_changes_nothing(missed: Desk, aisha: Any, values: dict[str, Any], words: str) -> None:
    said = text(aisha.post(ACT, answer(missed, **values), follow=True))
    assert words in said
    assert "Nothing was changed." in said
    assert states() == ["posted"] * 3
