"""The main job in one go, as four people do it in a browser: connect, sync, enter time, approve, post, look it up.

Everything is real but Intuit: pages of the live server, a pump of its own, and the simulator over HTTP.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from bigtime.firm.models import Firm, Membership
from bigtime.timesheets.models import TimeEntry
from integrations.models import Connection, Operation
from simulators.online.remote import Simulator
from tests.factories.people import PASSWORD

from .journey import CLIENT, CODES, PROJECTS, Posted, TwoSides, background, look_into_books, monday_of, tab_to

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

COMPANY = "Juniper Advisory Books"
# What is typed for Dmitri's first project, a day each, and what it means.
TYPED = {"7:30": "7:30", "1.5": "1:30", "1,25": "1:15", "90m": "1:30", ":45": "0:45"}
NOTE = "Kick-off & first draft"


@pytest.fixture
def sides(firm: Firm, simulator: Simulator) -> Iterator[TwoSides]:
    simulator.config(limits=True, requestid="honoured", call_latency=0.2, item_latency=0.0)
    yield TwoSides(firm, simulator, COMPANY, monday_of(timezone.localdate()))
    simulator.config(call_latency=0.0)


def test_the_main_job(
    desk: Callable[[Membership], Page],
    sides: TwoSides,
    member: Callable[..., Membership],
    simulator: Simulator,
    complaints: list[str],
    tmp_path: Path,
) -> None:
    colleagues = [
        *sides.colleague("Elena Rossi", 480, 450),
        *sides.colleague("Finn Gallagher", 60, 75, 90),
        *sides.colleague("Grace Liu", 415),
    ]
    sides.employee("Dmitri Volkov")
    maya, dmitri, chloe, aisha = (
        member(role, name=name, password=PASSWORD)
        for role, name in (
            ("administrator", "Maya Okafor"),
            ("staff", "Dmitri Volkov"),
            ("manager", "Chloe Martin"),
            ("accountant", "Aisha Khan"),
        )
    )
    with background(tmp_path / "pump.log"):
        page = desk(maya)
        _connect(page)
        _first_sync(page)
        page = desk(dmitri)
        own = _week_by_keyboard(page, sides)
        _approve(desk(chloe))
        _post(desk(aisha), entries=len(own) + len(colleagues))
    _look(page, simulator, sides, own + colleagues)
    _locked(page, len(own))
    assert complaints == []


def _connect(page: Page) -> None:
    """The six steps: Integrations, the tile, Enable, Connect, sign in and choose, Authorize."""
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Integrations").click()
    tile = page.locator("#tile-quickbooks_online")
    expect(tile).to_contain_text("Not connected")
    tile.get_by_role("link", name="Enable").click()
    page.get_by_label("A backup of the QuickBooks company").check()
    with page.expect_popup() as popup:
        page.get_by_role("button", name="Continue").click()
    window = popup.value
    window.get_by_role("link", name="Connect to QuickBooks").click()
    window.get_by_role("button", name="Sign in").click()
    window.get_by_role("button", name=re.compile(COMPANY)).click()
    window.get_by_role("button", name="Authorize", exact=True).click()
    if not window.is_closed():
        window.wait_for_event("close")
    expect(tile).to_contain_text("Connected")
    expect(tile).to_contain_text(COMPANY)


def _first_sync(page: Page) -> None:
    """From the dashboard's tile: progress, preview, import. Everybody is known already, so nobody comes twice."""
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Dashboard").click()
    tile = page.locator("#sync-card")
    expect(tile).to_contain_text("not yet")
    tile.get_by_role("button", name="Update now").click()
    expect(
        page.get_by_role("progressbar").or_(page.get_by_role("link", name="Look at the preview")).first
    ).to_be_visible()
    page.get_by_role("link", name="Look at the preview").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What the first sync would do")
    page.get_by_role("link", name=re.compile("^Employees")).click()
    expect(page.locator("tbody tr")).to_have_count(4)
    expect(page.locator("tbody tr", has_text="Already here, will be linked")).to_have_count(4)
    page.get_by_role("button", name="Import").click()
    page.locator("#confirm-dialog").get_by_role("button", name="Import").click()
    expect(page.get_by_role("link", name="What it changed")).to_be_visible(timeout=45_000)
    assert Connection.objects.get().imported_at is not None


def _week_by_keyboard(page: Page, sides: TwoSides) -> list[Posted]:
    """Two rows, a note, both handed in: without touching the mouse."""
    page.keyboard.press("t")
    expect(page.get_by_role("heading", level=1)).to_have_text("Timesheet")
    page.wait_for_load_state()
    for project, code in zip(PROJECTS, CODES, strict=True):
        page.keyboard.press("n")
        page.keyboard.type(project)
        expect(page.locator("#row-project-list [role=option]")).to_have_text([re.compile(project)])
        page.keyboard.press("Enter")
        expect(page.get_by_label("Labor code")).to_be_focused()
        page.keyboard.type(code)
        tab_to(page, page.get_by_role("button", name="Add row"))
        page.keyboard.press("Enter")
        expect(page.locator("#row-dialog")).to_be_hidden()
        # The new row has the focus: there "n" would be time.
        expect(page.locator("tr[data-row]", has_text=project).locator(":focus")).to_be_visible()
        page.keyboard.press("Escape")
        page.keyboard.press("Tab")
    grid = page.locator("time-grid")
    tab_to(page, grid.locator("[data-cell][tabindex='0']"))
    page.keyboard.press("Control+Home")
    for text in TYPED:
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.press("Control+Home")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type(NOTE)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#note-dialog")).to_be_hidden()
    expect(grid.locator("[data-status]")).to_have_text(re.compile(rf"^Saved\. .*{PROJECTS[0]}.*: 7:30\.$"))
    page.keyboard.press("ArrowDown")
    page.keyboard.type("0.5")
    page.keyboard.press("Enter")
    expect(grid.locator("[data-total]")).to_have_text("13:00")
    expect(grid.locator("[data-status]")).to_have_text(re.compile(rf"^Saved\. .*{PROJECTS[1]}.*: 0:30\.$"))
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    tab_to(page, page.get_by_role("button", name="Submit week"))
    page.keyboard.press("Enter")
    tab_to(page, page.locator("#confirm-dialog").get_by_role("button", name="Submit"))
    page.keyboard.press("Enter")
    expect(page.locator("main .head")).to_contain_text("Submitted")
    name, monday = "Dmitri Volkov", sides.monday
    first = [
        Posted(name, str(monday + timedelta(at)), PROJECTS[0], CODES[0], hours, "" if at else NOTE)
        for at, hours in enumerate(TYPED.values())
    ]
    return [*first, Posted(name, str(monday), PROJECTS[1], CODES[1], "0:30", "")]


def _approve(page: Page) -> None:
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Approvals").click()
    row = page.locator("tbody tr", has_text="Dmitri Volkov")
    expect(row).to_contain_text("13:00")
    row.get_by_role("checkbox").check()
    page.get_by_role("button", name="Approve selected").click()
    expect(page.locator("tbody tr", has_text="Dmitri Volkov")).to_have_count(0)


def _post(page: Page, *, entries: int) -> None:
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Post Timesheets").click()
    boxes = page.locator("tbody input[name=timesheet]")
    expect(boxes).to_have_count(4)
    button = page.get_by_role("button", name="Post Selected Time")
    expect(button).to_be_disabled()
    boxes.first.click()
    boxes.last.click(modifiers=["Shift"])
    bar = page.locator(".actionbar")
    expect(bar.locator("[data-selected]")).to_have_text("4")
    expect(bar.locator("[data-sum=entries]")).to_have_text(str(entries))
    expect(bar.locator("[data-sum=minutes]")).to_have_text("39:10")
    button.click()
    progress = page.get_by_role("progressbar", name="Posting")
    expect(progress).to_have_attribute("max", str(entries))
    expect(page.get_by_role("heading", name="All posted")).to_be_visible(timeout=45_000)
    expect(progress).to_have_attribute("value", str(entries))
    expect(page.locator("tbody tr", has_text="Posted")).to_have_count(entries)
    assert set(Operation.objects.values_list("state", flat=True)) == {"posted"}
    # Nothing is left to send.
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Post Timesheets").click()
    expect(page.locator("main")).to_contain_text("Nothing waits this month")


def _look(page: Page, simulator: Simulator, sides: TwoSides, wanted: list[Posted]) -> None:
    assert len(simulator.dump(sides.realm, "TimeActivity")) == len(wanted)
    books = page.context.new_page()
    for each in wanted:
        look_into_books(books, simulator, sides.realm, each)
    books.close()


def _locked(page: Page, number: int) -> None:
    page.goto("/timesheet/")
    locked = page.locator("td.locked [data-cell]:not([value=''])")
    expect(locked).to_have_count(number)
    for cell in locked.all():
        expect(cell).to_have_attribute("readonly", "")
        expect(cell).to_have_attribute("data-why", re.compile(r"^Posted to QuickBooks on "))
    # The reason is said when the keyboard comes to it, too.
    locked.first.focus()
    expect(page.locator("time-grid [data-status]")).to_contain_text("Locked. Posted to QuickBooks on ")
    expect(page.locator("tr[data-row]", has_text=CLIENT)).to_have_count(2)
    assert TimeEntry.objects.exclude(lock="posted").count() == 0
