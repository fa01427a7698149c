"""The error centre: by cause; fix one, free many; skip with a reason; attach a number, but only the right one."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from bigtime.firm.models import Firm
from bigtime.timesheets.models import TimeEntry
from integrations.models import Link, Operation, SyncRun
from integrations.sync import outbox
from integrations.sync.errors import Rejected
from posting.causes import causes
from posting.models import Batch, Line
from tests.factories import ConnectionFactory, FirmFactory, MembershipFactory, ProjectFactory
from tests.postable import Postable

from .desk import Desk
from .test_pages import text

pytestmark = pytest.mark.django_db
URL = "/quickbooks/errors/"


def stopped(desk: Desk, number: int, state: str, words: str, code: str = "6000", weeks_ago: int = 0) -> None:
    desk.post(desk.sheet(*range(60, 60 + number), weeks_ago=weeks_ago))
    desk.settle(state, words, code=code)
    if state == "rejected":
        TimeEntry.objects.filter(lock="posting").update(lock="")


def key_of(desk: Desk, at: int = 0) -> str:
    return causes(desk.connection)[at].key


def sent(desk: Desk, form: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Where the page of the first cause sends its form, and all that is in it."""
    first = causes(desk.connection)[0]
    return f"{URL}{first.key}/act/", {"books": desk.connection.pk, "count": first.count, **form}


def hidden(page: Any) -> dict[str, str]:
    """What the last form of a page that acts on a cause sends whatever is ticked."""
    body = page.content.decode()
    return dict(re.findall(r'<input type="hidden" name="(books|count)" value="([^"]*)"', body))


def test_failures_gather_by_cause_largest_first(desk: Desk, aisha: Any) -> None:
    stopped(desk, 2, "rejected", "Refused for a reason.")
    stopped(desk, 3, "blocked_mapping", "Acme isn't linked to a QuickBooks customer.", "link_customer", weeks_ago=1)
    found = causes(desk.connection)
    assert [(each.text, each.count) for each in found] == [
        ("Acme isn't linked to a QuickBooks customer.", 3),
        ("Refused for a reason.", 2),
    ]
    page = text(aisha.get(URL))
    assert "Acme isn't linked to a QuickBooks customer. 3" in page
    assert "Link the customer" in page
    assert "Retry all 3" in page


def test_what_was_deleted_or_changed_in_the_books_is_said(desk: Desk, aisha: Any) -> None:
    desk.post(desk.sheet(60, 61, 62))
    gone, changed, _ = Operation.objects.order_by("pk")
    desk.settle("posted")
    Operation.objects.filter(pk=gone.pk).update(state="absent")
    Operation.objects.filter(pk=changed.pk).update(state="posted_diverged")
    TimeEntry.objects.exclude(pk=gone.local_id).update(lock="posted")
    TimeEntry.objects.filter(pk=gone.local_id).update(lock="")
    page = text(aisha.get(URL))
    assert "1 missing in QuickBooks." in page
    assert "1 changed since posted. QuickBooks holds other values now" in page
    rows = text(aisha.get("/quickbooks/post-timesheets/?span=all"))
    assert "1 ready 1 missing in QuickBooks was posted before" in rows
    desk.post()
    page = text(aisha.get(URL))
    assert "missing in QuickBooks" not in page
    assert "1 changed since posted" in page


def test_a_missing_link_leads_to_the_record_that_lacks_it(desk: Desk, aisha: Any) -> None:
    stopped(desk, 2, "blocked_mapping", "Acme · Site isn't linked to a QuickBooks customer.", "link_customer")
    stopped(desk, 1, "blocked_mapping", "Consulting isn't linked to a QuickBooks service.", "link_item", weeks_ago=1)
    Link.objects.filter(entity="customer").delete()
    customer, service = causes(desk.connection)
    ours = f"/company/integrations/sync/ours/clients.project/{desk.project.pk}/?entity=customer"
    assert customer.place == ("Link the customer", ours)
    assert service.place == ("Link the service", "/company/codes/"), "linked meanwhile: there is no such record"
    assert f'href="{ours}"' in aisha.get(URL).content.decode()


def test_a_later_success_takes_a_failure_s_place(desk: Desk, aisha: Any) -> None:
    stopped(desk, 2, "rejected", "Refused.")
    desk.post()
    desk.settle("posted")
    assert causes(desk.connection) == []
    assert "No failures" in text(aisha.get(URL))


def test_unknown_outcomes_are_named_and_need_nobody(desk: Desk, aisha: Any) -> None:
    desk.post(desk.sheet(60))
    desk.settle("in_doubt", not_before=timezone.now() + timedelta(seconds=90))
    page = text(aisha.get(URL))
    assert "1 with unknown outcome." in page
    assert Operation.objects.get().label in page
    assert "No failures" not in page
    assert "Nothing was refused" in page


def test_many_causes_are_paged(desk: Desk, aisha: Any) -> None:
    for at in range(55):
        stopped(desk, 1, "rejected", f"Reason {at:02d}.", weeks_ago=at)
    body = aisha.get(URL).content.decode()
    assert body.count('name="action" value="retry"') == 50
    assert aisha.get(f"{URL}?page=2").content.decode().count('name="action" value="retry"') == 5


def test_only_an_administrator_is_sent_to_reconnect(desk: Desk, aisha: Any, signed_in: Callable[..., Client]) -> None:
    stopped(desk, 1, "blocked_auth", "QuickBooks refused us.", "invalid_grant")
    assert "An administrator reconnects." in text(aisha.get(URL))
    assert "Reconnect QuickBooks" in text(signed_in("administrator").get(URL))


def test_another_firm_s_failures_are_out_of_reach(desk: Desk, aisha: Any) -> None:
    theirs = Desk(ConnectionFactory.create(firm=FirmFactory.create()))
    stopped(theirs, 2, "rejected", "Refused.")
    key = key_of(theirs)
    form = {"action": "skip", "reason": "not mine", "books": desk.connection.pk}
    answer = aisha.post(f"{URL}{key}/act/", form, follow=True)
    assert "Someone has already mended that." in text(answer)
    number = Operation.objects.first().pk  # type: ignore[union-attr]
    assert aisha.post(f"/quickbooks/operations/{number}/attach/", {"number": "1"}).status_code == 404
    assert set(Operation.objects.values_list("state", flat=True)) == {"rejected"}


def test_retry_queues_what_was_blocked(desk: Desk, aisha: Any) -> None:
    stopped(desk, 3, "blocked_mapping", "Acme isn't linked.", "link_customer")
    answer = aisha.post(*sent(desk, {"action": "retry"}), follow=True)
    assert "3 will be sent again. What is still stopped comes back here." in text(answer)
    assert list(Operation.objects.values_list("state", "error_text")) == [("ready", "")] * 3


def test_retry_makes_new_operations_of_what_was_refused_for_good(desk: Desk, aisha: Any) -> None:
    stopped(desk, 3, "rejected", "Refused.")
    batch = Batch.objects.get()
    TimeEntry.objects.filter(minutes=60).update(minutes=65)
    answer = aisha.post(*sent(desk, {"action": "retry"}), follow=True)
    assert "3 will be sent again." in text(answer)
    assert sorted(Operation.objects.values_list("state", "seq")) == [("ready", 2)] * 3 + [("rejected", 1)] * 3
    assert set(TimeEntry.objects.values_list("lock", flat=True)) == {"posting"}
    # The posting it came from goes on with the new ones.
    assert sorted(Line.objects.filter(batch=batch).values_list("operation__state", "minutes")) == [
        ("ready", 61),
        ("ready", 62),
        ("ready", 65),
    ]
    assert causes(desk.connection) == []


def test_retry_leaves_what_is_not_ready_any_more(desk: Desk, aisha: Any) -> None:
    stopped(desk, 2, "rejected", "Refused.")
    Link.objects.filter(entity="employee").delete()
    answer = aisha.post(*sent(desk, {"action": "retry"}), follow=True)
    words = "2 stay here and would only fail again. Maya Okafor isn't linked to a QuickBooks employee or vendor."
    assert words in text(answer)
    assert set(Operation.objects.values_list("state", flat=True)) == {"rejected"}
    assert set(TimeEntry.objects.values_list("lock", flat=True)) == {""}


def test_retry_knows_that_the_books_are_closed_still(desk: Desk, aisha: Any) -> None:
    stopped(desk, 2, "blocked_period", "The books are closed.", "closed")
    connection = desk.connection
    connection.closed_through = timezone.localdate() + timedelta(days=14)
    connection.save()
    answer = aisha.post(*sent(desk, {"action": "retry"}), follow=True)
    assert (
        f"2 stay here and would only fail again. The books are closed through {connection.closed_through:%b %-d, %Y}."
        in (text(answer))
    )
    assert "Look in QuickBooks" in text(answer)
    assert set(Operation.objects.values_list("state", flat=True)) == {"blocked_period"}
    connection.closed_through = None
    connection.save()
    assert "2 will be sent again." in text(aisha.post(*sent(desk, {"action": "retry"}), follow=True))


def test_retry_waits_for_the_books_to_be_read_again(desk: Desk, aisha: Any) -> None:
    """QuickBooks refused a customer as inactive that was active here: until it is read, it is."""
    stopped(desk, 1, "blocked_inactive", "Acme is inactive in QuickBooks.", "610")
    now = timezone.now()
    Operation.objects.update(sent_at=now)
    desk.connection.last_sync_at = now - timedelta(minutes=5)
    desk.connection.save()
    answer = aisha.post(*sent(desk, {"action": "retry"}), follow=True)
    assert (
        "1 stays here and would only fail again. QuickBooks has to be read again first: choose Look in QuickBooks."
        in text(answer)
    )
    assert Operation.objects.get().state == "blocked_inactive"
    desk.connection.last_sync_at = now + timedelta(minutes=1)
    desk.connection.save()
    assert "1 will be sent again." in text(aisha.post(*sent(desk, {"action": "retry"}), follow=True))


def offered(page: Any) -> list[str]:
    return re.findall(r'name="action" value="(look|retry|skip)"', page.content.decode())


@pytest.mark.parametrize(
    ("state", "code", "helps"),
    [
        ("blocked_period", "closed", "look"),
        ("blocked_inactive", "610", "look"),
        ("blocked_mapping", "link_customer", "retry"),
        ("rejected", "6000", "retry"),
    ],
)
def test_only_what_helps_is_offered(desk: Desk, aisha: Any, state: str, code: str, helps: str) -> None:
    stopped(desk, 2, state, "It stops.", code)
    assert offered(aisha.get(URL)) == [helps]
    assert sorted(offered(aisha.get(f"{URL}{key_of(desk)}/"))) == [helps, "skip"]


def test_looking_in_the_books_first_starts_one_run(desk: Desk, aisha: Any) -> None:
    stopped(desk, 2, "blocked_period", "The books are closed.", "closed")
    said = "QuickBooks is being read. What it no longer stops is sent by itself after that"
    for _ in range(2):
        answer = aisha.post(*sent(desk, {"action": "look"}), follow=True)
        assert said in text(answer)
        assert 'hx-trigger="every 5s"' in answer.content.decode()
    run = SyncRun.objects.get()
    assert run.state == "queued"
    SyncRun.objects.update(state="done")
    answer = aisha.get("/quickbooks/errors/")
    assert said not in text(answer)
    assert 'hx-trigger="every 5s"' not in answer.content.decode()


def test_nothing_is_retried_while_the_connection_is_paused(desk: Desk, aisha: Any) -> None:
    stopped(desk, 2, "rejected", "Refused.")
    type(desk.connection).objects.update(status="paused", pause_reason="Intuit ended the authorization.")
    answer = aisha.post(*sent(desk, {"action": "retry"}), follow=True)
    assert "2 stay here and would only fail again. Intuit ended the authorization." in text(answer)
    answer = aisha.post(*sent(desk, {"action": "look"}), follow=True)
    assert "QuickBooks isn't connected. Connect again, then update. Nothing was changed." in text(answer)
    assert set(Operation.objects.values_list("state", flat=True)) == {"rejected"}
    assert not SyncRun.objects.exists()


def test_a_number_for_what_was_queued_again_meanwhile(desk: Desk) -> None:
    """Two people at once: one attaches a number, the other posts it anew."""
    stopped(desk, 1, "rejected", "Refused.")
    refused = Operation.objects.get()
    desk.post()
    with pytest.raises(Rejected, match="It has been queued again meanwhile"):
        outbox.attach(operation=refused, remote_id="4711", by=None)
    assert sorted(Operation.objects.values_list("state", flat=True)) == ["ready", "rejected"]


def test_retry_of_the_ticked_ones_only(desk: Desk, aisha: Any) -> None:
    stopped(desk, 3, "rejected", "Refused.")
    chosen = Operation.objects.order_by("pk").first()
    assert chosen is not None
    aisha.post(*sent(desk, {"action": "retry", "operation": [chosen.pk]}))
    assert list(Operation.objects.filter(state="ready").values_list("local_id", flat=True)) == [chosen.local_id]


FORMS = [{"action": "skip", "reason": "Billed by hand"}, {"action": "retry"}, {"action": "look"}]
by_form = pytest.mark.parametrize("form", FORMS, ids=["skip", "retry", "look"])
by_page = pytest.mark.parametrize("at", ["all causes", "one cause"])


@by_form
@by_page
def test_a_page_of_a_firm_that_was_left_changes_nothing_in_the_next(
    desk: Desk, aisha: Any, form: dict[str, str], at: str
) -> None:
    """The same cause stops as many there."""
    theirs = Desk(ConnectionFactory.create(firm=FirmFactory.create(), company_name="Other Books"))
    MembershipFactory.create(user=aisha.membership.user, firm=theirs.connection.firm, role="accountant")
    stopped(desk, 2, "blocked_mapping", "Acme isn't linked.", "link_customer")
    stopped(theirs, 2, "blocked_mapping", "Acme isn't linked.", "link_customer")
    key = key_of(theirs)
    assert key == key_of(desk)
    shown = hidden(aisha.get(URL if at == "all causes" else f"{URL}{key}/"))
    aisha.post("/company/switch/", {"firm": theirs.connection.firm_id})
    ticked = list(Operation.objects.filter(connection=theirs.connection).values_list("pk", flat=True))
    for more in ({}, {"operation": ticked}):
        answer = aisha.post(f"{URL}{key}/act/", {**shown, **form, **more}, follow=True)
        words = "This page was opened for other books than Other Books. Nothing was changed: look again."
        assert words in text(answer)
    assert list(Operation.objects.values_list("state", flat=True)) == ["blocked_mapping"] * 4
    assert not SyncRun.objects.exists()


def test_a_page_of_a_company_that_was_left_changes_nothing_in_the_next(desk: Desk, aisha: Any) -> None:
    stopped(desk, 2, "blocked_mapping", "Acme isn't linked.", "link_customer")
    url = f"{URL}{key_of(desk)}/"
    shown = hidden(aisha.get(url))
    type(desk.connection).objects.filter(pk=desk.connection.pk).update(status="disabled")
    new = ConnectionFactory.create(firm=desk.connection.firm, company_name="New Books")
    Operation.objects.update(connection=new)
    answer = aisha.post(f"{url}act/", {**shown, "action": "skip", "reason": "Billed by hand"}, follow=True)
    assert "opened for other books than New Books. Nothing was changed" in text(answer)
    assert set(Operation.objects.values_list("state", flat=True)) == {"blocked_mapping"}


@by_form
def test_a_form_that_names_no_books_changes_nothing(desk: Desk, aisha: Any, form: dict[str, str]) -> None:
    stopped(desk, 1, "blocked_mapping", "Acme isn't linked.", "link_customer")
    answer = aisha.post(f"{URL}{key_of(desk)}/act/", form, follow=True)
    assert "Nothing was changed: look again." in text(answer)
    assert Operation.objects.get().state == "blocked_mapping"
    assert not SyncRun.objects.exists()


@by_page
@pytest.mark.parametrize("form", FORMS[:2], ids=["skip", "retry"])
def test_all_are_those_that_were_shown(desk: Desk, aisha: Any, form: dict[str, str], at: str) -> None:
    stopped(desk, 2, "blocked_mapping", "Acme isn't linked.", "link_customer")
    url = f"{URL}{key_of(desk)}/"
    shown = hidden(aisha.get(URL if at == "all causes" else url))
    assert shown == {"books": str(desk.connection.pk), "count": "2"}
    stopped(desk, 1, "blocked_mapping", "Acme isn't linked.", "link_customer", weeks_ago=1)
    for stale in (shown, {"books": shown["books"]}, {**shown, "count": "x"}):
        answer = aisha.post(f"{url}act/", {**stale, **form}, follow=True)
        words = "What this cause stops has changed since the page was opened. Nothing was changed: look again."
        assert words in text(answer)
        assert answer.redirect_chain[-1][0] == url
    assert hidden(answer)["count"] == "3"
    assert list(Operation.objects.values_list("state", flat=True)) == ["blocked_mapping"] * 3
    aisha.post(f"{url}act/", {**hidden(answer), **form})
    assert not Operation.objects.failed_now(desk.connection).exists()


def test_skip_needs_a_reason(desk: Desk, aisha: Any) -> None:
    stopped(desk, 2, "blocked_mapping", "Acme isn't linked.", "link_customer")
    answer = aisha.post(*sent(desk, {"action": "skip", "reason": "  "}), follow=True)
    assert "Say why they are skipped: the ledger keeps the reason. Nothing was changed." in text(answer)
    assert answer.redirect_chain[-1][0].endswith("?skip=1")
    assert set(Operation.objects.values_list("state", flat=True)) == {"blocked_mapping"}
    assert set(TimeEntry.objects.values_list("lock", flat=True)) == {"posting"}


def test_skip_keeps_the_reason_and_opens_the_time_again(desk: Desk, aisha: Any) -> None:
    stopped(desk, 2, "blocked_mapping", "Acme isn't linked.", "link_customer")
    answer = aisha.post(*sent(desk, {"action": "skip", "reason": "Billed by hand"}), follow=True)
    assert "2 skipped; the time stays approved and unposted." in text(answer)
    assert list(Operation.objects.values_list("state", "error_text")) == [("skipped", "Billed by hand")] * 2
    assert set(TimeEntry.objects.values_list("lock", flat=True)) == {""}
    events = Operation.objects.values_list("events__evidence__reason", "events__by")
    assert set(events) == {("Billed by hand", aisha.membership.user.pk)}


def test_a_cause_that_is_gone(desk: Desk, aisha: Any) -> None:
    assert "Nothing is stopped by that cause any more." in text(aisha.get(f"{URL}0123456789abcdef/", follow=True))
    form = {"books": desk.connection.pk}
    assert "Someone has already mended that." in text(aisha.post(f"{URL}0123456789abcdef/act/", form, follow=True))


def test_an_unknown_action_is_not_found(desk: Desk, aisha: Any) -> None:
    stopped(desk, 1, "rejected", "Refused.")
    assert aisha.post(*sent(desk, {"action": "burn"})).status_code == 404


# --- with the books ---

BOOKS = pytest.mark.django_db(transaction=True)


def refuse(postable: Postable, **fault: Any) -> None:
    postable.simulator.faults(postable.realm, [{**fault, "match": {"operation": "create", "batch_item": 1}}])


def failed(postable: Postable) -> Operation:
    return Operation.objects.failed_now(postable.connection).get()


def bookkeeper(firm: Firm, signed_in: Callable[..., Client]) -> Any:
    return signed_in("accountant", in_firm=firm)


@BOOKS
def test_one_is_refused_mended_and_sent_again(
    postable: Postable, drain: Callable[[], None], signed_in: Callable[..., Client]
) -> None:
    aisha = bookkeeper(postable.connection.firm, signed_in)
    postable.push(postable.entries(3))
    refuse(postable, kind="code", code="6000")
    drain()
    assert postable.states() == {"posted": 2, "rejected": 1}
    key = causes(postable.connection)[0].key
    form = {"action": "retry", "books": postable.connection.pk, "count": 1}
    assert "1 will be sent again." in text(aisha.post(f"{URL}{key}/act/", form, follow=True))
    drain()
    assert postable.states() == {"posted": 3, "rejected": 1}
    assert len(postable.in_books()) == 3
    assert set(TimeEntry.objects.values_list("lock", flat=True)) == {"posted"}
    assert causes(postable.connection) == []


@BOOKS
def test_a_missing_link_made_good_frees_all(postable: Postable, drain: Callable[[], None], aisha: Any) -> None:
    """They were queued while the link was there; a minute later it is gone, then back: nobody presses anything."""
    postable.push(postable.entries(4))
    link = Link.objects.get(entity="customer")
    Link.objects.filter(pk=link.pk).delete()
    drain()
    assert postable.states() == {"blocked_mapping": 4}
    assert [each.count for each in causes(postable.connection)] == [4]
    link.save(force_insert=True)
    drain()
    assert postable.states() == {"posted": 4}


@BOOKS
def test_attach_takes_only_the_number_of_the_same_time(
    postable: Postable, drain: Callable[[], None], signed_in: Callable[..., Client]
) -> None:
    aisha = bookkeeper(postable.connection.firm, signed_in)
    entries = postable.entries(3)
    operations = postable.push(entries)
    refuse(postable, kind="code", code="6000")
    drain()
    operation = failed(postable)
    entry = TimeEntry.objects.get(pk=operation.local_id)
    posted = Operation.objects.get(pk=operations[0].pk)
    by_hand = {
        "NameOf": "Employee",
        "EmployeeRef": {"value": postable.remote["employee"]},
        "CustomerRef": {"value": postable.remote["customer"]},
        "TxnDate": entry.work_date.isoformat(),
        "Hours": entry.minutes // 60,
        "Minutes": entry.minutes % 60,
    }
    right = postable.create("TimeActivity", **by_hand, Description="typed by hand")
    other_day = postable.create("TimeActivity", **{**by_hand, "TxnDate": "2026-01-05", "Hours": 7})
    address = f"/quickbooks/operations/{operation.pk}/attach/"

    def attach(number: str) -> str:
        return text(aisha.post(address, {"number": number}, follow=True))

    assert "QuickBooks has no transaction of this kind with the number 987654. Nothing was changed." in attach("987654")
    assert f"{other_day} in QuickBooks isn’t this one: it has another date and length of time." in attach(other_day)
    assert f"{posted.remote_id} in QuickBooks isn’t this one" in attach(posted.remote_id)
    assert "Give the id it has in QuickBooks. Nothing was changed." in attach("  ")
    assert "Nothing was changed." in attach("1; drop table")
    # What was typed is there to be mended.
    typed = aisha.post(address, {"number": "98 76"}, follow=True).content.decode()
    assert 'value="98 76" placeholder="QuickBooks number"' in typed
    assert failed(postable).pk == operation.pk
    assert TimeEntry.objects.get(pk=entry.pk).lock == ""

    assert f"Attached to {right}: {operation.label} counts as posted." in attach(right)
    operation.refresh_from_db()
    assert (operation.state, operation.remote_id, operation.via) == ("posted", right, "person")
    assert TimeEntry.objects.get(pk=entry.pk).lock == "posted"
    assert "Someone has already mended that." in attach(right)
    drain()
    assert len(postable.in_books()) == 4


@BOOKS
def test_a_number_that_belongs_to_another_record_is_refused(
    postable: Postable, drain: Callable[[], None], signed_in: Callable[..., Client]
) -> None:
    aisha = bookkeeper(postable.connection.firm, signed_in)
    entries = postable.entries(2)
    # The same person, day and length, but for another project: only the number tells that it is taken.
    other = ProjectFactory.create(firm=postable.connection.firm, name="Other site")
    postable.link("customer", other, postable.create("Customer", DisplayName="Other site"))
    TimeEntry.objects.filter(pk=entries[1].pk).update(
        minutes=entries[0].minutes, work_date=entries[0].work_date, project=other
    )
    postable.push(entries)
    refuse(postable, kind="code", code="6000")
    drain()
    operation = failed(postable)
    taken = Operation.objects.get(state="posted").remote_id
    answer = aisha.post(f"/quickbooks/operations/{operation.pk}/attach/", {"number": taken}, follow=True)
    assert f"{taken} already belongs to" in text(answer)
    assert failed(postable).pk == operation.pk
