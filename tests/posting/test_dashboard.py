"""What the dashboard and the navigation tell those who post: what was deleted or changed, what waits for books."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bigtime.timesheets.models import TimeEntry
from integrations.models import Connection, Operation

from .desk import Desk
from .test_pages import URL, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def strayed(desk: Desk) -> Desk:
    """Of four posted entries two were deleted in QuickBooks and one was changed there."""
    desk.post(desk.sheet(60, 61, 62, 63))
    desk.settle("posted")
    first, second, third, _ = Operation.objects.order_by("pk")
    Operation.objects.filter(pk__in=[first.pk, second.pk]).update(state="absent")
    Operation.objects.filter(pk=third.pk).update(state="posted_diverged")
    TimeEntry.objects.update(lock="posted")
    TimeEntry.objects.filter(pk__in=[first.local_id, second.local_id]).update(lock="")
    return desk


def badge(page: Any) -> str:
    found = re.search(r'<span>Errors</span>(?:<span class="count">(\d+))?', page.content.decode())
    return (found and found[1]) or ""


def test_the_dashboard_tells_what_was_deleted_or_changed_in_the_books(
    strayed: Desk, aisha: Any, signed_in: Callable[..., Client]
) -> None:
    for client in (aisha, signed_in("administrator")):
        page = client.get("/")
        assert "2 posted entries missing in QuickBooks Post again" in text(page)
        assert "1 posted entry changed in QuickBooks See which" in text(page)
        assert f'href="{URL}?span=all&amp;state=missing">Post again' in page.content.decode()
        assert 'href="/quickbooks/ledger/?state=changed_since_posted">See which' in page.content.decode()
        assert badge(page) == "3"
    assert "missing in QuickBooks" not in text(signed_in("manager").get("/"))
    strayed.post()
    page = aisha.get("/")
    assert "missing in QuickBooks" not in text(page)
    assert badge(page) == "1"


def test_what_no_longer_exists_here_is_not_missing_there(strayed: Desk, aisha: Any) -> None:
    gone = Operation.objects.filter(state="absent").first()
    assert gone
    TimeEntry.objects.get(pk=gone.local_id).delete()
    assert "1 posted entry missing in QuickBooks" in text(aisha.get("/"))
    assert "1 missing in QuickBooks." in text(aisha.get("/quickbooks/errors/"))


def test_after_disable_the_dashboard_says_what_waits_and_for_whom(
    desk: Desk, aisha: Any, signed_in: Callable[..., Client]
) -> None:
    desk.post(desk.sheet(60))
    desk.sheet(90, weeks_ago=1)
    desk.connection.status = "disabled"
    desk.connection.save()
    waits = "2:30 approved hours wait to be posted until"
    page = text(aisha.get("/"))
    assert f"{waits} an administrator connects QuickBooks again, under My Company → Integrations" in page
    administrator = signed_in("administrator").get("/")
    assert f"{waits} you connect QuickBooks again Connect" in text(administrator)
    assert f'href="{reverse("integrations:list")}">Connect<' in administrator.content.decode()
    assert "approved hours" not in text(signed_in("manager").get("/"))


def test_where_nothing_was_ever_connected_nothing_waits_for_it(desk: Desk, aisha: Any) -> None:
    desk.sheet(90)
    Connection.objects.all().delete()
    assert "approved hours" not in text(aisha.get("/"))
