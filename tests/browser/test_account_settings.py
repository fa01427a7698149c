"""The account that checks are posted to is chosen by keyboard among very many, with script and without."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from bigtime.codes.models import Account
from bigtime.firm.models import Firm
from integrations.models import Connection
from integrations.options import Options
from tests.factories import ConnectionFactory
from tests.factories.books import account_of

from . import axe

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TIME = "/company/integrations/settings/time/"


@pytest.fixture
def books(firm: Firm) -> Connection:
    """With more bank accounts than are shown at once, and one of each other kind."""
    made: Connection = ConnectionFactory.create(firm=firm, company_name="Blue Heron", imported_at=timezone.now())
    for at in range(60):
        account_of(made, f"Bank {at:02}", "bank", number=f"10{at:02}")
    for kind in ("payable", "card", "receivable"):
        account_of(made, f"The {kind}", kind)
    return made


@pytest.fixture
def opened(
    chromium: Browser, live_server: LiveServer, settings: Any, signed_in: Callable[..., Client]
) -> Callable[..., Page]:
    def visit(path: str, **options: Any) -> Page:
        context = chromium.new_context(reduced_motion="reduce", base_url=live_server.url, **options)
        name = settings.SESSION_COOKIE_NAME
        cookie = signed_in("administrator").cookies[name].value
        context.add_cookies([{"name": name, "value": cookie, "url": live_server.url}])
        page = context.new_page()
        page.goto(path)
        return page

    return visit


def kept(books: Connection) -> tuple[str, str, str]:
    books.refresh_from_db()
    options = Options.of(books)
    names = {0: "", **{account.pk: str(account) for account in Account.objects.all()}}
    return names[options.checking_account], names[options.payable_account], names[options.card_account]


def test_the_checking_account_is_chosen_by_keyboard(books: Connection, opened: Callable[..., Page]) -> None:
    page = opened(TIME)
    assert axe.faults(page) == []
    field = page.get_by_role("combobox", name="Checking account")
    field.focus()
    page.keyboard.type("1057")
    expect(page.get_by_role("listbox", name="Checking account").get_by_role("option")).to_have_text(["1057 Bank 57"])
    page.keyboard.press("Enter")
    expect(field).to_have_value("1057 Bank 57")
    # An account of another kind isn't found.
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("payable")
    expect(page.get_by_text("Nothing by that name")).to_be_visible()
    page.keyboard.press("Tab")
    expect(field).to_have_value("1057 Bank 57")
    # What is of few is a plain select.
    page.keyboard.type("The payable")
    page.get_by_label("Card account").focus()
    page.get_by_role("button", name="Save").press("Enter")
    expect(page.get_by_text("The settings were saved.")).to_be_visible()
    assert kept(books) == ("1057 Bank 57", "The payable", "")
    expect(field).to_have_value("1057 Bank 57")
    field.fill("")
    field.press("Tab")
    page.get_by_role("button", name="Save").press("Enter")
    expect(page.get_by_text("The settings were saved.")).to_be_visible()
    expect(field).to_have_value("")
    assert kept(books) == ("", "The payable", "")


def test_what_became_of_it_leads_to_its_field(books: Connection, opened: Callable[..., Page]) -> None:
    gone = Account.objects.get(name="Bank 59")
    Account.objects.filter(pk=gone.pk).update(is_active=False)
    Connection.objects.update(options={"checking_account": gone.pk})
    page = opened(TIME)
    expect(page.locator(".note.warn")).to_have_text(
        "Checking account: “1059 Bank 59” is inactive in QuickBooks."
        " Make it active there and press Update now, or choose another."
    )
    page.get_by_role("link", name="Checking account").press("Enter")
    field = page.get_by_role("combobox", name="Checking account")
    expect(field).to_be_in_viewport()
    expect(field).to_have_value("1059 Bank 59")
    page.get_by_role("button", name="Save").press("Enter")
    expect(field).to_have_attribute("aria-invalid", "true")
    assert axe.faults(page) == []
    assert kept(books) == ("1059 Bank 59", "", "")


def test_without_script_another_is_found_by_a_button(books: Connection, opened: Callable[..., Page]) -> None:
    page = opened(TIME, java_script_enabled=False)
    page.get_by_role("searchbox", name="Find others").fill("1058")
    page.get_by_role("button", name="Find").press("Enter")
    page.get_by_label("Checking account").select_option(label="1058 Bank 58")
    page.get_by_role("button", name="Save").press("Enter")
    expect(page.get_by_text("The settings were saved.")).to_be_visible()
    assert kept(books) == ("1058 Bank 58", "", "")


def test_on_a_phone_by_night_nothing_sticks_out(books: Connection, opened: Callable[..., Page]) -> None:
    for tab in ("time", "invoicing"):
        page = opened(
            f"/company/integrations/settings/{tab}/", viewport={"width": 390, "height": 844}, color_scheme="dark"
        )
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        assert axe.faults(page) == []
