"""The first sync in a real browser: from the dashboard's tile to preview, Import and results, with real tasks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from bigtime.clients.models import Client as Customer
from bigtime.clients.models import Project
from integrations.models import Connection
from simulators.online.remote import Simulator

from . import axe

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
SYNC = "/company/integrations/sync/"


@pytest.fixture
def books(make_connection: Callable[..., Connection], simulator: Simulator) -> Connection:
    """A small company, never imported."""
    connection = make_connection(imported=False, company_name="Blue Heron")
    acme = simulator.create(connection.company_id, "Customer", DisplayName="Acme")["Id"]
    simulator.create(connection.company_id, "Customer", DisplayName="Audit", ParentRef={"value": acme}, Job=True)
    for name in ("Globex, Inc.", "Left Out Ltd"):
        simulator.create(connection.company_id, "Customer", DisplayName=name)
    simulator.create(connection.company_id, "Vendor", DisplayName="Ben Ortiz", Vendor1099=True)
    return connection


@pytest.fixture
def visit(chromium: Browser, live_server: LiveServer, signed_in: Callable[..., Client], settings: Any) -> Iterator[Any]:
    """`visit("/path")` opens it as an administrator."""
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    settings.REDIS_URL = ""
    client: Any = signed_in("administrator")
    contexts = []

    def open_page(path: str, **options: Any) -> Page:
        context = chromium.new_context(**{"viewport": DESK, **options})
        contexts.append(context)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        page = context.new_page()
        page.goto(live_server.url + path)
        return page

    yield open_page
    for context in contexts:
        context.close()


def pump() -> None:
    """What a worker would do now."""
    call_command("pump", "--once")


def test_first_sync_from_the_tile_to_the_results(visit: Any, books: Connection, firm: Any) -> None:
    Customer.objects.create(firm=firm, name="Globex Inc")
    page = visit("/")
    tile = page.locator("#sync-card")
    expect(tile).to_contain_text("not yet")
    tile.get_by_role("button", name="Update now").click()
    expect(page.locator("#run")).to_contain_text("Waiting for a free worker")
    pump()
    # The page asks by itself, and shows the end without being touched.
    expect(page.locator("#run")).to_contain_text("Ready to import")
    expect(page.locator("#toasts")).to_contain_text("The books are read.")
    assert page.locator("main .btn.primary").all_inner_texts() == ["Look at the preview"]
    page.locator("#run").get_by_role("link", name="Look at the preview").click()
    expect(page.locator("tbody tr")).to_have_count(4)
    page.get_by_role("button", name="Accept suggestions").click()
    page.get_by_role("button", name="Accept", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("1 record linked as suggested.")
    page.get_by_label("Select Left Out Ltd").check()
    page.get_by_role("button", name="Leave out").click()
    expect(page.locator("#toasts")).to_contain_text("1 record left out.")
    assert Customer.objects.count() == 1
    page.get_by_role("button", name="Import").click()
    page.locator("#confirm-dialog").get_by_role("button", name="Import").click()
    expect(page.locator("#run")).to_contain_text("Importing")
    pump()
    expect(page.locator("#run h2")).to_have_text("Done")
    expect(page.locator("#toasts")).to_contain_text("The sync is done.")
    assert sorted(Customer.objects.values_list("name", flat=True)) == ["Acme", "Globex Inc"]
    assert sorted(Project.objects.values_list("name", flat=True)) == ["Audit", "Globex, Inc."]
    page.get_by_role("link", name="What it changed").click()
    expect(page.get_by_role("heading", name=re.compile("Sync of"))).to_be_visible()
    expect(page.locator("#list")).to_contain_text("Audit")


def test_without_script_it_is_the_same_by_full_page(visit: Any, books: Connection) -> None:
    page = visit("/", java_script_enabled=False)
    page.locator("#sync-card").get_by_role("button", name="Update now").click()
    pump()
    page.reload()
    page.locator("#run").get_by_role("link", name="Look at the preview").click()
    page.get_by_role("button", name="Import").click()
    pump()
    page.reload()
    expect(page.locator("#run h2")).to_have_text("Done")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_no_preview_overflows_and_nothing_serious_for_axe(visit: Any, books: Connection, size: Any) -> None:
    page = visit("/", viewport=size)
    page.locator("#sync-card").get_by_role("button", name="Update now").click()
    pump()
    origin = re.sub(r"(https?://[^/]+).*", r"\1", page.url)
    for path in ("preview/", "preview/?entity=vendor"):
        page.goto(f"{origin}{SYNC}{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path
        assert (path, axe.faults(page)) == (path, [])
