"""Nothing is connected any more: what was posted stays to be read, and what needs books says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from integrations.models import Connection, Operation
from posting import services
from posting.models import Batch

from .desk import Desk
from .test_pages import text

pytestmark = pytest.mark.django_db
ERRORS, LEDGER = "/quickbooks/errors/", "/quickbooks/ledger/"
WHY = "Quiet Books isn’t connected. Nothing can be sent, tried again or looked up there until it is."


@pytest.fixture
def away(desk: Desk) -> Desk:
    """One entry posted and one refused, then the connection was disabled."""
    desk.post(desk.sheet(60, 75))
    first, second = Operation.objects.order_by("pk")
    Operation.objects.filter(pk=first.pk).update(state="posted")
    Operation.objects.filter(pk=second.pk).update(state="rejected", error_text="A rule of the company.")
    Connection.objects.update(status="disabled")
    return desk


def offered(client: Any) -> list[str]:
    frame = client.get("/").content.decode()
    return [path for path in (ERRORS, LEDGER) if f'href="{path}"' in frame]


def test_ledger_and_errors_stay_in_the_navigation(away: Desk, aisha: Any, signed_in: Callable[..., Client]) -> None:
    assert offered(aisha) == [ERRORS, LEDGER]
    assert offered(signed_in("manager")) == []


def test_where_nothing_was_ever_sent_they_are_not_offered(desk: Desk, aisha: Any) -> None:
    assert offered(aisha) == [ERRORS, LEDGER]
    Connection.objects.update(status="disabled")
    assert offered(aisha) == []
    assert WHY not in text(aisha.get(LEDGER))


def test_every_page_says_why_and_leads_to_where_it_is_connected(
    away: Desk, aisha: Any, signed_in: Callable[..., Client]
) -> None:
    refused = Operation.objects.get(state="rejected")
    maya = signed_in("administrator")
    for path in (ERRORS, LEDGER, f"{LEDGER}{refused.pk}/", f"/quickbooks/batches/{Batch.objects.get().pk}/"):
        assert f"{WHY} What was posted stays to be read here. An administrator connects it" in text(aisha.get(path))
        link = f'<a href="{reverse("quickbooks_online:enable")}">Connect it again</a>'
        assert link in maya.get(path).content.decode()
    Connection.objects.update(status="active")
    assert WHY not in text(aisha.get(LEDGER))


def test_failures_are_shown_and_can_not_be_pressed(away: Desk, aisha: Any) -> None:
    body = aisha.get(ERRORS).content.decode()
    assert "A rule of the company." in body
    assert '<button class="btn s" disabled title="Connect Quiet Books again first">' in body
    assert 'method="post" action="/quickbooks/errors/' not in body


def test_a_button_on_a_page_left_open_does_nothing_and_says_so(away: Desk, aisha: Any) -> None:
    before = list(Operation.objects.order_by("pk").values())
    sheet, refused = away.sheet(30, weeks_ago=1), Operation.objects.get(state="rejected")
    form = {"key": "5a7c5c3e-8f0e-4a52-9f5e-0d4c4a3f6b14", "books": away.connection.pk, "filters": "span=all"}
    for path, sent in (
        ("/quickbooks/post-timesheets/post/", form | {"timesheet": sheet.pk}),
        (f"{ERRORS}{'0' * 16}/act/", {"action": "retry"}),
        (f"{ERRORS}missing/act/", {"action": "all"}),
        (f"/quickbooks/operations/{refused.pk}/attach/", {"number": "1"}),
    ):
        page = text(aisha.post(path, sent, follow=True))
        assert "QuickBooks isn’t connected. Nothing was sent or changed." in page
    assert list(Operation.objects.order_by("pk").values()) == before
    assert Batch.objects.count() == 1


def test_pages_that_need_books_say_that_there_are_none(away: Desk, aisha: Any) -> None:
    preview = f"/quickbooks/post-timesheets/{away.sheet(30, weeks_ago=1).pk}/preview/"
    for path in (preview, f"{ERRORS}{'0' * 16}/", f"{ERRORS}missing/"):
        assert "QuickBooks isn’t connected Ask an administrator to connect your books" in text(aisha.get(path))
    assert aisha.get(preview, headers={"hx-request": "true"})["HX-Refresh"] == "true"


def test_disabled_while_the_button_is_pressed_nothing_is_sent(
    desk: Desk, aisha: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet = desk.sheet(60)
    post_time = services.post_time

    def disabled_first(**given: Any) -> services.Outcome:
        Connection.objects.update(status="disabled")
        return post_time(**given)

    monkeypatch.setattr(services, "post_time", disabled_first)
    form = {"key": "5a7c5c3e-8f0e-4a52-9f5e-0d4c4a3f6b14", "books": desk.connection.pk, "filters": "span=all"}
    page = text(aisha.post("/quickbooks/post-timesheets/post/", form | {"timesheet": sheet.pk}, follow=True))
    assert "Quiet Books isn't connected. Enable it under My Company, Integrations. Nothing was sent." in page
    assert Operation.objects.count() == Batch.objects.count() == 0


def test_post_timesheets_tells_of_the_ledger(away: Desk, aisha: Any, signed_in: Callable[..., Client]) -> None:
    for client in (aisha, signed_in("administrator")):
        page = client.get("/quickbooks/post-timesheets/")
        assert "What was posted stays in the ledger ." in text(page)
    assert ">Connect it again</a>" in page.content.decode()
