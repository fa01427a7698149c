"""The six steps of connecting QuickBooks Online in a real browser, through the simulator's pages; and every way out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from integrations.models import Connection
from integrations.quickbooks.online.models import Token
from simulators.online.remote import Simulator

from . import axe

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
Visit = Callable[..., Page]


@pytest.fixture
def complaints() -> list[str]:
    """What the browser said on its console, or stumbled over."""
    return []


@pytest.fixture
def visit(
    chromium: Browser,
    live_server: LiveServer,
    signed_in: Callable[..., Client],
    simulator: Simulator,
    settings: Any,
    complaints: list[str],
) -> Iterator[Visit]:
    """`visit("/path")` opens it as an administrator; what the browser complains of fails the test in the end."""
    settings.BASE_URL = live_server.url
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    session = signed_in("administrator").cookies[settings.SESSION_COOKIE_NAME].value
    contexts: list[BrowserContext] = []

    def open_page(path: str, **options: Any) -> Page:
        context = chromium.new_context(**{"viewport": DESK, **options})
        contexts.append(context)
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        # A page of ours that refuses something answers with an error status on purpose.
        context.on("console", lambda said: complaints.append(said.text) if _is_complaint(said) else None)
        page = context.new_page()
        page.goto(live_server.url + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def _is_complaint(said: Any) -> bool:
    return said.type == "error" and "responded with a status of" not in said.text


INTEGRATIONS = "/company/integrations/"


@pytest.fixture
def books(simulator: Simulator, make_connection: Any) -> Callable[..., Connection]:
    """`books("Name")` is a connection to a company of that name."""

    def make(name: str, **values: Any) -> Connection:
        return make_connection(realm=simulator.create_realm(name), company_name=name, **values)

    return make


def to_the_checklist(page: Page) -> None:
    tile = page.locator("#tile-quickbooks_online")
    expect(tile).to_contain_text("Not connected")
    tile.get_by_role("link", name="Enable").click()
    expect(page.get_by_role("heading", name="Before you connect")).to_be_visible()
    page.get_by_label("A backup of the QuickBooks company").check()


def through_intuit(window: Page, company: str, answer: str = "Authorize") -> None:
    window.get_by_role("link", name="Connect to QuickBooks").click()
    window.get_by_role("button", name="Sign in").click()
    window.get_by_role("button", name=re.compile(company)).click()
    window.get_by_role("button", name=answer, exact=True).click()


def opened_by(page: Page, press: str = "Continue") -> Page:
    with page.expect_popup() as popup:
        page.get_by_role("button", name=press).click()
    return popup.value


def closes(window: Page) -> None:
    if not window.is_closed():
        window.wait_for_event("close", timeout=5000)


def test_the_six_steps(visit: Visit, simulator: Simulator) -> None:
    simulator.create_realm("Six Steps Books")
    page = visit(INTEGRATIONS)
    to_the_checklist(page)
    window = opened_by(page)
    expect(page.locator("[data-authorize-note]")).to_contain_text("Finish in the QuickBooks window.")
    through_intuit(window, "Six Steps Books")
    closes(window)
    page.wait_for_url(f"**{INTEGRATIONS}")
    tile = page.locator("#tile-quickbooks_online")
    expect(tile).to_contain_text("Connected")
    expect(tile).to_contain_text("Six Steps Books")
    expect(tile).to_contain_text("renews itself")


def test_while_the_window_is_at_intuit_the_page_waits(visit: Visit, simulator: Simulator) -> None:
    simulator.create_realm("Waiting Books")
    page = visit(INTEGRATIONS)
    to_the_checklist(page)
    window = opened_by(page)
    window.get_by_role("link", name="Connect to QuickBooks").click()
    expect(window.get_by_role("button", name="Sign in")).to_be_visible()
    page.wait_for_timeout(1500)
    expect(page.locator("[data-authorize-note]")).to_contain_text("Finish in the QuickBooks window.")
    assert window.evaluate("Boolean(window.opener)")


def test_declined(visit: Visit, simulator: Simulator) -> None:
    simulator.create_realm("Declined Books")
    page = visit(INTEGRATIONS)
    to_the_checklist(page)
    window = opened_by(page)
    through_intuit(window, "Declined Books", "No thanks")
    expect(window.get_by_role("heading", name="You chose not to connect")).to_be_visible()
    expect(page.locator("[data-authorize-note]")).to_contain_text("It didn’t come to a connection")
    window.get_by_role("button", name="Close this window").click()
    closes(window)
    assert not Connection.objects.exists()


def test_closed_window(visit: Visit, simulator: Simulator) -> None:
    page = visit(INTEGRATIONS)
    to_the_checklist(page)
    window = opened_by(page)
    window.get_by_role("link", name="Connect to QuickBooks").click()
    expect(window.get_by_role("button", name="Sign in")).to_be_visible()
    window.close()
    expect(page.locator("[data-authorize-note]")).to_contain_text("closed before it was finished. Nothing was changed.")
    expect(page.get_by_role("button", name="Continue")).to_be_enabled()
    assert not Connection.objects.exists()


def test_blocked_window_goes_on_in_the_page(visit: Visit, simulator: Simulator) -> None:
    simulator.create_realm("Blocked Books")
    page = visit(INTEGRATIONS)
    page.context.add_init_script("window.open = () => null")
    to_the_checklist(page)
    page.get_by_role("button", name="Continue").click()
    through_intuit(page, "Blocked Books")
    page.wait_for_url(f"**{INTEGRATIONS}")
    expect(page.locator("#tile-quickbooks_online")).to_contain_text("Blocked Books")
    expect(page.locator("#toasts")).to_contain_text("Connected to Blocked Books.")


def test_without_javascript(visit: Visit, simulator: Simulator) -> None:
    simulator.create_realm("Scriptless Books")
    page = visit(INTEGRATIONS, java_script_enabled=False)
    to_the_checklist(page)
    page.get_by_role("button", name="Continue").click()
    through_intuit(page, "Scriptless Books")
    expect(page.locator("#tile-quickbooks_online")).to_contain_text("Scriptless Books")


def test_another_currency(visit: Visit, simulator: Simulator) -> None:
    simulator.create_realm("Maple Leaf Books", currency="CAD")
    page = visit(INTEGRATIONS)
    to_the_checklist(page)
    window = opened_by(page)
    through_intuit(window, "Maple Leaf Books")
    expect(window.get_by_role("heading")).to_have_text("This company keeps its books in another currency")
    expect(window.locator("main")).to_contain_text("Maple Leaf Books keeps its books in CAD")
    assert (Connection.objects.count(), Token.objects.count()) == (0, 0)


def test_another_company_asks_in_the_window(visit: Visit, simulator: Simulator, books: Any) -> None:
    former = books("Former Books")
    simulator.create_realm("Newer Books")
    page = visit("/company/integrations/quickbooks-online/enable/")
    window = opened_by(page, "Reconnect")
    through_intuit(window, "Newer Books")
    expect(window.get_by_role("heading", name="This is another company")).to_be_visible()
    window.get_by_role("button", name="Connect Newer Books").click()
    closes(window)
    page.wait_for_url(f"**{INTEGRATIONS}")
    expect(page.locator("#tile-quickbooks_online")).to_contain_text("Newer Books")
    former.refresh_from_db()
    assert former.status == "disabled"


def test_reconnect_from_the_banner(visit: Visit, simulator: Simulator, books: Any) -> None:
    connection = books("Banner Books")
    Connection.objects.update(status="paused", pause_code="invalid_grant", pause_reason="QuickBooks refused us.")
    page = visit(INTEGRATIONS)
    banner = page.locator(".banner.err")
    expect(banner).to_contain_text("Banner Books: QuickBooks refused us. What is queued is kept.")
    banner.get_by_role("link", name="Reconnect").click()
    window = opened_by(page, "Reconnect")
    through_intuit(window, "Banner Books")
    closes(window)
    page.wait_for_url(f"**{INTEGRATIONS}")
    expect(page.locator(".banner.err")).to_have_count(0)
    connection.refresh_from_db()
    assert connection.status == "active"


def test_disable(visit: Visit, simulator: Simulator, books: Any) -> None:
    books("Ending Books")
    page = visit(INTEGRATIONS)
    page.locator("#tile-quickbooks_online").get_by_role("link", name="Disable").click()
    expect(page.locator("main")).to_contain_text("What stays")
    page.get_by_role("button", name="Disable").click()
    expect(page.locator("#toasts")).to_contain_text("was ended at Intuit and erased here")
    expect(page.locator("#tile-quickbooks_online")).to_contain_text("Enabling the same company restores every link.")


def test_intuit_app_is_tested_at_intuit(visit: Visit, simulator: Simulator) -> None:
    page = visit("/company/integrations/quickbooks-online/intuit-app/")
    expect(page.locator("main")).to_contain_text("From the environment")
    page.get_by_role("button", name="Test credentials").click()
    expect(page.locator("#toasts")).to_contain_text("Intuit accepts this client ID and secret (simulator).")
    page.get_by_label("Environment").select_option("simulator")
    page.get_by_label("Client ID").fill("demo-client")
    page.get_by_label("Client secret").fill("not-the-secret")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Client secret")).to_have_value("")
    assert "not-the-secret" not in page.content()
    page.get_by_role("button", name="Test credentials").click()
    expect(page.locator("#toasts")).to_contain_text("Intuit doesn't know this client id and secret.")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_nothing_serious_for_axe_before_the_first_import(visit: Visit, books: Any, size: Any) -> None:
    books("Plain Books", closed_through=timezone.now().date())
    page = visit(INTEGRATIONS, viewport=size)
    origin = page.url.removesuffix(INTEGRATIONS)
    for path in ("quickbooks-online/enable/", "quickbooks-online/before-importing/"):
        page.goto(origin + INTEGRATIONS + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path
        assert (path, axe.faults(page)) == (path, [])
