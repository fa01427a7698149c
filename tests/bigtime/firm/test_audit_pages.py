"""The audit's page: who sees it, in whose words, and that it costs the same for ten entries as for a thousand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bigtime.clients.models import Project
from bigtime.codes.models import LaborCode
from bigtime.core.audit import acting
from bigtime.firm.models import Firm
from bigtime.staff.models import Staff
from bigtime.timesheets.models import TimeEntry
from tests.factories import (
    ConnectionFactory,
    FirmFactory,
    LaborCodeFactory,
    LinkFactory,
    ProjectFactory,
    RemoteRecordFactory,
    StaffFactory,
    TimeEntryFactory,
    TimesheetFactory,
)

pytestmark = pytest.mark.django_db
URL = "/company/audit/"


def lines(browser: Client, query: str) -> list[tuple[Any, ...]]:
    page = browser.get(f"{URL}?{query}")
    assert page.status_code == 200
    return [(e["row"].kind, e["row"].subject, e["row"].get_action_display()) for e in page.context["list"].body]


def test_bookkeepers_read_old_and_new_in_words(signed_in: Callable[..., Client], firm: Firm) -> None:
    browser = signed_in("accountant")
    ann, lead = StaffFactory.create(firm=firm, name="Ann Lee"), StaffFactory.create(firm=firm, name="Lea Der")
    with acting(user=browser.membership.user.pk, source="sync 7"):  # type: ignore[attr-defined]
        Staff.objects.filter(pk=ann.pk).update(bill_rate="120.50", week_minutes=1950, manager=lead, kind="contractor")
    [entry] = browser.get(f"{URL}?model=staff.staff&object_id={ann.pk}&action=changed").context["list"].body
    assert [(c.label, c.was, c.now) for c in entry["row"].changes] == [
        ("Billing rate per hour", "", "120.5"), ("Kind", "Employee", "Contractor"), ("Manager", "", "Lea Der"),
        ("Expected minutes a week", "40:00", "32:30"),
    ]  # fmt: skip
    assert (entry["row"].kind, entry["row"].subject) == ("Staff member", "Ann Lee")
    answer = browser.get(
        f"{URL}?model=staff.staff&object_id={ann.pk}&action=changed&cols=changes&cols=source&format=csv"
    )
    csv = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    changes = "Billing rate per hour: – → 120.5; Kind: Employee → Contractor; Manager: – → Lea Der"
    assert csv == ["About,Old and new,From", f"Ann Lee,{changes}; Expected minutes a week: 40:00 → 32:30,Sync 7"]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("POST /timesheet/2026-11-16/cell/", "Timesheet"),
        ("POST /quickbooks/post-timesheets/post/", "Post Timesheets"),
        ("POST /company/integrations/sync/records/7/act/", "Sync"), ("POST /company/staff/3/edit/", "Staff"),
        ("POST /company/integrations/quickbooks-online/disable/", "Integrations"),
        ("POST /quickbooks/operations/7/attach/", "Errors"), ("POST /company/", "Firm"),
        ("POST /quickbooks/desktop/soap", "Sync Agent or Web Connector"), ("POST /accounts/email/", "Account"),
        ("sync 7", "Sync 7"), ("POST /elsewhere/", "POST /elsewhere/"), ("", ""),
    ],
)  # fmt: skip
def test_where_it_was_done_is_told_by_the_page_s_name(
    signed_in: Callable[..., Client], firm: Firm, source: str, words: str
) -> None:
    code = LaborCodeFactory.create(firm=firm)
    with acting(user=None, source=source):
        LaborCode.objects.filter(pk=code.pk).update(name="Other")
    [entry] = signed_in("accountant").get(f"{URL}?model=codes.laborcode&action=changed").context["list"].body
    assert entry["row"].place == words


def test_a_link_tells_both_sides_by_name(signed_in: Callable[..., Client], firm: Firm) -> None:
    code = LaborCodeFactory.create(firm=firm, name="Consulting")
    connection = ConnectionFactory.create(firm=firm)
    remote = RemoteRecordFactory.create(connection=connection, entity="item", name="Consulting work")
    LinkFactory.create(
        connection=connection, entity="item", remote=remote, local_model="codes.laborcode", local_id=code.pk
    )
    [entry] = signed_in("accountant").get(f"{URL}?model=integrations.link").context["list"].body
    assert entry["row"].subject == "Consulting work"
    told = {each.label: each.now for each in entry["row"].changes}
    assert told["Here"] == "Consulting"
    assert told["There"] == "Consulting work"
    assert told["List"] == "Service items"
    assert not {"Local model", "Local id", "Entity"} & set(told)


def test_what_is_gone_is_named_by_its_number_and_other_firms_are_never_seen(
    signed_in: Callable[..., Client], firm: Firm
) -> None:
    browser = signed_in("administrator")
    LaborCodeFactory.create(firm=FirmFactory.create(), name="Foreign")
    code = LaborCodeFactory.create(firm=firm, name="Gone")
    number = code.pk
    code.delete()
    assert lines(browser, "model=codes.laborcode") == [
        ("Labor code", f"number {number}", "Deleted"), ("Labor code", f"number {number}", "Added"),
    ]  # fmt: skip


def test_the_time_of_one_timesheet(signed_in: Callable[..., Client], firm: Firm) -> None:
    browser = signed_in("accountant")
    sheet, other = TimesheetFactory.create(firm=firm), TimesheetFactory.create(firm=firm)
    entry = TimeEntryFactory.create(firm=firm, timesheet=sheet, minutes=60)
    TimeEntryFactory.create(firm=firm, timesheet=other, minutes=60)
    TimeEntry.objects.filter(pk=entry.pk).update(minutes=75)
    entry.delete()
    assert [action for _, _, action in lines(browser, f"timesheet={sheet.pk}")] == ["Deleted", "Changed", "Added"]
    page = browser.get(f"/approvals/{sheet.pk}/").content.decode()
    assert page.count(f"{URL}?timesheet={sheet.pk}") <= 1


def test_a_page_costs_the_same_for_few_and_for_many(signed_in: Callable[..., Client], firm: Firm) -> None:
    browser = signed_in("administrator")
    change(firm, 3)
    few = statements(browser)
    change(firm, 60)
    assert statements(browser) == few


def change(firm: Firm, count: int) -> None:
    for _ in range(count):
        ProjectFactory.create(firm=firm, is_billable=True)
    LaborCode.objects.bulk_create(LaborCode(firm=firm, name=f"Code {count}-{n}") for n in range(count))
    Project.objects.filter(firm=firm).update(is_billable=False)


def statements(browser: Client) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(f"{URL}?model=codes.laborcode").status_code == 200
    return len(captured)


def test_a_records_page_shows_its_last_changes_to_bookkeepers(signed_in: Callable[..., Client], firm: Firm) -> None:
    project = ProjectFactory.create(firm=firm, is_billable=True)
    Project.objects.filter(pk=project.pk).update(is_billable=False)
    url = f"/projects/{project.pk}/"
    assert '<h2 id="changes">Changes</h2>' in signed_in("accountant").get(url).content.decode()
    assert '<h2 id="changes">Changes</h2>' not in signed_in("manager").get(url).content.decode()
