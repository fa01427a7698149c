"""What everybody chooses for themselves: the firm to work in, and the theme."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from bigtime.clients.models import Client as Customer
from bigtime.firm.models import Firm, User
from tests.factories import ClientFactory, FirmFactory, MembershipFactory

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]


def test_changing_firms_changes_what_is_seen_and_the_role(signed_in: SignIn, firm: Firm) -> None:
    browser, second = signed_in("administrator"), FirmFactory.create(name="Lakeside")
    MembershipFactory.create(firm=second, user=browser.membership.user, role="staff")  # type: ignore[attr-defined]
    ClientFactory.create(firm=firm, name="Ours")
    assert "Ours" in browser.get("/clients/").content.decode()
    assert browser.post("/company/switch/", {"firm": second.pk})["Location"] == "/"
    assert browser.get("/").context["firm"] == second
    assert browser.get("/clients/").status_code == 403


def test_a_page_of_the_firm_left_behind_cant_act_in_the_new_one(signed_in: SignIn, firm: Firm) -> None:
    user, second = signed_in("administrator").membership.user, FirmFactory.create(name="Lakeside")  # type: ignore[attr-defined]
    MembershipFactory.create(firm=second, user=user, role="administrator")
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(user, backend="bigtime.firm.backends.MemberBackend")
    form = {"name": "Stolen", "csrfmiddlewaretoken": token(browser, "/clients/new/")}
    browser.post("/company/switch/", {"firm": second.pk, "csrfmiddlewaretoken": token(browser, "/")})
    refused = browser.post("/clients/new/", form)
    assert (refused.status_code, Customer.objects.count()) == (403, 0)
    assert "changed to another firm" in refused.content.decode()
    form["csrfmiddlewaretoken"] = token(browser, "/clients/new/")
    assert browser.post("/clients/new/", form).status_code == 302
    assert Customer.objects.get().firm == second


def token(browser: Client, page: str) -> str:
    return str(browser.get(page).context["csrf_token"])


@pytest.mark.parametrize("chosen", ["foreign", "x", "", "-1", "99999999999999999999999"])
def test_nobody_enters_a_firm_that_is_not_theirs(signed_in: SignIn, firm: Firm, chosen: str) -> None:
    foreign = FirmFactory.create()
    browser = signed_in("administrator")
    browser.post("/company/switch/", {"firm": foreign.pk if chosen == "foreign" else chosen})
    assert browser.get("/").context["firm"] == firm


def test_the_theme_is_remembered_and_only_known_ones(signed_in: SignIn) -> None:
    browser = signed_in("staff")
    assert browser.post("/company/theme/", {"theme": "dark", "next": "/timesheet/"})["Location"] == "/timesheet/"
    assert 'data-theme="dark"' in browser.get("/").content.decode()
    response = browser.post("/company/theme/", {"theme": "purple", "next": "//elsewhere.example/"})
    assert response["Location"] == "/"
    assert User.objects.get(pk=browser.membership.user_id).theme == "dark"  # type: ignore[attr-defined]
    assert browser.get("/company/theme/").status_code == 405


def test_signed_out_people_are_sent_to_sign_in() -> None:
    for url in ("/", "/clients/", "/company/", "/company/users/", "/company/staff/", "/company/codes/"):
        assert Client().get(url)["Location"] == f"/accounts/login/?next={url}"
    assert Client().post("/company/theme/", {"theme": "dark"}).status_code == 302
