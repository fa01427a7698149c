"""Saved views: whose they are, what they keep, and where a list opens."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from bigtime.core.models import DefaultView, SavedView
from bigtime.firm.models import Firm
from tests.factories import ClientFactory

pytestmark = pytest.mark.django_db

SAVE = "/company/views/"
SHOWN = "q=ac&sort=-email&cols=name&cols=email"


def save(browser: Client, name: str = "Acme only", query: str = SHOWN, **more: str) -> str:
    answer = browser.post(
        SAVE, {"name": name, "list": "clients", "query": query, "home": "/clients/", "next": "/clients/?q=ac", **more}
    )
    assert answer.status_code == 302
    return str(answer["Location"])


def said(browser: Client, url: str) -> list[str]:
    return [str(message) for message in get_messages(browser.get(url).wsgi_request)]


def test_a_view_keeps_search_order_and_columns_in_an_address_that_can_be_sent_on(
    signed_in: Callable[..., Client], firm: Firm
) -> None:
    browser = signed_in("manager")
    ClientFactory.create(firm=firm, name="Acme", email="a@x.example")
    ClientFactory.create(firm=firm, name="Other")
    address = save(browser, query=f"{SHOWN}&page=3&format=csv&show=&view=9&find:client=x")
    view = SavedView.objects.get()
    assert (view.firm, view.owner, view.list, view.shared) == (firm, browser.membership.user, "clients", False)  # type: ignore[attr-defined]
    assert parse_qs(view.query) == {"q": ["ac"], "sort": ["-email"], "cols": ["name", "email"]}
    assert parse_qs(urlsplit(address).query) == {**parse_qs(view.query), "view": [str(view.pk)]}
    shown = browser.get(address).context["list"]
    assert [line["row"].name for line in shown.body] == ["Acme"]
    assert [column.key for column in shown.head] == ["name", "email"]
    assert shown.views.current.view == view
    assert not shown.views.changed
    assert browser.get(f"{address}&show=all").context["list"].views.changed


def test_a_list_opens_with_ones_default_view_and_as_it_comes_when_asked(
    signed_in: Callable[..., Client], firm: Firm
) -> None:
    browser, other = signed_in("manager"), signed_in("manager")
    address = save(browser)
    view = SavedView.objects.get()
    assert browser.get("/clients/").status_code == 200
    browser.post(f"/company/views/{view.pk}/default/", {"to": "this", "next": address})
    assert browser.get("/clients/")["Location"] == address
    assert other.get("/clients/").status_code == 200
    assert browser.get("/clients/?view=all").status_code == 200
    assert browser.get(address).context["list"].clear_url == "/clients/?sort=-email&cols=name&cols=email&view=all"
    browser.post(f"/company/views/{view.pk}/default/", {"to": "none"})
    assert browser.get("/clients/").status_code == 200


def test_another_default_takes_the_place_of_the_first(signed_in: Callable[..., Client]) -> None:
    browser = signed_in("manager")
    for name in ("One", "Two"):
        save(browser, name)
    for view in SavedView.objects.order_by("name"):
        browser.post(f"/company/views/{view.pk}/default/", {"to": "this"})
    assert [default.view.name for default in DefaultView.objects.all()] == ["Two"]


def test_only_administrators_share_and_change_what_is_shared(signed_in: Callable[..., Client]) -> None:
    manager, administrator, second = (signed_in(role) for role in ("manager", "administrator", "administrator"))
    save(manager, "Mine", shared="on")
    assert SavedView.objects.get(name="Mine").shared is False
    save(administrator, "Ours", shared="on")
    ours, mine = SavedView.objects.get(name="Ours"), SavedView.objects.get(name="Mine")
    assert ours.shared is True
    assert [each.view.name for each in manager.get("/clients/?view=all").context["list"].views] == ["Mine", "Ours"]
    assert [each.view.name for each in second.get("/clients/?view=all").context["list"].views] == ["Ours"]
    for browser, view in ((manager, ours), (administrator, mine)):
        assert browser.get(f"/company/views/{view.pk}/").status_code == 404
        assert browser.post(f"/company/views/{view.pk}/delete/").status_code == 404
        assert browser.post(f"/company/views/{view.pk}/keep/", {"query": "q=x"}).status_code == 404
    assert second.post(f"/company/views/{ours.pk}/", {"name": "For all", "shared": "on"}).status_code == 302
    ours.refresh_from_db()
    assert (ours.name, ours.shared) == ("For all", True)
    second.post(f"/company/views/{ours.pk}/delete/")
    assert list(SavedView.objects.values_list("name", flat=True)) == ["Mine"]


def test_a_taken_name_is_refused_and_nothing_changes(signed_in: Callable[..., Client]) -> None:
    browser, other = signed_in("manager"), signed_in("manager")
    save(browser, "Late")
    save(other, "Late")
    assert save(browser, "LATE", "q=zz") == "/clients/?q=ac"
    assert said(browser, "/clients/")[-1] == "There is already a view named “LATE” of this list. Nothing was saved."
    save(browser, "Early")
    early = SavedView.objects.get(name="Early")
    answer = browser.post(f"/company/views/{early.pk}/", {"name": "late"})
    assert answer.status_code == 422
    assert sorted(SavedView.objects.values_list("name", flat=True)) == ["Early", "Late", "Late"]


@pytest.mark.parametrize(("name", "kind", "query"), [("", "clients", ""), ("x" * 81, "clients", ""), ("A", "../x", "")])
def test_what_makes_no_view_is_refused(signed_in: Callable[..., Client], name: str, kind: str, query: str) -> None:
    browser = signed_in("staff")
    browser.post(SAVE, {"name": name, "list": kind, "query": query, "next": "/timesheet/"})
    assert not SavedView.objects.exists()


def test_an_address_too_long_to_keep_is_refused(signed_in: Callable[..., Client]) -> None:
    browser = signed_in("manager")
    save(browser, query=f"q={'x' * 2001}")
    assert not SavedView.objects.exists()


def test_keeping_puts_what_is_shown_into_the_view(signed_in: Callable[..., Client]) -> None:
    browser = signed_in("manager")
    save(browser)
    view = SavedView.objects.get()
    browser.post(f"/company/views/{view.pk}/keep/", {"query": "q=zz&page=2", "home": "/clients/"})
    view.refresh_from_db()
    assert view.query == "q=zz"


def test_an_address_elsewhere_is_not_followed(signed_in: Callable[..., Client]) -> None:
    browser = signed_in("manager")
    save(browser, "One", home="https://evil.example/")
    answer = browser.post(SAVE, {"name": "Two", "list": "clients", "home": "https://evil.example/"})
    assert answer["Location"].startswith("/?view=")


@pytest.mark.parametrize("name", ["", "Clients", "x" * 61, "a b"])
def test_a_page_that_sends_no_list_is_told_so(signed_in: Callable[..., Client], name: str) -> None:
    browser = signed_in("manager")
    browser.post(SAVE, {"name": "Acme only", "list": name, "query": SHOWN, "next": "/clients/"})
    assert said(browser, "/clients/") == ["The view wasn’t saved: the page sent no list."]
    assert not SavedView.objects.exists()
