"""Lists, through their pages: same SQL for any length, state in the address, exports as filtered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bigtime.clients.models import Client as Customer
from bigtime.clients.models import Project
from bigtime.codes.models import LaborCode
from bigtime.core import slots
from bigtime.firm.models import Firm
from bigtime.staff.models import Staff
from tests.factories import ClientFactory, FirmFactory, LaborCodeFactory, StaffFactory

pytestmark = pytest.mark.django_db


def queries(browser: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        response = browser.get(url)
        if response.streaming:
            list(response.streaming_content)  # type: ignore[attr-defined]
    assert response.status_code == 200
    return len(captured)


@pytest.mark.parametrize("suffix", ["", "?format=csv", "?format=xlsx"])
@pytest.mark.parametrize("url", ["/clients/", "/projects/", "/company/staff/", "/company/codes/"])
def test_a_page_costs_the_same_for_10_and_for_200_rows(
    signed_in: Callable[..., Client], firm: Firm, url: str, suffix: str
) -> None:
    browser = signed_in("administrator")
    fill(firm, 10)
    browser.get(url)
    few = queries(browser, url + suffix)
    fill(firm, 190)
    assert queries(browser, url + suffix) == few


def fill(firm: Firm, count: int) -> None:
    lead = StaffFactory.create(firm=firm)
    clients = Customer.objects.bulk_create(ClientFactory.build_batch(count, firm=firm))
    Project.objects.bulk_create(Project(firm=firm, client=c, lead=lead, name=c.name) for c in clients)
    Staff.objects.bulk_create(StaffFactory.build_batch(count, firm=firm, manager=lead))
    LaborCode.objects.bulk_create(LaborCodeFactory.build_batch(count, firm=firm))


def names(response: Any) -> list[str]:
    return [line["row"].name for line in response.context["list"].body]


def test_search_sort_and_filter_are_in_the_address(signed_in: Callable[..., Client], firm: Firm) -> None:
    browser = signed_in("manager")
    for name, email, active in (("Beta", "x@a.example", True), ("alpha", "", True), ("Old beta", "", False)):
        ClientFactory.create(firm=firm, name=name, email=email, is_active=active)
    assert sorted(names(browser.get("/clients/"))) == ["Beta", "alpha"]
    assert (
        names(browser.get("/clients/?sort=-name&show=all")) == names(browser.get("/clients/?show=all&sort=name"))[::-1]
    )
    assert names(browser.get("/clients/?q=BETA&show=all&sort=name")) == ["Beta", "Old beta"]
    assert names(browser.get("/clients/?q=beta a.example")) == ["Beta"]
    assert names(browser.get("/clients/?show=archived")) == ["Old beta"]


def test_a_filter_that_makes_no_sense_is_said_and_ignored(signed_in: Callable[..., Client], firm: Firm) -> None:
    browser = signed_in("manager")
    ClientFactory.create(firm=firm, name="Beta")
    for url in ("/clients/?show=nonsense", "/clients/?q=%00"):
        response = browser.get(url)
        assert names(response) == ["Beta"]
        assert "That filter isn’t applied." in response.content.decode()
    assert names(browser.get("/clients/?sort=password&page=999")) == ["Beta"]


def test_an_export_is_exactly_what_is_filtered_in_the_same_order(signed_in: Callable[..., Client], firm: Firm) -> None:
    browser = signed_in("manager")
    ClientFactory.create(firm=firm, name="=cmd|' /C calc'!A0", email="", company="-2+3")
    ClientFactory.create(firm=firm, name="Acme", email="a@acme.example")
    ClientFactory.create(firm=firm, name="Gone", is_active=False)
    ClientFactory.create(firm=FirmFactory.create(), name="Foreign")
    response = browser.get("/clients/?format=csv&sort=-email")
    assert b"".join(response.streaming_content).decode("utf-8-sig").splitlines() == [  # type: ignore[attr-defined]
        "Client,Company,E-mail,Phone,Active projects,Status",
        "Acme,,a@acme.example,,0,Active",
        "'=cmd|' /C calc'!A0,'-2+3,,,0,Active",
    ]
    assert response["Content-Disposition"] == 'attachment; filename="clients.csv"'


def test_an_export_holds_all_pages(signed_in: Callable[..., Client], firm: Firm) -> None:
    browser = signed_in("manager")
    Customer.objects.bulk_create(Customer(firm=firm, name=f"Client {n:04}") for n in range(1200))
    lines = b"".join(browser.get("/clients/?format=csv&page=3").streaming_content).splitlines()  # type: ignore[attr-defined]
    assert len(lines) == 1201
    assert lines[1].startswith(b"Client 0000,")
    assert len(names(browser.get("/clients/?page=3"))) == 50


def test_htmx_gets_the_list_alone_and_a_browser_the_page(signed_in: Callable[..., Client], firm: Firm) -> None:
    browser = signed_in("manager")
    assert "<html" not in browser.get("/clients/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" in browser.get("/clients/").content.decode()


def test_empty_lists_say_what_to_do_next(signed_in: Callable[..., Client]) -> None:
    browser = signed_in("manager")
    assert "No clients yet" in browser.get("/clients/").content.decode()
    assert "Nothing matches" in browser.get("/clients/?q=zzz").content.decode()


def test_upper_apps_add_columns_without_being_imported(
    signed_in: Callable[..., Client], firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = ClientFactory.create(firm=firm, name="Acme")
    asked: list[int] = []

    def badges(request: Any, rows: Any) -> dict[int, slots.Badge]:
        asked.append(len(rows))
        return {row.pk: slots.Badge("linked", "Linked to 7", "/x/") for row in rows}

    column = slots.ExtraColumn("client_list", "books", "QuickBooks", badges)
    monkeypatch.setitem(slots._columns, ("client_list", "books"), column)
    browser = signed_in("manager")
    page = browser.get("/clients/").content.decode()
    assert "Linked to 7" in page
    assert asked == [1]
    lines = b"".join(browser.get("/clients/?format=csv").streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert lines == [
        "Client,Company,E-mail,Phone,Active projects,Status,QuickBooks",
        f"{client.name},,,,0,Active,Linked to 7",
    ]
