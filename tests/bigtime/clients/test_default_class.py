"""The default class of a project, a task and a person, in their forms: only where the firm uses classes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from bigtime.clients.models import Project
from bigtime.firm.models import Firm
from bigtime.staff.models import Staff
from tests.factories import PayrollItemFactory, ProjectFactory, StaffFactory, TaskFactory, TrackingClassFactory

SignIn = Callable[..., Client]


def fields(browser: Client, address: str) -> set[str]:
    answer = browser.get(address)
    assert answer.status_code == 200
    return set(answer.context["form"].fields)


def test_the_field_is_there_only_where_used(signed_in: SignIn, firm: Firm) -> None:
    browser = signed_in("administrator")
    task = TaskFactory.create(firm=firm)
    person = StaffFactory.create(firm=firm)
    project = f"/projects/{task.project_id}"
    pages = (f"{project}/edit/", f"{project}/tasks/{task.pk}/", f"/company/staff/{person.pk}/edit/")
    assert [fields(browser, page) & {"tracking_class", "payroll_item"} for page in pages] == [set(), set(), set()]
    Firm.objects.update(class_use="optional")
    PayrollItemFactory.create(firm=firm)
    assert [sorted(fields(browser, page) & {"tracking_class", "payroll_item"}) for page in pages] == [
        ["tracking_class"],
        ["tracking_class"],
        ["payroll_item", "tracking_class"],
    ]


@pytest.mark.django_db
def test_a_project_offers_active_classes_of_its_firm_and_its_own(signed_in: SignIn, firm: Firm) -> None:
    Firm.objects.update(class_use="required")
    own = TrackingClassFactory.create(firm=firm, name="Print shop", is_active=False)
    east = TrackingClassFactory.create(firm=firm, name="East")
    TrackingClassFactory.create(firm=firm, name="Fax", is_active=False)
    foreign = TrackingClassFactory.create(name="Foreign")
    project = ProjectFactory.create(firm=firm, tracking_class=own)
    browser = signed_in("manager")
    address = f"/projects/{project.pk}/edit/"
    form = browser.get(address).context["form"]
    assert set(form.fields["tracking_class"].queryset) == {own, east}
    sent = {name: form[name].value() for name in ("version", "name", "status") if form[name].value() is not None} | {
        "client": project.client_id,
        "open_to_all": "on",
    }
    assert browser.post(address, {**sent, "tracking_class": foreign.pk}).status_code == 422
    assert browser.post(address, {**sent, "tracking_class": east.pk}).status_code == 302
    assert Project.objects.get(pk=project.pk).tracking_class == east
    assert "East" in browser.get(f"/projects/{project.pk}/").content.decode()


def test_a_persons_class_and_payroll_item_are_kept(signed_in: SignIn, firm: Firm) -> None:
    Firm.objects.update(class_use="optional")
    east, item = TrackingClassFactory.create(firm=firm, name="East"), PayrollItemFactory.create(firm=firm, name="Wage")
    person = StaffFactory.create(firm=firm)
    browser = signed_in("accountant")
    address = f"/company/staff/{person.pk}/edit/"
    form = browser.get(address).context["form"]
    sent = {"version": form["version"].value(), "name": person.name, "kind": "employee", "email": person.email}
    sent |= {"week_hours": "40", "tracking_class": east.pk, "payroll_item": item.pk}
    assert browser.post(address, sent).status_code == 302
    kept = Staff.objects.get(pk=person.pk)
    assert (kept.tracking_class, kept.payroll_item) == (east, item)
    shown = browser.get(f"/company/staff/{person.pk}/").content.decode()
    assert "Wage" in shown
