"""All that match on Links and on Needs attention: thousands, asked about first, of these books and this firm."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bigtime.clients.models import Client
from bigtime.firm.models import Firm
from integrations import tasks
from integrations.models import Connection, Link, Proposal, RemoteRecord, SyncIssue, SyncRun
from integrations.views.link_list import LinkList
from tests.factories import FirmFactory, MembershipFactory
from tests.factories.books import ConnectionFactory
from tests.performance.counting import know_the_tables

from .conftest import SYNC, said, text

pytestmark = pytest.mark.django_db
LINKS, ATTENTION = f"{SYNC}links/", f"{SYNC}attention/"


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "hint", lambda *about: None)


def records(books: Connection, count: int, entity: str = "customer", called: str = "Old") -> list[RemoteRecord]:
    return RemoteRecord.objects.bulk_create(
        RemoteRecord(
            connection=books, entity=entity, remote_id=f"{called}-{n}", version="0", name=f"{called} {n:04}",
            pending=False, data={"DisplayName": f"{called} {n:04}", "Id": f"{called}-{n}", "Active": True},
        )
        for n in range(count)
    )  # fmt: skip


def asked_about(books: Connection, count: int, **values: Any) -> list[SyncIssue]:
    about: dict[str, Any] = {"connection": books, "entity": "customer", "kind": "decision", "code": "near_twin"}
    rows = records(books, count)
    return SyncIssue.objects.bulk_create(SyncIssue(**about, remote=row, message="Is it?", **values) for row in rows)


def hidden(page: Any, **more: Any) -> dict[str, Any]:
    """What the last form of the page sends by itself."""
    body = text(page)
    form = body[body.rindex('name="next"') - 2000 :]
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form)
    return {name: unescape(value) for name, value in found if name != "csrfmiddlewaretoken"} | more


def whole(browser: Any, address: str, do: str) -> Any:
    """Every row is ticked, all that match is ticked, and a button is pressed: the page that asks."""
    return browser.post(f"{address.partition('?')[0]}act/", hidden(browser.get(address), all="1", do=do))


def confirm(browser: Any, asked: Any, do: str) -> Any:
    return browser.post(asked.request["PATH_INFO"], hidden(asked, do=do), follow=True)


def blocked() -> int:
    return Link.objects.filter(state="blocked").count()


def test_all_records_that_match_are_blocked_after_being_asked(admin: Any, connection: Connection) -> None:
    records(connection, 120)
    records(connection, 60, called="New")
    records(connection, 60, "vendor")
    address = f"{LINKS}?entity=customer&q=old&page=2"
    assert "All 120 that match" in text(admin.get(address))
    asked = whole(admin, address, "exclude")
    assert "<h1>Block 120 records?</h1>" in text(asked)
    assert "Blocked, they stay in QuickBooks alone, now and later." in text(asked)
    assert blocked() == 0
    done = confirm(admin, asked, "exclude")
    assert done.redirect_chain == [(address, 302)]
    assert said(done) == ["120 records blocked: neither linked nor created, now or later."]
    assert set(Link.objects.values_list("entity", "remote__name")) == {("customer", f"Old {n:04}") for n in range(120)}
    undone = confirm(admin, whole(admin, f"{LINKS}?entity=customer&state=blocked", "undo"), "undo")
    assert (said(undone), blocked()) == (["120 records open again."], 0)


def test_all_sure_suggestions_are_accepted_and_all_links_removed(
    admin: Any, connection: Connection, firm: Firm
) -> None:
    records(connection, 60)
    records(connection, 2, called="old")  # two that want the same
    Client.objects.bulk_create(Client(firm=firm, name=f"Old {n:04}") for n in range(60))
    address = f"{LINKS}?entity=customer&state=not_linked"
    asked = whole(admin, address, "accept")
    assert "<h1>Accept the sure suggestions for 62 records?</h1>" in text(asked)
    assert said(confirm(admin, asked, "accept")) == [
        "58 records linked as suggested.",
        "4 records left alone: no suggestion of 90 % or more, or several.",
    ]
    named = Link.objects.values_list("remote__name", "local_id")
    assert dict(named) == {c.name: c.pk for c in Client.objects.exclude(name__in=["Old 0000", "Old 0001"])}
    done = confirm(admin, whole(admin, f"{LINKS}?entity=customer&state=linked", "unlink"), "unlink")
    assert (said(done), Link.objects.count()) == (["58 links removed. Both sides stay as they are."], 0)


def test_all_questions_are_answered_and_what_is_no_record_is_told(admin: Any, connection: Connection) -> None:
    asked_about(connection, 60)
    first = RemoteRecord.objects.get(name="Old 0000")
    about: dict[str, Any] = {"connection": connection, "entity": "customer", "message": "?"}
    SyncIssue.objects.create(**about, remote=first, kind="warning", code="waiting")
    SyncIssue.objects.create(**about, remote=first, kind="decision", code="name_taken")
    SyncIssue.objects.create(**about, kind="warning", code="late")
    assert "All 63 that match" in text(admin.get(ATTENTION))
    asked = whole(admin, ATTENTION, "create")
    assert "<h1>Create what 63 questions are about?</h1>" in text(asked)
    assert said(confirm(admin, asked, "create")) == [
        "59 records will be created.",
        "2 records can't be created so: open each and say what it is.",
    ]
    assert Proposal.objects.filter(wanted=True).count() == 59
    left = SyncIssue.objects.filter(resolved_at=None).values_list("code", flat=True)
    assert sorted(left) == ["late", "name_taken", "near_twin", "waiting"]


@pytest.mark.parametrize("do", ["create", "exclude", "dismiss"])
def test_very_many_questions_take_no_more_statements(admin: Any, connection: Connection, firm: Firm, do: str) -> None:
    taken = []
    for count in (60, 1200):
        RemoteRecord.objects.all().delete()
        SyncRun.objects.all().delete()
        issues = asked_about(connection, count)
        know_the_tables()
        asked = whole(admin, ATTENTION, do)
        with CaptureQueriesContext(database) as seen:
            admin.post(f"{ATTENTION}act/", hidden(asked, do=do))
        assert not SyncIssue.objects.filter(pk__in=[each.pk for each in issues], resolved_at=None).exists()
        taken.append(len(seen))
    assert taken[0] == taken[1]


@pytest.mark.parametrize("do", ["exclude", "accept", "unlink"])
def test_very_many_records_take_no_more_statements(admin: Any, connection: Connection, firm: Firm, do: str) -> None:
    taken, address = [], f"{LINKS}?entity=customer&q=old"
    Client.objects.bulk_create(Client(firm=firm, name=f"Old {n:04}") for n in range(1200))
    clients = dict(Client.objects.values_list("name", "pk"))
    for count in (60, 1200):
        RemoteRecord.objects.all().delete()
        SyncRun.objects.all().delete()
        rows = records(connection, count)
        if do == "unlink":
            side = {"connection": connection, "entity": "customer", "local_model": "clients.client"}
            Link.objects.bulk_create(Link(**side, remote=row, local_id=clients[row.name]) for row in rows)
        know_the_tables()
        asked = whole(admin, address, do)
        with CaptureQueriesContext(database) as seen:
            admin.post(f"{LINKS}act/", hidden(asked, do=do))
        assert Link.objects.count() == (0 if do == "unlink" else count)
        taken.append(len(seen))
    assert taken[0] == taken[1]


def test_thousands_before_the_first_import_are_proposed_anew_a_thousand_at_a_time(admin: Any, firm: Firm) -> None:
    books = ConnectionFactory.create(firm=firm)
    rows = records(books, 2100)
    of = {"connection": books, "entity": "customer", "outcome": "new"}
    Proposal.objects.bulk_create(Proposal(**of, remote=row) for row in rows)
    know_the_tables()
    asked = whole(admin, f"{LINKS}?entity=customer", "exclude")
    with CaptureQueriesContext(database) as seen:
        admin.post(f"{LINKS}act/", hidden(asked, do="exclude"))
    assert Proposal.objects.filter(outcome="excluded").count() == 2100
    assert len(seen) < 100


@pytest.mark.parametrize("address", [f"{LINKS}?entity=customer", ATTENTION])
def test_another_number_than_was_confirmed_is_asked_about_again(
    admin: Any, connection: Connection, address: str
) -> None:
    asked_about(connection, 60)
    asked = whole(admin, address, "exclude")
    RemoteRecord.objects.filter(name="Old 0000").delete()
    again = confirm(admin, asked, "exclude")
    assert "What matches has changed since you were asked: 59 now." in text(again)
    assert blocked() == 0
    confirm(admin, again, "exclude")
    assert blocked() == 59


def test_more_than_can_be_judged_while_one_waits_are_not_asked_about(
    admin: Any, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LinkList, "most_at_once", 59)
    records(connection, 60)
    page = admin.get(f"{LINKS}?entity=customer")
    said_so = said(admin.post(f"{LINKS}act/", hidden(page, all="1", do="exclude"), follow=True))
    words = "60 match, and at most 59 can be changed at once: search or filter first. Nothing was changed."
    assert (said_so, blocked()) == ([words], 0)


def test_what_matches_no_more_changes_nothing(admin: Any, connection: Connection) -> None:
    asked_about(connection, 60)
    asked = whole(admin, ATTENTION, "dismiss")
    confirm(admin, asked, "dismiss")
    at = set(SyncIssue.objects.values_list("resolved_at", flat=True))
    assert said(confirm(admin, asked, "dismiss")) == ["Nothing matches any more. Nothing was changed."]
    assert set(SyncIssue.objects.values_list("resolved_at", flat=True)) == at


@pytest.mark.parametrize("at", ["the list", "the question"])
@pytest.mark.parametrize("address", [f"{LINKS}?entity=customer", ATTENTION])
def test_a_page_of_other_books_or_another_firm_changes_nothing(
    admin: Any, connection: Connection, firm: Firm, address: str, at: str
) -> None:
    asked_about(connection, 60)
    act = f"{address.partition('?')[0]}act/"
    form = hidden(admin.get(address), all="1", do="exclude")
    if at == "the question":
        form = hidden(admin.post(act, form), do="exclude")
    other = MembershipFactory.create(user=admin.membership.user, firm=FirmFactory.create(), role="administrator").firm
    asked_about(ConnectionFactory.create(firm=other), 60)
    admin.post("/company/switch/", {"firm": other.pk})
    words = "This page was opened for {}. Nothing was changed: look again."
    assert said(admin.post(act, form, follow=True))[-1] == words.format("another firm")
    admin.post("/company/switch/", {"firm": firm.pk})
    Connection.objects.filter(pk=connection.pk).update(status="disabled")
    asked_about(ConnectionFactory.create(firm=firm, imported_at=timezone.now()), 60)
    assert said(admin.post(act, form, follow=True))[-1] == words.format("other books")
    assert blocked() == 0


@pytest.mark.parametrize("missing", ["firm", "books", "count"])
def test_a_confirmation_that_does_not_say_what_it_showed_is_asked_again(
    admin: Any, connection: Connection, missing: str
) -> None:
    asked_about(connection, 60)
    form = hidden(whole(admin, ATTENTION, "exclude"), do="exclude")
    del form[missing]
    assert "<h1>Block what 60 questions are about?</h1>" in text(admin.post(f"{ATTENTION}act/", form))
    assert blocked() == 0


@pytest.mark.parametrize("role", ["manager", "staff"])
def test_only_who_keeps_the_books_may(signed_in: Callable[..., Any], connection: Connection, role: str) -> None:
    asked_about(connection, 2)
    sure = {"all": "1", "sure": "1", "firm": connection.firm_id, "books": connection.pk, "count": 2, "query": ""}
    browser = signed_in(role)
    for act in (f"{LINKS}act/", f"{ATTENTION}act/"):
        assert browser.post(act, {**sure, "do": "exclude"}).status_code == 403
    assert blocked() == 0


def test_a_list_that_does_not_exist_is_not_found(admin: Any, connection: Connection) -> None:
    records(connection, 2)
    assert admin.post(f"{LINKS}act/", {"all": "1", "query": "entity=company", "do": "exclude"}).status_code == 404
    assert blocked() == 0
