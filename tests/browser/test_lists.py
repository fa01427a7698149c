"""Lists and pickers in a browser: by keyboard with script, and without any."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from bigtime.clients.models import Client as Customer
from bigtime.clients.models import Project
from bigtime.firm.models import Firm
from bigtime.staff.models import Staff
from tests.factories import ProjectFactory

from . import axe

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def manager(signed_in: Callable[..., Client], firm: Firm) -> Client:
    Customer.objects.bulk_create(Customer(firm=firm, name=f"Client {n:03}") for n in range(120))
    return signed_in("manager")


@pytest.fixture
def open_as(chromium: Browser, live_server: LiveServer, settings: Any) -> Any:
    def opened(client: Client, path: str, **options: Any) -> Page:
        context = chromium.new_context(reduced_motion="reduce", **options)
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
        page = context.new_page()
        page.goto(live_server.url + path)
        return page

    return opened


def test_one_of_very_many_is_chosen_by_typing(manager: Client, open_as: Any) -> None:
    page = open_as(manager, "/projects/new/")
    field = page.get_by_role("combobox", name="Client")
    field.press_sequentially("117")
    expect(page.get_by_role("listbox", name="Client").get_by_role("option")).to_have_text(["Client 117"])
    field.press("Enter")
    expect(field).to_have_value("Client 117")
    field.fill("nobody by that name")
    field.press("Tab")
    expect(field).to_have_value("Client 117")
    page.get_by_label("Name", exact=True).fill("Found by typing")
    page.get_by_role("button", name="Add project").click()
    page.wait_for_url("**/projects/*/")
    assert Project.objects.get().client.name == "Client 117"


def test_arrows_and_escape_work_in_a_picker(manager: Client, open_as: Any) -> None:
    page = open_as(manager, "/projects/new/")
    field = page.get_by_role("combobox", name="Client")
    field.press("ArrowDown")
    expect(field).to_have_attribute("aria-expanded", "true")
    field.press("Escape")
    expect(field).to_have_attribute("aria-expanded", "false")
    field.press("ArrowDown")
    field.press("ArrowDown")
    field.press("Enter")
    expect(field).to_have_value("Client 000")


def test_without_script_others_are_found_by_a_button_and_enter_still_saves(manager: Client, open_as: Any) -> None:
    page = open_as(manager, "/projects/new/", java_script_enabled=False)
    page.get_by_label("Name", exact=True).fill("By hand")
    page.get_by_role("searchbox", name="Find others").fill("118")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_label("Name", exact=True)).to_have_value("By hand")
    page.get_by_label("Client").select_option(label="Client 118")
    page.get_by_label("Name", exact=True).press("Enter")
    page.wait_for_url("**/projects/*/")
    assert Project.objects.get().client.name == "Client 118"


def test_all_that_match_are_archived_after_being_asked(manager: Client, open_as: Any) -> None:
    Customer.objects.create(firm=Firm.objects.get(), name="Kept")
    page = open_as(manager, "/clients/?q=client")
    expect(page.locator(".actionbar")).to_be_hidden()
    page.get_by_label("Select all on this page").check()
    page.get_by_label("All 120 that match").check()
    expect(page.locator("[data-selected]")).to_have_text("120")
    page.locator(".actionbar").get_by_role("button", name="Archive").click()
    page.get_by_role("button", name="Archive 120 clients").click()
    page.wait_for_url("**/clients/?q=client")
    assert [client.name for client in Customer.objects.filter(is_active=True)] == ["Kept"]


def test_columns_and_views_by_keyboard(manager: Client, open_as: Any) -> None:
    page = open_as(manager, "/clients/")
    page.locator("summary", has_text="Columns").press("Enter")
    page.get_by_label("Phone", exact=True).uncheck()
    page.get_by_role("button", name="Show these").press("Enter")
    page.wait_for_url("**cols=**")
    expect(page.get_by_role("columnheader", name="Phone")).to_have_count(0)
    page.locator("summary", has_text="Views").press("Enter")
    page.get_by_label("Save what you see as").fill("Without phones")
    page.get_by_label("Save what you see as").press("Enter")
    page.wait_for_url("**view=*")
    expect(page.locator("summary", has_text="Without phones")).to_be_visible()


@pytest.fixture
def project(firm: Firm) -> Project:
    """Of a firm of three hundred people, two of whom are in its team."""
    people = Staff.objects.bulk_create(Staff(firm=firm, name=f"Ann {n:03}") for n in range(300))
    made = ProjectFactory.create(firm=firm, name="Audit")
    made.team.set([people[7], people[250]])
    return made


def team(project: Project) -> list[str]:
    return [person.name for person in project.team.order_by("name")]


def test_a_team_of_very_many_is_chosen_by_typing(manager: Client, project: Project, open_as: Any) -> None:
    page = open_as(manager, f"/projects/{project.pk}/edit/")
    chips = page.get_by_role("list", name="Team: chosen").get_by_role("listitem")
    expect(chips).to_have_text(["Ann 007×", "Ann 250×"])
    expect(page.get_by_role("checkbox", name="Ann 007")).to_be_hidden()
    field = page.get_by_role("combobox", name="Team")
    field.press_sequentially("299")
    expect(page.get_by_role("listbox", name="Team").get_by_role("option")).to_have_text(["Ann 299"])
    field.press("Enter")
    expect(chips).to_have_text(["Ann 007×", "Ann 250×", "Ann 299×"])
    field.press("Backspace")
    expect(chips).to_have_count(2)
    field.press("ArrowDown")
    field.press("ArrowDown")
    field.press("Enter")
    expect(chips).to_have_text(["Ann 007×", "Ann 250×", "Ann 001×"])
    page.get_by_role("button", name="Remove Ann 007").press("Enter")
    expect(field).to_be_focused()
    assert axe.faults(page) == []
    page.get_by_role("button", name="Save").last.click()
    page.wait_for_url("**/projects/*/")
    assert team(project) == ["Ann 001", "Ann 250"]


def test_without_script_a_team_is_ticked_and_others_are_found_by_a_button(
    manager: Client, project: Project, open_as: Any
) -> None:
    page = open_as(manager, f"/projects/{project.pk}/edit/", java_script_enabled=False)
    page.get_by_role("checkbox", name="Ann 007").uncheck()
    page.get_by_role("searchbox", name="Find others: Team").fill("299")
    page.locator("button[name=find][value=team]").click()
    expect(page.get_by_role("checkbox", name="Ann 250")).to_be_checked()
    expect(page.get_by_role("checkbox", name="Ann 007")).to_have_count(0)
    page.get_by_role("checkbox", name="Ann 299").check()
    page.get_by_role("button", name="Save").last.click()
    page.wait_for_url("**/projects/*/")
    assert team(project) == ["Ann 250", "Ann 299"]
