"""All that match: counted, asked about, and never more than the person may see."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client

from bigtime.clients.models import Client as Customer
from bigtime.clients.models import Project
from bigtime.codes.models import LaborCode
from bigtime.firm.models import Firm
from bigtime.staff.models import Staff
from tests.factories import (
    ClientFactory,
    FirmFactory,
    LaborCodeFactory,
    MembershipFactory,
    ProjectFactory,
    StaffFactory,
)

pytestmark = pytest.mark.django_db


def active(model: Any) -> list[str]:
    return sorted(model.objects.filter(is_active=True).values_list("name", flat=True))


def hidden(page: Any, **more: str) -> dict[str, str]:
    """What the form that asks sends."""
    body = page.content.decode()
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', body[body.index("<form method") :])
    return {name: unescape(value) for name, value in found} | more


def test_all_that_match_are_counted_and_asked_about_before_anything_changes(
    signed_in: Callable[..., Client], firm: Firm
) -> None:
    browser = signed_in("manager")
    Customer.objects.bulk_create(Customer(firm=firm, name=f"Old {n:03}") for n in range(120))
    ClientFactory.create(firm=firm, name="Kept")
    ClientFactory.create(firm=FirmFactory.create(), name="Old of others")
    form = {"all": "1", "query": "q=old&page=2", "to": "archived", "next": "/clients/?q=old"}
    asked = browser.post("/clients/state/", form)
    assert asked.status_code == 200
    assert "Archive 120 clients?" in asked.content.decode()
    assert len(active(Customer)) == 122
    answer = browser.post("/clients/state/", hidden(asked, to="archived"))
    assert answer["Location"] == "/clients/?q=old"
    assert active(Customer) == ["Kept", "Old of others"]


@pytest.mark.parametrize(
    ("url", "factory", "model"),
    [
        ("/projects/state/", ProjectFactory, Project),
        ("/company/staff/state/", StaffFactory, Staff),
        ("/company/codes/state/", LaborCodeFactory, LaborCode),
    ],
)
def test_every_list_with_an_action_bar_understands_all(
    signed_in: Callable[..., Client], firm: Firm, url: str, factory: Any, model: Any
) -> None:
    browser = signed_in("administrator")
    for name in ("Zed 1", "Zed 2"):
        factory.create(firm=firm, name=name)
    factory.create(firm=FirmFactory.create(), name="Zed 3")
    before = set(active(model))
    sure = {"all": "1", "sure": "1", "firm": firm.pk, "count": 2}
    browser.post(url, {**sure, "query": "q=zed", "to": "archived"})
    assert before - set(active(model)) == {"Zed 1", "Zed 2"}
    browser.post(url, {**sure, "query": "q=zed&show=archived", "to": "active"})
    assert set(active(model)) == before


def test_another_number_than_was_confirmed_is_asked_about_again(signed_in: Callable[..., Client], firm: Firm) -> None:
    browser = signed_in("manager")
    for name in ("Old 1", "Old 2"):
        ClientFactory.create(firm=firm, name=name)
    asked = browser.post("/clients/state/", {"all": "1", "query": "q=old", "to": "archived"})
    assert "changed since" not in asked.content.decode()
    ClientFactory.create(firm=firm, name="Old 3")
    again = browser.post("/clients/state/", hidden(asked, to="archived"))
    assert again.status_code == 200
    assert "What matches has changed since you were asked: 3 now." in again.content.decode()
    assert "Archive 3 clients?" in again.content.decode()
    assert active(Customer) == ["Old 1", "Old 2", "Old 3"]
    browser.post("/clients/state/", hidden(again, to="archived"))
    assert active(Customer) == []


@pytest.mark.parametrize("missing", ["firm", "count"])
def test_a_confirmation_that_does_not_say_what_it_showed_is_asked_again(
    signed_in: Callable[..., Client], firm: Firm, missing: str
) -> None:
    browser = signed_in("manager")
    ClientFactory.create(firm=firm, name="Old 1")
    form = hidden(browser.post("/clients/state/", {"all": "1", "query": "", "to": "archived"}), to="archived")
    del form[missing]
    assert "Archive 1 client?" in browser.post("/clients/state/", form).content.decode()
    assert active(Customer) == ["Old 1"]


@pytest.mark.parametrize("at", ["the list", "the question"])
def test_a_page_of_a_firm_that_was_left_changes_nothing_in_the_next(
    signed_in: Callable[..., Client], firm: Firm, at: str
) -> None:
    browser: Any = signed_in("manager")
    other = MembershipFactory.create(user=browser.membership.user, firm=FirmFactory.create(), role="manager").firm
    for each in (firm, other):
        ClientFactory.create(firm=each, name=f"Old of {each.pk}")
    page = browser.get("/clients/?q=old")
    form = {**hidden(page), "all": "1", "to": "archived"}
    if at == "the question":
        form = hidden(browser.post("/clients/state/", form), to="archived")
    browser.post("/company/switch/", {"firm": other.pk})
    answer = browser.post("/clients/state/", form, follow=True)
    assert answer.redirect_chain[-1][0] == "/clients/"
    assert "This page was opened for another firm. Nothing was changed: look again." in answer.content.decode()
    assert len(active(Customer)) == 2


def test_without_an_action_nothing_changes(signed_in: Callable[..., Client], firm: Firm) -> None:
    browser = signed_in("manager")
    client = ClientFactory.create(firm=firm)
    assert browser.post("/clients/state/", {"pk": client.pk}).status_code == 302
    assert active(Customer) == [client.name]


def test_the_action_bar_offers_all_only_when_there_are_more_pages(signed_in: Callable[..., Client], firm: Firm) -> None:
    browser = signed_in("manager")
    Customer.objects.bulk_create(Customer(firm=firm, name=f"Old {n:03}") for n in range(51))
    assert "All 51 that match" in browser.get("/clients/").content.decode()
    assert "that match" not in browser.get("/clients/?q=01").content.decode()
