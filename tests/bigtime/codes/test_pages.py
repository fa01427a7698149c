from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client

from bigtime.codes.models import LaborCode
from bigtime.firm.models import Firm
from tests.factories import AccountFactory, FirmFactory, LaborCodeFactory

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]


def test_codes_are_added_edited_archived(signed_in: SignIn, firm: Firm) -> None:
    browser = signed_in("accountant")
    assert browser.get("/company/codes/new/").context["save_label"] == "Add labor code"
    browser.post("/company/codes/new/", {"name": "Design", "rate": "120.50", "is_billable": "on"})
    code = LaborCode.objects.get()
    assert (code.firm, code.rate, code.is_billable) == (firm, Decimal("120.50"), True)
    url = f"/company/codes/{code.pk}/"
    version = browser.get(url).context["form"]["version"].value()
    browser.post(url, {"name": "Design work", "version": version})
    browser.post("/company/codes/state/", {"pk": code.pk, "to": "archived"})
    code.refresh_from_db()
    assert (code.name, code.rate, code.is_billable, code.is_active) == ("Design work", None, False, False)


def test_bad_codes_are_refused(signed_in: SignIn, firm: Firm) -> None:
    LaborCodeFactory.create(firm=firm, name="Design")
    browser = signed_in("administrator")
    for given, sentence in (
        ({"name": "DESIGN"}, "There is already a labor code named “DESIGN”"),
        ({"name": "X", "rate": "-3"}, "A rate can’t be negative."),
        (
            {"name": "X", "rate": "99999999999"},
            "Ensure that there are no more than 10 digits before the decimal point.",
        ),
    ):
        response = browser.post("/company/codes/new/", given)
        assert response.status_code == 422
        assert sentence in response.content.decode()
    assert LaborCode.objects.count() == 1


@pytest.mark.parametrize("role", ["manager", "staff"])
def test_codes_are_for_the_office(signed_in: SignIn, firm: Firm, role: str) -> None:
    code = LaborCodeFactory.create(firm=firm)
    browser = signed_in(role)
    for url in ("/company/codes/", "/company/codes/accounts/", "/company/codes/new/", f"/company/codes/{code.pk}/"):
        assert browser.get(url).status_code == 403
    assert browser.post("/company/codes/state/", {"pk": code.pk, "to": "archived"}).status_code == 403
    code.refresh_from_db()
    assert code.is_active


def test_accounts_are_read_only_and_the_firms_own(signed_in: SignIn, firm: Firm) -> None:
    AccountFactory.create(firm=firm, name="Checking", number="1000", kind="bank")
    AccountFactory.create(firm=FirmFactory.create(), name="Their savings")
    page = signed_in("accountant").get("/company/codes/accounts/").content.decode()
    assert "Checking" in page
    assert "Their savings" not in page


def test_another_firms_code_is_not_there(signed_in: SignIn) -> None:
    code = LaborCodeFactory.create(firm=FirmFactory.create(), name="Theirs")
    browser = signed_in("administrator")
    assert browser.post(f"/company/codes/{code.pk}/", {"name": "Mine"}).status_code == 404
    browser.post("/company/codes/state/", {"pk": code.pk, "to": "archived"})
    code.refresh_from_db()
    assert (code.name, code.is_active) == ("Theirs", True)
