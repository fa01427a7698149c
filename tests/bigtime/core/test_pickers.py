"""Pickers: at most fifty, of one's firm, in as many statements for ten rows as for a thousand."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bigtime.clients.models import Client as Customer
from bigtime.clients.models import Project
from bigtime.firm.models import Firm
from bigtime.staff.models import Staff
from tests.factories import ClientFactory, FirmFactory, ProjectFactory, StaffFactory

pytestmark = pytest.mark.django_db


def many(firm: Firm, count: int) -> None:
    Customer.objects.bulk_create(Customer(firm=firm, name=f"Client {n:04}") for n in range(count))


def names(answer: Any) -> list[str]:
    return [option["name"] for option in answer.json()["options"]]


def test_a_search_finds_at_most_fifty_of_the_firm_and_says_when_there_are_more(
    signed_in: Callable[..., Client], firm: Firm
) -> None:
    browser = signed_in("manager")
    many(firm, 60)
    ClientFactory.create(firm=firm, name="Client gone", is_active=False)
    ClientFactory.create(firm=FirmFactory.create(), name="Client 0001 of others")
    answer = browser.get("/company/pick/client/?q=client")
    assert (len(names(answer)), answer.json()["more"]) == (50, True)
    assert names(browser.get("/company/pick/client/?q=0001 cli")) == ["Client 0001"]
    assert browser.get("/company/pick/client/?q=%00nobody").json() == {"options": [], "more": False}


def test_names_that_begin_with_what_was_typed_come_first(signed_in: Callable[..., Client], firm: Firm) -> None:
    browser = signed_in("manager")
    for name in ("A big corp", "Big apple", "Abigail"):
        ClientFactory.create(firm=firm, name=name)
    assert names(browser.get("/company/pick/client/?q=big")) == ["Big apple", "A big corp", "Abigail"]


def test_a_search_is_one_statement_whatever_is_there(signed_in: Callable[..., Client], firm: Firm) -> None:
    browser = signed_in("manager")
    many(firm, 10)
    few = statements(browser)
    clients = list(Customer.objects.for_firm(firm))
    Project.objects.bulk_create(Project(firm=firm, client=client, name="Also") for client in clients)
    assert statements(browser) == few


def statements(browser: Client) -> int:
    with CaptureQueriesContext(connection) as captured:
        browser.get("/company/pick/project/?q=a")
    return len(captured)


def test_who_may_not_see_a_list_may_not_pick_from_it(signed_in: Callable[..., Client]) -> None:
    assert signed_in("staff").get("/company/pick/client/").status_code == 403
    assert signed_in("manager").get("/company/pick/account/").status_code == 403
    assert signed_in("accountant").get("/company/pick/account/").status_code == 200
    assert signed_in("manager").get("/company/pick/nothing/").status_code == 404


def test_a_form_reads_few_rows_and_keeps_what_is_chosen(signed_in: Callable[..., Client], firm: Firm) -> None:
    browser = signed_in("manager")
    many(firm, 200)
    last = Customer.objects.get(name="Client 0199")
    project = ProjectFactory.create(firm=firm, client=last, name="P")
    page = browser.get(f"/projects/{project.pk}/edit/").content.decode()
    assert f'<option value="{last.pk}" selected>Client 0199</option>' in page
    assert page.count(">Client 0") == 51
    assert 'data-url="/company/pick/client/"' in page
    assert '<option value="">Nobody</option>' in page


def test_few_rows_are_a_plain_select(signed_in: Callable[..., Client], firm: Firm) -> None:
    browser = signed_in("manager")
    many(firm, 3)
    page = browser.get("/projects/new/").content.decode()
    assert "<search-picker" not in page
    assert '<option value="">Choose a client</option>' in page


def test_without_script_finding_others_keeps_what_was_typed_and_saves_nothing(
    signed_in: Callable[..., Client], firm: Firm
) -> None:
    browser = signed_in("manager")
    many(firm, 200)
    answer = browser.post("/projects/new/", {"name": "Half typed", "find:client": "0177", "find": "client"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert ">Client 0177</option>" in page
    assert ">Client 0001</option>" not in page
    assert 'value="Half typed"' in page
    assert "errorlist" not in page
    assert not Project.objects.exists()


def test_a_foreign_choice_is_refused(signed_in: Callable[..., Client], firm: Firm) -> None:
    browser = signed_in("manager")
    foreign = ClientFactory.create(firm=FirmFactory.create())
    answer = browser.post("/projects/new/", {"name": "P", "client": foreign.pk, "status": "active"})
    assert answer.status_code == 422
    assert not Project.objects.exists()
    page = browser.get(f"/projects/?client={foreign.pk}").content.decode()
    assert "That filter isn’t applied." in page


def test_a_filter_of_very_many_is_a_picker(signed_in: Callable[..., Client], firm: Firm) -> None:
    browser = signed_in("manager")
    many(firm, 60)
    StaffFactory.create(firm=firm, name="Ann")
    page = browser.get("/projects/").context["list"]
    chips = {chip.name: chip for chip in page.chips}
    assert chips["client"].box.more
    assert chips["client"].options == []
    assert chips["lead"].box is None
    assert [option.label for option in chips["lead"].options][:1] == ["Ann"]
    sought = {c.name: c for c in browser.get("/projects/?find:client=0055").context["list"].chips}["client"].box
    assert [option.label for option in sought.options] == ["Client 0055"]


def test_a_team_of_very_many_reads_few_rows_and_keeps_who_is_chosen(
    signed_in: Callable[..., Client], firm: Firm
) -> None:
    browser = signed_in("manager")
    people = Staff.objects.bulk_create(Staff(firm=firm, name=f"Person {n:03}") for n in range(300))
    project = ProjectFactory.create(firm=firm, name="P")
    project.team.set([people[299], people[1]])
    page = browser.get(f"/projects/{project.pk}/edit/").content.decode()
    team = page[page.index("<chip-picker") : page.index("</chip-picker>")]
    assert 'data-url="/company/pick/staff/"' in team
    assert re.findall(r"checked> ([^<]+)<", team) == ["Person 001", "Person 299"]
    assert team.count('type="checkbox"') == 51


def test_a_small_team_is_plain_checkboxes(signed_in: Callable[..., Client], firm: Firm) -> None:
    browser = signed_in("manager")
    ann = StaffFactory.create(firm=firm, name="Ann")
    page = browser.get("/projects/new/").content.decode()
    assert "<chip-picker" not in page
    assert f'<label><input type="checkbox" name="team" value="{ann.pk}"> Ann</label>' in page
    foreign = StaffFactory.create(firm=FirmFactory.create())
    client = ClientFactory.create(firm=firm)
    answer = browser.post("/projects/new/", {"name": "P", "client": client.pk, "status": "active", "team": foreign.pk})
    assert answer.status_code == 422
    assert not Project.objects.exists()
