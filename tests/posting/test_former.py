"""A firm that changed to another company: what the former one holds is shown, released in words, or decided by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from bigtime.timesheets.models import TimeEntry
from integrations.models import Connection, Operation
from integrations.sync import former
from integrations.sync.errors import Rejected
from tests.factories import ConnectionFactory, FirmFactory

from .desk import Desk
from .test_pages import text

pytestmark = pytest.mark.django_db
URL = "/quickbooks/errors/former/"
ACT = f"{URL}act/"
State = Operation.State


def locks() -> dict[int, str]:
    return dict(TimeEntry.objects.values_list("minutes", "lock"))


@pytest.fixture
def left(desk: Desk) -> Desk:
    """Five entries posted to Quiet Books, each in another state, when the firm changed to New Books."""
    desk.post(desk.sheet(61, 62, 63, 64, 65))
    states = ("ready", "in_doubt", "needs_person", "blocked_period", "posted")
    for operation, state in zip(Operation.objects.order_by("pk"), states, strict=True):
        Operation.objects.filter(pk=operation.pk).update(state=state)
    TimeEntry.objects.filter(minutes=65).update(lock="posted")
    Connection.objects.filter(pk=desk.connection.pk).update(status="disabled")
    return desk


def change(desk: Desk) -> Connection:
    new: Connection = ConnectionFactory.create(firm=desk.connection.firm, company_name="New Books")
    assert former.release(firm=desk.connection.firm, current=new, by=None) == 2
    return new


def operation(minutes: int) -> Operation:
    entry = TimeEntry.objects.get(minutes=minutes)
    return Operation.objects.get(local_id=entry.pk)


def test_what_was_never_sent_is_released_in_words(left: Desk) -> None:
    change(left)
    assert locks() == {61: "", 62: "posting", 63: "posting", 64: "", 65: "posted"}
    for minutes in (61, 64):
        found = operation(minutes)
        words = "Released: not sent to Quiet Books, because New Books is connected now."
        assert (found.state, found.error_text) == ("cancelled", words)
        assert found.events.get().evidence["released_for"]


def test_what_may_be_there_is_shown_and_counted(left: Desk, aisha: Any) -> None:
    change(left)
    page = text(aisha.get("/quickbooks/errors/"))
    assert "2 held by a company that isn’t connected any more." in page
    page = text(aisha.get(URL))
    assert "Quiet Books : 2" in page
    assert operation(62).label in page
    assert operation(61).label not in page
    assert "2 held by a former company" in text(aisha.get("/quickbooks/post-timesheets/?span=all&state=all"))
    assert ">2<" in aisha.get(URL).content.decode().split("Errors", 1)[1][:300]


def test_without_any_company_they_are_found_too(left: Desk, aisha: Any) -> None:
    assert aisha.get("/quickbooks/errors/").url == URL
    page = text(aisha.get(URL))
    assert "Quiet Books : 4" in page
    assert 'href="/quickbooks/errors/"' in aisha.get("/").content.decode()


def test_a_firm_that_left_nothing_behind(desk: Desk, aisha: Any) -> None:
    assert "Nothing is held" in text(aisha.get(URL))
    assert "held by" not in text(aisha.get("/quickbooks/errors/"))


def test_it_is_there_under_a_number(left: Desk, aisha: Any) -> None:
    change(left)
    mine = operation(62)
    assert "It is in QuickBooks" in text(aisha.get(f"/quickbooks/ledger/{mine.pk}/"))
    values = {"action": "present", "operation": mine.pk, "number": "4711"}
    assert "counts as posted there under 4711" in text(aisha.post(ACT, values, follow=True))
    mine.refresh_from_db()
    assert (mine.state, mine.remote_id, mine.via) == ("posted", "4711", "person")
    assert locks()[62] == "posted"
    assert mine.events.last().by == aisha.membership.user  # type: ignore[union-attr]
    again = text(aisha.post(ACT, {**values, "number": "4712"}, follow=True))
    assert "can’t be decided by hand now" in again
    mine.refresh_from_db()
    assert mine.remote_id == "4711"


def test_it_is_not_there(left: Desk, aisha: Any) -> None:
    change(left)
    values = {"action": "absent", "operation": [operation(62).pk, operation(63).pk]}
    said = text(aisha.post(ACT, {**values, "reason": " "}, follow=True))
    assert "Say how you know: the ledger keeps it. Nothing was changed." in said
    assert locks()[62] == "posting"
    said = text(aisha.post(ACT, {**values, "reason": "Searched for both marks"}, follow=True))
    assert "2 released: the time is approved and not posted." in said
    assert locks() == {61: "", 62: "", 63: "", 64: "", 65: "posted"}
    found = operation(62)
    assert found.error_text == "Released by hand: not in Quiet Books. Searched for both marks"
    event = found.events.last()
    assert event is not None
    assert (event.by, event.evidence) == (
        aisha.membership.user,
        {"by_hand": "not in QuickBooks", "reason": "Searched for both marks"},
    )
    assert "Nothing is held" in text(aisha.get(URL))


def test_what_quickbooks_may_still_work_on_waits(left: Desk, aisha: Any) -> None:
    change(left)
    later = timezone.now() + timedelta(minutes=2)
    Operation.objects.filter(pk=operation(62).pk).update(not_before=later)
    Operation.objects.filter(pk=operation(63).pk).update(state="sending")
    values = {"action": "absent", "operation": [operation(62).pk, operation(63).pk], "reason": "Looked"}
    assert "can’t be decided by hand now" in text(aisha.post(ACT, values, follow=True))
    with pytest.raises(Rejected):
        former.declare_present(firm=left.connection.firm, operation=operation(62), number="1", by=None)
    assert (locks()[62], locks()[63]) == ("posting", "posting")


def test_connected_again_it_is_looked_up_and_not_decided(left: Desk, aisha: Any) -> None:
    Connection.objects.filter(pk=left.connection.pk).update(status="active")
    values = {"action": "absent", "operation": [operation(62).pk], "reason": "Looked"}
    assert "can’t be decided by hand now" in text(aisha.post(ACT, values, follow=True))
    assert locks()[62] == "posting"


def test_who_does_not_want_to_wait_releases_what_was_never_sent(left: Desk, aisha: Any) -> None:
    everything = list(Operation.objects.values_list("pk", flat=True))
    said = text(aisha.post(ACT, {"action": "release", "operation": everything}, follow=True))
    assert "2 released: the time is approved and not posted." in said
    assert locks() == {61: "", 62: "posting", 63: "posting", 64: "", 65: "posted"}
    assert "Tick at least one entry. Nothing was changed." in text(aisha.post(ACT, {"action": "release"}, follow=True))
    assert aisha.post(ACT, {"action": "burn", "operation": everything}).status_code == 404


def test_another_firm_s_are_out_of_reach(left: Desk, aisha: Any, signed_in: Callable[..., Client]) -> None:
    other = signed_in("accountant", in_firm=FirmFactory.create())
    for action in ("absent", "present", "release"):
        values = {"action": action, "operation": operation(62).pk, "reason": "x", "number": "1"}
        other.post(ACT, values)
    assert operation(62).state == "in_doubt"
    assert "Nothing is held" in text(other.get(URL))
    assert signed_in("staff").get(URL).status_code == 403


def test_released_time_is_posted_to_the_new_company(left: Desk) -> None:
    new = change(left)
    fresh = Desk.__new__(Desk)
    fresh.connection = new
    for entity, local in (("employee", left.staff), ("customer", left.project), ("item", left.code)):
        fresh.link(entity, local)
    outcome = fresh.post()
    assert outcome.queued == 2
    assert sorted(fresh.queued()) == [61, 64]
