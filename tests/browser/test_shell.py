"""The shell and every component in a real browser: behaviour, keyboard, both themes, and nothing serious for axe."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from . import axe

pytestmark = [
    pytest.mark.browser,
    pytest.mark.urls("tests.bigtime.core.shell_urls"),
    pytest.mark.django_db(transaction=True),
]

DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
Opened = Callable[..., Page]


@pytest.mark.parametrize(("size", "scheme"), [(DESK, "light"), (PHONE, "dark")], ids=["desk", "phone"])
def test_nothing_serious_for_axe_and_nothing_sticks_out(opened: Opened, size: Any, scheme: str) -> None:
    page = opened("/styleguide", scheme=scheme, size=size)
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert axe.faults(page) == []


def test_the_system_s_theme_is_followed(opened: Opened) -> None:
    colours = {
        s: opened("/accounts/login/", scheme=s).evaluate("getComputedStyle(document.body).backgroundColor")
        for s in ("light", "dark")
    }
    assert colours == {"light": "rgb(247, 248, 250)", "dark": "rgb(13, 17, 23)"}


def test_palette_jumps_by_keyboard(opened: Opened) -> None:
    page = opened("/styleguide")
    page.keyboard.press("Control+k")
    page.keyboard.type("dialogs")
    assert page.locator(".palette [role=option]").all_inner_texts() == ["Menus and dialogs\nMore"]
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/styleguide#c-menu$"))
    expect(page.locator(".palette")).not_to_be_visible()


def test_palette_says_when_nothing_fits(opened: Opened) -> None:
    page = opened("/styleguide")
    page.locator("[data-palette]").click()
    page.keyboard.type("zzz")
    expect(page.locator(".palette")).to_contain_text("Nothing by that name.")
    page.keyboard.press("Enter")
    expect(page.locator(".palette")).to_be_visible()


def test_single_keys_work_outside_fields_only(opened: Opened) -> None:
    page = opened("/styleguide")
    page.locator("#rate-l").press("?")
    expect(page.locator("#help-dialog")).not_to_be_visible()
    page.locator("#rate-l").blur()
    page.keyboard.press("?")
    expect(page.locator("#help-dialog")).to_be_visible()


def test_selection_by_range_sums_up(opened: Opened) -> None:
    page = opened("/styleguide")
    stage = page.locator("#c-bulk [data-theme=light]")
    stage.locator("[data-clear]").click()
    expect(stage.locator("[data-needs-selection]")).to_be_disabled()
    stage.locator("tbody input").nth(0).click()
    expect(stage.locator("[data-select-matching]")).to_be_hidden()
    stage.locator("tbody input").nth(1).click(modifiers=["Shift"])
    expect(stage.locator("[data-selected]")).to_have_text("2")
    expect(stage.locator("[data-sum]")).to_have_text("81:15")
    expect(stage.locator("[data-select-all]")).to_be_checked()
    expect(stage.locator("[data-select-matching]")).to_be_visible()


def test_a_form_that_asks_first_is_sent_only_after_yes(opened: Opened) -> None:
    page = opened("/styleguide")
    ask = page.locator("#c-dialog [data-theme=light] form[data-confirm] button")
    ask.click()
    expect(page.locator("#confirm-dialog")).to_contain_text("Unlink Acme Corp?")
    page.keyboard.press("Escape")
    expect(page.locator("#confirm-dialog")).not_to_be_visible()
    assert "?" not in page.url
    ask.click()
    page.locator("#confirm-dialog [value=yes]").click()
    expect(page).to_have_url(re.compile(r"/styleguide\?#c-dialog$"))


def test_menu_closes_on_escape_and_gives_the_focus_back(opened: Opened) -> None:
    page = opened("/styleguide")
    menu = page.locator("#c-menu [data-theme=light] details")
    menu.locator("summary").click()
    page.keyboard.press("ArrowDown")
    expect(menu.locator("a")).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu.locator("summary")).to_be_focused()
    expect(menu.locator(".menu-list")).to_be_hidden()


def test_messages_become_toasts_that_can_be_dismissed(opened: Opened) -> None:
    page = opened("/styleguide?toast=1")
    toast = page.locator("#toasts .toast")
    expect(toast).to_have_text("Saved. This is how Django’s messages arrive.")
    toast.locator("[data-dismiss]").click()
    expect(toast).to_have_count(0)


def test_a_lost_server_is_said(opened: Opened) -> None:
    page = opened("/styleguide")
    page.route("**/gone", lambda route: route.abort())
    page.evaluate("htmx.ajax('GET', '/gone', 'body').catch(() => {})")
    expect(page.locator("#toasts .toast.error")).to_contain_text("The server can’t be reached.")


def test_the_phone_opens_the_navigation_as_a_sheet(opened: Opened) -> None:
    page = opened("/styleguide", size=PHONE)
    expect(page.locator("#nav")).to_be_hidden()
    page.locator(".tabbar button").click()
    expect(page.locator("#nav")).to_be_visible()
    page.locator("#nav a", has_text="Charts").click()
    expect(page.locator("#nav")).to_be_hidden()
