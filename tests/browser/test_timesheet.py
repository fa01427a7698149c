from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from bigtime.clients.models import Project
from bigtime.codes.models import TrackingClass
from bigtime.firm.models import Firm, Membership
from bigtime.staff.models import Staff
from bigtime.timesheets.models import TimeEntry, Timesheet, TimesheetRow
from tests.factories import (
    LaborCodeFactory,
    ProjectFactory,
    TaskFactory,
    TimeEntryFactory,
    TimesheetFactory,
    TrackingClassFactory,
)

from . import axe

MONDAY = date(2026, 11, 16)
WEEK = "/timesheet/2026-11-16/"
SAMPLES = json.loads((Path(__file__).parents[1] / "samples" / "durations.json").read_text(encoding="utf-8"))
OpenPage = Callable[..., Page]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def open_page(chromium: Browser, live_server: LiveServer) -> Iterator[OpenPage]:
    """`open_page("/path", membership)` gives a page signed in as that member; options go to the browser context.

    Whatever the page throws, or its content security policy forbids, fails the test.
    """
    contexts = []
    faults: list[str] = []

    def make(path: str, membership: Membership, *, size: tuple[int, int] = (1440, 900), **options: Any) -> Page:
        viewport = {"width": size[0], "height": size[1]}
        context = chromium.new_context(base_url=live_server.url, viewport=viewport, reduced_motion="reduce", **options)
        contexts.append(context)
        client = Client()
        client.force_login(membership.user, backend="bigtime.firm.backends.MemberBackend")
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
        page = context.new_page()
        page.set_default_timeout(8000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)
        page.goto(path)
        return page

    yield make
    for context in contexts:
        context.close()
    assert faults == []


class Desk:
    """One person's week with two rows: Relaunch (Acme Corp) and Roll-out (Globex)."""

    def __init__(self, firm: Firm, membership: Membership) -> None:
        self.firm, self.membership = firm, membership
        self.staff = Staff.objects.get(user=membership.user)
        self.sheet: Timesheet = TimesheetFactory.create(firm=firm, staff=self.staff, starts_on=MONDAY)
        self.relaunch = ProjectFactory.create(firm=firm, name="Relaunch", client__name="Acme Corp")
        self.rollout = ProjectFactory.create(firm=firm, name="Roll-out", client__name="Globex")
        for project in (self.relaunch, self.rollout):
            TimesheetRow.objects.create(firm=firm, timesheet=self.sheet, project=project)

    def entry(self, project: Project, day: int, minutes: int, **values: Any) -> TimeEntry:
        return TimeEntryFactory.create(
            firm=self.firm,
            timesheet=self.sheet,
            project=project,
            labor_code=None,
            work_date=MONDAY + timedelta(day),
            minutes=minutes,
            **values,
        )

    def stored(self) -> dict[tuple[str, int], int]:
        entries = TimeEntry.objects.filter(staff=self.staff).select_related("project")
        return {(e.project.name, (e.work_date - MONDAY).days): e.minutes for e in entries}


@pytest.fixture
def desk(firm: Firm, member: Callable[..., Membership]) -> Desk:
    return Desk(firm, member(name="Dmitri Volkov"))


def cell(page: Page, project: Project, day: int) -> Any:
    return page.locator(f'[name="c:{project.pk}-0-0:{(MONDAY + timedelta(day)).isoformat()}"]')


def settled(page: Page) -> None:
    """Waits until everything typed is stored. Asked from here, because the page's policy forbids evaluating in it."""
    deadline = time.monotonic() + 15
    while not page.evaluate("document.querySelector('time-grid').isClean"):
        assert time.monotonic() < deadline, page.locator("[data-status]").text_content()
        time.sleep(0.05)


def saved(page: Page) -> None:
    expect(page.locator("[data-status]")).to_contain_text("Saved.")


def test_a_week_of_time_by_keyboard_alone(desk: Desk, open_page: OpenPage) -> None:
    page = open_page(WEEK, desk.membership)
    first = cell(page, desk.relaunch, 0)
    first.focus()
    for text in ("8", "7:30", "7,5", "450m", "1h30"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    expect(cell(page, desk.rollout, 0)).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.keyboard.type(":45")
    page.keyboard.press("Enter")
    expect(page.locator("[data-total]")).to_have_text("32:45")
    saved(page)
    settled(page)
    assert desk.stored() == {
        ("Relaunch", 0): 480,
        ("Relaunch", 1): 450,
        ("Relaunch", 2): 450,
        ("Relaunch", 3): 450,
        ("Relaunch", 4): 90,
        ("Roll-out", 4): 45,
    }
    expect(first).to_have_value("8:00")
    # Twice Esc, then Tab, leaves the grid; and the week is handed in without the mouse.
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('td') === null")
    page.get_by_role("button", name="Submit week").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Submit", exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("text=is submitted and waits for approval")
    desk.sheet.refresh_from_db()
    assert desk.sheet.status == "submitted"
    expect(page.locator("[data-cell]:not([readonly])")).to_have_count(0)


def test_escape_takes_back_and_nothing_is_sent(desk: Desk, open_page: OpenPage) -> None:
    desk.entry(desk.relaunch, 0, 90)
    page = open_page(WEEK, desk.membership)
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url) if request.method == "POST" else None)
    cell(page, desk.relaunch, 0).focus()
    page.keyboard.type("4")
    expect(page.locator("[data-total]")).to_have_text("4:00")
    page.keyboard.press("Escape")
    expect(cell(page, desk.relaunch, 0)).to_have_value("1:30")
    page.keyboard.press("ArrowRight")
    assert requests == []
    assert desk.stored() == {("Relaunch", 0): 90}


def test_escape_after_enter_does_not_take_back_what_is_on_its_way(desk: Desk, open_page: OpenPage) -> None:
    page = open_page(WEEK, desk.membership)

    def slowly(route: Any) -> None:
        page.wait_for_timeout(400)
        route.continue_()

    page.route("**/timesheet/cell/", slowly, times=1)
    last = page.locator("[data-cell]").last
    last.focus()
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(last).not_to_have_value("")
    settled(page)
    expect(last).to_have_value("2:00")
    assert sum(desk.stored().values()) == 120


def test_f2_moves_the_caret_inside_the_text(desk: Desk, open_page: OpenPage) -> None:
    desk.entry(desk.relaunch, 0, 90)
    page = open_page(WEEK, desk.membership)
    cell(page, desk.relaunch, 0).focus()
    page.keyboard.press("F2")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Backspace")
    page.keyboard.type("4")
    page.keyboard.press("Enter")
    saved(page)
    assert desk.stored() == {("Relaunch", 0): 100}


def test_what_is_no_time_is_marked_kept_and_mended(desk: Desk, open_page: OpenPage) -> None:
    page = open_page(WEEK, desk.membership)
    cell(page, desk.relaunch, 1).fill("soon")
    page.keyboard.press("Enter")
    expect(page.locator(".tg-problems")).to_contain_text("“soon” isn't a length of time.")
    expect(cell(page, desk.relaunch, 1)).to_have_value("soon")
    expect(cell(page, desk.relaunch, 1)).to_have_attribute("aria-invalid", "true")
    cell(page, desk.relaunch, 1).fill("2")
    page.keyboard.press("Enter")
    saved(page)
    expect(page.locator(".tg-problems > li")).to_have_count(0)
    assert desk.stored() == {("Relaunch", 1): 120}


@pytest.mark.parametrize(("button", "minutes", "shown"), [("Keep mine", 120, "2:00"), ("Take theirs", 90, "1:30")])
def test_a_conflict_shows_both_and_lets_choose(
    desk: Desk, open_page: OpenPage, member: Callable[..., Membership], button: str, minutes: int, shown: str
) -> None:
    entry = desk.entry(desk.relaunch, 0, 60)
    page = open_page(WEEK, desk.membership)
    chloe = member("manager", name="Chloe Martin")
    TimeEntry.objects.filter(pk=entry.pk).update(minutes=90, version=7, changed_by=chloe.user)
    cell(page, desk.relaunch, 0).fill("2")
    page.keyboard.press("Enter")
    expect(page.locator(".tg-problems")).to_contain_text("Yours 2:00 · saved 1:30 by Chloe")
    entry.refresh_from_db()
    assert entry.minutes == 90
    page.get_by_role("button", name=button).click()
    expect(cell(page, desk.relaunch, 0)).to_have_value(shown)
    settled(page)
    entry.refresh_from_db()
    assert entry.minutes == minutes


def test_offline_keeps_what_was_typed_and_saves_it_later(desk: Desk, open_page: OpenPage) -> None:
    page = open_page(WEEK, desk.membership)
    page.context.set_offline(True)
    cell(page, desk.relaunch, 0).fill("1:15")
    page.keyboard.press("Tab")
    page.keyboard.type("2")
    page.keyboard.press("Tab")
    expect(page.locator("[data-status]")).to_contain_text("2 cells aren't saved yet")
    expect(cell(page, desk.relaunch, 0)).to_have_value("1:15")
    assert desk.stored() == {}
    assert page.evaluate("!document.querySelector('time-grid').isClean")
    page.context.set_offline(False)
    settled(page)
    assert desk.stored() == {("Relaunch", 0): 75, ("Relaunch", 1): 120}


def test_a_save_whose_answer_was_lost_is_no_conflict(desk: Desk, open_page: OpenPage) -> None:
    page = open_page(WEEK, desk.membership)

    def lose_the_answer(route: Any) -> None:
        route.fetch()
        route.abort()

    page.route("**/timesheet/cell/", lose_the_answer, times=1)
    cell(page, desk.relaunch, 0).fill("1")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Retry now")).to_be_visible()
    assert desk.stored() == {("Relaunch", 0): 60}
    cell(page, desk.relaunch, 0).fill("3")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Retry now").click()
    settled(page)
    assert desk.stored() == {("Relaunch", 0): 180}


def test_leaving_with_unsaved_time_asks(desk: Desk, open_page: OpenPage) -> None:
    page = open_page(WEEK, desk.membership)
    page.context.set_offline(True)
    cell(page, desk.relaunch, 0).fill("1")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Retry now")).to_be_visible()
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.close(run_before_unload=True)
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    page.context.set_offline(False)
    settled(page)


def paste(page: Page, text: str) -> None:
    page.evaluate(
        """(text) => {
            const data = new DataTransfer();
            data.setData("text/plain", text);
            const event = {clipboardData: data, bubbles: true, cancelable: true};
            document.activeElement.dispatchEvent(new ClipboardEvent("paste", event));
        }""",
        text,
    )


def test_a_block_from_a_spreadsheet_fills_cells(desk: Desk, open_page: OpenPage) -> None:
    page = open_page(WEEK, desk.membership)
    cell(page, desk.relaunch, 1).focus()
    paste(page, "1,5\t2:00\r\n\t45m\r\n")
    expect(page.locator("[data-status]")).to_contain_text("Pasted and saved 3 cells.")
    assert desk.stored() == {("Relaunch", 1): 90, ("Relaunch", 2): 120, ("Roll-out", 2): 45}
    expect(page.locator("[data-total]")).to_have_text("4:15")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("1\t2\t3\t4\t5\t6\t7\t8", "there is room for 2 and 7"),
        ("1\n2\n3", "there is room for 2 and 7"),
        ("1\tsoon", "“soon” isn't a length of time"),
        ("1\t25h", "A day has 24 hours"),
        ("9\t" * 1_500_000, "far more than a timesheet holds"),
    ],
)
def test_a_block_that_does_not_fit_changes_nothing(desk: Desk, open_page: OpenPage, text: str, sentence: str) -> None:
    page = open_page(WEEK, desk.membership)
    cell(page, desk.relaunch, 0).focus()
    paste(page, text)
    expect(page.locator("[data-status]")).to_contain_text("Nothing was pasted")
    expect(page.locator("[data-status]")).to_contain_text(sentence)
    assert desk.stored() == {}
    expect(cell(page, desk.relaunch, 0)).to_have_value("")


def test_a_note_by_keyboard(desk: Desk, open_page: OpenPage) -> None:
    desk.entry(desk.relaunch, 0, 60)
    page = open_page(WEEK, desk.membership)
    cell(page, desk.relaunch, 0).focus()
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("Call with Ana")
    page.keyboard.press("Control+Enter")
    saved(page)
    expect(cell(page, desk.relaunch, 0)).to_be_focused()
    assert TimeEntry.objects.get().note == "Call with Ana"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("Too early")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-note-error]")).to_contain_text("Enter the time first")
    assert TimeEntry.objects.count() == 1


def test_a_row_is_added_by_typing(desk: Desk, firm: Firm, open_page: OpenPage) -> None:
    project = ProjectFactory.create(firm=firm, name="Audit FY26", client__name="Initech")
    labor = LaborCodeFactory.create(firm=firm, name="Review")
    task = TaskFactory.create(firm=firm, project=project, name="Field work", labor_code=labor)
    page = open_page(WEEK, desk.membership)
    page.keyboard.press("n")
    page.keyboard.type("ini aud")
    expect(page.locator("#row-project-list [role=option]")).to_have_count(1)
    page.keyboard.press("Enter")
    page.get_by_label("Task").select_option(label="Field work")
    expect(page.get_by_label("Labor code")).to_be_disabled()
    page.get_by_role("button", name="Add row").click()
    page.wait_for_selector("text=The row was added.")
    key = f"{project.pk}-{task.pk}-{labor.pk}"
    expect(page.locator(f'tr[data-row="{key}"] [data-cell]').first).to_be_focused()
    assert TimesheetRow.objects.filter(project=project, task=task, labor_code=labor).count() == 1


@pytest.fixture
def classes(desk: Desk) -> dict[str, TrackingClass]:
    Firm.objects.filter(pk=desk.firm.pk).update(class_use="optional", payroll_way="override")
    return {name: TrackingClassFactory.create(firm=desk.firm, name=name) for name in ("East", "West")}


def choice(page: Page, project: Project, name: str) -> Any:
    return page.locator(f'tr[data-row^="{project.pk}-"] [data-choice="{name}"]')


def test_a_class_is_chosen_by_keyboard_between_two_times(
    desk: Desk, classes: dict[str, TrackingClass], open_page: OpenPage
) -> None:
    desk.entry(desk.relaunch, 1, 60)
    page = open_page(WEEK, desk.membership)
    cell(page, desk.relaunch, 0).focus()
    page.keyboard.type("2")
    # Left of the first day stand payroll item and class; what was typed is saved on the way.
    page.keyboard.press("ArrowLeft")
    expect(choice(page, desk.relaunch, "payroll_item")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(choice(page, desk.relaunch, "tracking_class")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(choice(page, desk.relaunch, "tracking_class")).to_have_value(str(classes["East"].pk))
    # Typed at once, it waits until the row has its new name.
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.type("3:30")
    page.keyboard.press("Enter")
    settled(page)
    found = TimeEntry.objects.filter(staff=desk.staff).order_by("work_date")
    assert list(found.values_list("tracking_class__name", "minutes")) == [("East", 120), ("East", 60), ("East", 210)]
    # Down from a class stands the next row's class.
    choice(page, desk.relaunch, "tracking_class").focus()
    page.keyboard.press("Enter")
    expect(choice(page, desk.rollout, "tracking_class")).to_be_focused()


def test_a_class_that_is_refused_returns_to_what_is_stored(
    desk: Desk, classes: dict[str, TrackingClass], open_page: OpenPage
) -> None:
    desk.entry(desk.relaunch, 1, 60)
    page = open_page(WEEK, desk.membership)
    TrackingClass.objects.filter(name="West").update(is_active=False)
    choice(page, desk.relaunch, "tracking_class").select_option(label="West")
    expect(page.locator("[data-status]")).to_have_text("Not changed: West can't be chosen any more: it is inactive.")
    expect(choice(page, desk.relaunch, "tracking_class")).to_have_value("")
    settled(page)
    assert TimeEntry.objects.get().tracking_class is None


def test_the_day_of_a_phone_changes_a_class_and_pastes_nothing_away(
    desk: Desk, classes: dict[str, TrackingClass], open_page: OpenPage
) -> None:
    desk.entry(desk.relaunch, 0, 60)
    page = open_page("/timesheet/day/2026-11-16/", desk.membership, size=(390, 844))
    entry = page.locator(f'[data-row^="{desk.relaunch.pk}-"]')
    entry.locator("summary").click()
    entry.locator('[data-choice="tracking_class"]').select_option(label="West")
    expect(entry.locator('[data-chosen="tracking_class"]')).to_have_text("West")
    entry.locator("[data-cell]").fill("1:45")
    entry.locator("[data-cell]").press("Enter")
    settled(page)
    stored = TimeEntry.objects.get()
    assert (stored.tracking_class, stored.minutes) == (classes["West"], 105)


def test_a_block_is_pasted_beside_the_class_columns(
    desk: Desk, classes: dict[str, TrackingClass], open_page: OpenPage
) -> None:
    page = open_page(WEEK, desk.membership)
    choice(page, desk.relaunch, "tracking_class").select_option(label="East")
    page.locator(f'tr[data-row^="{desk.relaunch.pk}-"] [data-cell]').first.focus()
    paste(page, "1\t2\n3\t4")
    expect(page.locator("[data-status]")).to_contain_text("Pasted and saved 4 cells.")
    found = TimeEntry.objects.order_by("project__name", "work_date")
    assert list(found.values_list("tracking_class__name", "minutes")) == [
        ("East", 60), ("East", 120), (None, 180), (None, 240),
    ]  # fmt: skip


def test_a_locked_cell_says_why(desk: Desk, open_page: OpenPage) -> None:
    desk.entry(desk.relaunch, 0, 60, lock="posted", lock_note="Posted to QuickBooks on Nov 20.")
    page = open_page(WEEK, desk.membership)
    locked = cell(page, desk.relaunch, 0)
    locked.focus()
    expect(page.locator("[data-status]")).to_have_text("Locked. Posted to QuickBooks on Nov 20.")
    expect(locked).to_have_accessible_description("Locked. Posted to QuickBooks on Nov 20.")
    page.keyboard.type("5")
    expect(locked).to_have_value("1:00")


def test_without_script_the_grid_is_saved_by_its_button(desk: Desk, open_page: OpenPage) -> None:
    page = open_page(WEEK, desk.membership, java_script_enabled=False)
    cell(page, desk.relaunch, 0).fill("1:30")
    cell(page, desk.rollout, 6).fill("25h")
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_role("alert")).to_contain_text("1 cell couldn’t be saved; 1 was.")
    expect(cell(page, desk.rollout, 6)).to_have_value("25h")
    assert desk.stored() == {("Relaunch", 0): 90}
    page.get_by_role("link", name="Add a row").click()
    page.get_by_label("Relaunch").check()
    expect(page.get_by_role("heading", name="Add a row")).to_be_visible()


def test_a_phone_gets_days_and_nothing_overflows(desk: Desk, open_page: OpenPage) -> None:
    desk.entry(desk.relaunch, 0, 60)
    page = open_page(WEEK, desk.membership, size=(390, 844), has_touch=True)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect(page.locator("table.tg")).to_be_hidden()
    page.get_by_role("link", name="Mon Nov 16").click()
    page.wait_for_url("**/timesheet/day/2026-11-16/")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    cell(page, desk.rollout, 0).fill("2,25")
    cell(page, desk.rollout, 0).press("Enter")
    saved(page)
    expect(page.locator("[data-total]")).to_have_text("3:15")
    page.get_by_label("Note, Globex · Roll-out").fill("On site")
    page.get_by_label("Note, Globex · Roll-out").blur()
    settled(page)
    assert list(TimeEntry.objects.filter(project=desk.rollout).values_list("minutes", "note")) == [(135, "On site")]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_refused_cell_has_no_serious_accessibility_fault(
    desk: Desk, classes: dict[str, TrackingClass], open_page: OpenPage, scheme: str
) -> None:
    desk.entry(desk.relaunch, 0, 60, note="Call", lock="posted", lock_note="Posted.")
    desk.entry(desk.rollout, 1, 60)
    Timesheet.objects.update(status="rejected", note="More detail, please.")
    page = open_page(WEEK, desk.membership, color_scheme=scheme, bypass_csp=True)
    cell(page, desk.rollout, 2).fill("abc")
    page.keyboard.press("Enter")
    assert axe.faults(page) == []


def test_the_script_reads_durations_as_the_server_does(desk: Desk, open_page: OpenPage) -> None:
    page = open_page(WEEK, desk.membership)
    read = page.evaluate(
        """async ([good, bad]) => {
            const { parse } = await import("/static/js/durations.js");
            return [good.map(([text]) => [text, parse(text).minutes]), bad.map(([text]) => [text, parse(text).error])];
        }""",
        [SAMPLES["minutes"], SAMPLES["refused"]],
    )
    assert read == [SAMPLES["minutes"], SAMPLES["refused"]]


def test_on_paper_the_week_is_a_table(desk: Desk, open_page: OpenPage) -> None:
    desk.entry(desk.relaunch, 0, 90)
    page = open_page(WEEK, desk.membership)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 690, "height": 970})  # a sheet of paper within its margins
    expect(page.locator(".week-days")).to_be_hidden()
    expect(cell(page, desk.relaunch, 0)).to_be_visible()
    expect(page.get_by_text("Add a row").first).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 690
