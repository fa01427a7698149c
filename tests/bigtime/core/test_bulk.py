"""All that match: counted, asked about, and never more than the person may see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from bigtime.clients.models import Client as Customer
from bigtime.clients.models import Project
from bigtime.codes.models import LaborCode
from bigtime.firm.models import Firm
from bigtime.staff.models import Staff
from tests.factories import ClientFactory, FirmFactory, LaborCodeFactory, ProjectFactory, StaffFactory

pytestmark = pytest.mark.django_db


def active(model: Any) -> list[str]:
    return sorted(model.objects.filter(is_active=True).values_list("name", flat=True))


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
    answer = browser.post("/clients/state/", {**form, "sure": "1"})
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
    browser.post(url, {"all": "1", "sure": "1", "query": "q=zed", "to": "archived"})
    assert before - set(active(model)) == {"Zed 1", "Zed 2"}
    browser.post(url, {"all": "1", "sure": "1", "query": "q=zed&show=archived", "to": "active"})
    assert set(active(model)) == before


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
