from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from bigtime.firm.models import Firm
from bigtime.staff.models import Staff
from tests.factories import FirmFactory, StaffFactory, UserFactory

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]
NEW = {"name": "Dmitri Volkov", "kind": "employee", "week_hours": "37.5"}


@pytest.mark.parametrize("role", ["administrator", "accountant"])
def test_the_office_adds_staff(signed_in: SignIn, firm: Firm, role: str) -> None:
    assert signed_in(role).post("/company/staff/new/", NEW | {"cost_rate": "85"}).status_code == 302
    person = Staff.objects.get(name="Dmitri Volkov")
    assert (person.firm, person.week_minutes, str(person.cost_rate)) == (firm, 2250, "85.00")


def test_managers_read_staff_without_costs_and_change_nothing(signed_in: SignIn, firm: Firm) -> None:
    person = StaffFactory.create(firm=firm, cost_rate="77.77", bill_rate="150")
    browser = signed_in("manager")
    for url in ("/company/staff/", f"/company/staff/{person.pk}/"):
        page = browser.get(url).content.decode()
        assert "$150.00" in page
        assert "77.77" not in page
    body = b"".join(browser.get("/company/staff/?format=csv").streaming_content)  # type: ignore[attr-defined]
    assert b"150.00" in body
    assert b"77.77" not in body
    assert b"77.77" in b"".join(signed_in("accountant").get("/company/staff/?format=csv").streaming_content)  # type: ignore[attr-defined]
    assert browser.post("/company/staff/new/", NEW).status_code == 403
    assert browser.get(f"/company/staff/{person.pk}/edit/").status_code == 403
    assert browser.post("/company/staff/state/", {"pk": person.pk, "to": "archived"}).status_code == 403
    person.refresh_from_db()
    assert person.is_active


def test_managers_cannot_sort_by_what_they_may_not_see(signed_in: SignIn, firm: Firm) -> None:
    browser = signed_in("manager")
    assert browser.get("/company/staff/?sort=cost_rate").context["list"].sort == "name"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"name": "elena rossi"}, "There is already a staff member named “elena rossi” (perhaps archived)."),
        ({"bill_rate": "-1"}, "A rate can’t be negative."),
        ({"cost_rate": "lots"}, "Enter a number."),
        ({"week_hours": "169"}, "Ensure this value is less than or equal to 168."),
        ({"kind": "robot"}, "Select a valid choice."),
    ],
)
def test_bad_input_gets_a_sentence(signed_in: SignIn, firm: Firm, given: dict[str, str], sentence: str) -> None:
    StaffFactory.create(firm=firm, name="Elena Rossi")
    browser = signed_in("administrator")
    before = Staff.objects.count()
    response = browser.post("/company/staff/new/", NEW | given)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert Staff.objects.count() == before


def test_nobody_reports_to_themselves_through_others(signed_in: SignIn, firm: Firm) -> None:
    top = StaffFactory.create(firm=firm, name="Top")
    middle = StaffFactory.create(firm=firm, name="Middle", manager=top)
    low = StaffFactory.create(firm=firm, name="Low", manager=middle)
    browser = signed_in("administrator")
    version = browser.get(f"/company/staff/{top.pk}/edit/").context["form"]["version"].value()
    given = {"name": "Top", "kind": "employee", "week_hours": "40", "manager": low.pk, "version": version}
    response = browser.post(f"/company/staff/{top.pk}/edit/", given)
    assert "Low already reports to Top, directly or through others." in response.content.decode()
    top.refresh_from_db()
    assert top.manager is None


def test_only_members_accounts_that_are_nobody_elses_can_be_tied(
    signed_in: SignIn, member: Callable[..., object], firm: Firm
) -> None:
    browser = signed_in("administrator")
    taken = browser.membership.user  # type: ignore[attr-defined]
    stranger = UserFactory.create()
    for user in (taken, stranger):
        response = browser.post("/company/staff/new/", NEW | {"user": user.pk})
        assert "Select a valid choice." in response.content.decode()
    assert not Staff.objects.filter(name="Dmitri Volkov").exists()


def test_staff_are_archived_and_restored_never_deleted(signed_in: SignIn, firm: Firm) -> None:
    person, foreign = StaffFactory.create(firm=firm), StaffFactory.create(firm=FirmFactory.create())
    browser = signed_in("accountant")
    browser.post("/company/staff/state/", {"pk": [person.pk, foreign.pk], "to": "archived"})
    person.refresh_from_db()
    foreign.refresh_from_db()
    assert (person.is_active, foreign.is_active) == (False, True)
    browser.post("/company/staff/state/", {"pk": person.pk, "to": "active"})
    person.refresh_from_db()
    assert person.is_active


def test_staff_see_no_staff_list_and_no_other_firms_people(signed_in: SignIn) -> None:
    foreign = StaffFactory.create(firm=FirmFactory.create())
    assert signed_in("staff").get("/company/staff/").status_code == 403
    browser = signed_in("administrator")
    assert browser.get(f"/company/staff/{foreign.pk}/").status_code == 404
    assert browser.post(f"/company/staff/{foreign.pk}/edit/", NEW).status_code == 404
