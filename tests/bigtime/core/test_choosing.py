"""Columns: what is offered, what is shown, and that exports and SQL follow."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from bigtime.firm.models import Firm
from tests.factories import ClientFactory, StaffFactory

pytestmark = pytest.mark.django_db


def lines(browser: Client, url: str) -> list[str]:
    return b"".join(browser.get(url).streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]


def test_table_and_export_show_the_columns_chosen_in_the_lists_order(
    signed_in: Callable[..., Client], firm: Firm
) -> None:
    browser = signed_in("manager")
    ClientFactory.create(firm=firm, name="Acme", phone="1", email="a@x.example", address="1 Road")
    url = "/clients/?cols=address&cols=email"
    assert [column.key for column in browser.get(url).context["list"].head] == ["name", "email", "address"]
    assert lines(browser, f"{url}&format=csv") == ["Client,E-mail,Address", "Acme,a@x.example,1 Road"]


def test_a_column_left_out_at_first_can_be_chosen(signed_in: Callable[..., Client]) -> None:
    browser = signed_in("administrator")
    page = browser.get("/company/staff/").context["list"]
    assert "number" not in [column.key for column in page.head]
    assert {offer.key: (offer.shown, offer.fixed) for offer in page.choice}["number"] == (False, False)
    assert {offer.key: (offer.shown, offer.fixed) for offer in page.choice}["name"] == (True, True)
    assert "number" in [c.key for c in browser.get("/company/staff/?cols=number").context["list"].head]


def test_a_column_of_another_role_can_not_be_had_by_asking(signed_in: Callable[..., Client], firm: Firm) -> None:
    browser = signed_in("manager")
    StaffFactory.create(firm=firm, name="Ann", cost_rate="80.00")
    url = "/company/staff/?cols=cost_rate&cols=title&sort=cost_rate"
    page = browser.get(url).context["list"]
    assert [column.key for column in page.head] == ["name", "title"]
    assert page.sort == "name"
    assert lines(browser, f"{url}&format=csv")[0] == "Name,Title"


def test_search_and_filters_keep_the_columns(signed_in: Callable[..., Client]) -> None:
    page = signed_in("manager").get("/clients/?cols=email&cols=phone&q=a&page=2").context["list"]
    assert page.kept == [("cols", "email"), ("cols", "phone")]
    assert page.kept_by_columns == [("q", "a")]
    assert page.csv_url == "/clients/?cols=email&cols=phone&q=a&format=csv"
    assert page.narrowed
    assert not signed_in("manager").get("/clients/?cols=email&sort=name").context["list"].narrowed
