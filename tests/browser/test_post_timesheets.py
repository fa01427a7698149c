"""Post Timesheets with script: the preview in a dialog, a person's rows at once, and all that match."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from bigtime.firm.models import Firm
from integrations.models import Operation
from tests.factories import ConnectionFactory
from tests.posting.desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
URL = "/quickbooks/post-timesheets/?span=all"


@pytest.fixture
def page(
    chromium: Browser, live_server: LiveServer, firm: Firm, signed_in: Callable[..., Client], settings: Any
) -> Iterator[Page]:
    settings.REDIS_URL = ""
    cookie = signed_in("accountant").cookies[settings.SESSION_COOKIE_NAME].value
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, base_url=live_server.url)
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    complaints: list[str] = []
    context.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    yield context.new_page()
    context.close()
    assert complaints == []


@pytest.fixture
def desk(firm: Firm) -> Desk:
    return Desk(ConnectionFactory.create(firm=firm))


def test_the_preview_opens_over_the_page_and_keeps_what_is_selected(page: Page, desk: Desk) -> None:
    desk.sheet(75, note="Kick-off")
    page.goto(URL)
    page.locator("tbody input[name=timesheet]").check()
    page.get_by_role("link", name="Preview").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", level=2).first).to_contain_text("Maya Okafor")
    expect(dialog).to_contain_text("Kick-off")
    expect(dialog.get_by_role("link", name="Open as a page")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.locator("[data-selected]")).to_have_text("1")


def test_a_person_s_rows_at_once(page: Page, desk: Desk) -> None:
    elena = desk.person("Elena Rossi")
    for weeks_ago in (0, 1):
        desk.sheet(60, weeks_ago=weeks_ago)
        desk.sheet(30, staff=elena, weeks_ago=weeks_ago)
    page.goto(URL)
    page.get_by_label("All of Elena Rossi").check()
    expect(page.locator("[data-selected]")).to_have_text("2")
    expect(page.locator("[data-sum=minutes]")).to_have_text("1:00")


@pytest.mark.parametrize("width", [1440, 390])
def test_all_that_match_is_taken_back_with_any_row(page: Page, desk: Desk, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    for weeks_ago in range(51):
        desk.sheet(60, weeks_ago=weeks_ago)
    page.goto(URL)
    every = page.get_by_label("All 51 periods that match: 51 approved entries not posted yet, 51:00 hours")
    expect(every).to_be_hidden()
    page.get_by_label("Select all on this page").check()
    every.check()
    expect(page.locator("[data-selected]")).to_have_text("51")
    page.locator("tbody input[name=timesheet]").first.uncheck()
    expect(every).to_be_hidden()
    expect(page.locator("[data-selected]")).to_have_text("49")
    page.get_by_role("button", name="Post Selected Time").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Posting time to")
    assert Operation.objects.count() == 49


def test_on_paper_it_is_a_table(page: Page, desk: Desk) -> None:
    desk.sheet(60)
    page.goto(URL)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 690, "height": 970})  # a sheet of paper within its margins
    expect(page.get_by_role("columnheader", name="Approved")).to_be_visible()
    tops = page.locator("tbody tr[data-minutes] td.n").evaluate_all("cells => cells.map(each => each.offsetTop)")
    assert len(tops) == 4
    assert len(set(tops)) == 1
    heads = page.locator("thead th.n").evaluate_all("cells => cells.map(each => each.getBoundingClientRect().right)")
    cells = page.locator("tbody tr[data-minutes] td.n").evaluate_all(
        "cells => cells.map(each => each.getBoundingClientRect().right)"
    )
    assert heads == cells


def test_a_message_leaves_the_buttons_free(page: Page, desk: Desk) -> None:
    desk.sheet(60)
    for size in ({"width": 1440, "height": 900}, {"width": 390, "height": 844}):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.goto(URL)
        page.locator("tbody input[name=timesheet]").check()
        page.evaluate(
            "document.dispatchEvent(new CustomEvent('toast', { detail: { level: 'warning', text: '142 stay here.' } }))"
        )
        toast, bar = page.locator(".toast").bounding_box(), page.locator(".actionbar").bounding_box()
        assert toast is not None
        assert bar is not None
        # The bar stands at the window's edge once the page is longer than the window.
        assert toast["y"] + toast["height"] <= size["height"] - bar["height"]


def test_a_list_of_many_columns_lies_across_the_sheet(page: Page, desk: Desk) -> None:
    desk.post(desk.sheet(60))

    def printed(url: str) -> bytes:
        page.goto(url)
        return page.pdf(format="Letter", prefer_css_page_size=True)

    assert b"/MediaBox [0 0 792 612]" in printed("/quickbooks/ledger/")
    assert b"/MediaBox [0 0 612 792]" in printed(URL)
