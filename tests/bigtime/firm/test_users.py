from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client

from bigtime.firm import services
from bigtime.firm.models import Firm, Membership, Role
from bigtime.firm.refusals import Refused
from tests.factories import FirmFactory, MembershipFactory

SignIn = Callable[..., Client]


@pytest.mark.django_db
def test_roles_are_changed_and_members_deactivated(signed_in: SignIn, member: Callable[..., Membership]) -> None:
    browser, other = signed_in("administrator"), member("staff")
    browser.post(f"/company/users/{other.pk}/role/", {"role": "manager"})
    browser.post(f"/company/users/{other.pk}/state/", {"to": "inactive"})
    other.refresh_from_db()
    assert (other.role, other.is_active) == ("manager", False)
    theirs = Client()
    theirs.force_login(other.user, backend="bigtime.firm.backends.MemberBackend")
    assert theirs.get("/").status_code == 403
    browser.post(f"/company/users/{other.pk}/state/", {"to": "active"})
    assert theirs.get("/").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(("where", "sent"), [("role", {"role": "staff"}), ("state", {"to": "inactive"})])
def test_the_last_administrator_stays(
    signed_in: SignIn, member: Callable[..., Membership], where: str, sent: dict[str, str]
) -> None:
    browser = signed_in("administrator")
    member("administrator", is_active=False)  # an administrator who can't sign in doesn't count
    me = browser.membership  # type: ignore[attr-defined]
    page = browser.post(f"/company/users/{me.pk}/{where}/", sent, follow=True).content.decode()
    assert "This is the firm’s last administrator. Make somebody else an administrator first." in page
    me.refresh_from_db()
    assert (me.role, me.is_active) == ("administrator", True)


@pytest.mark.django_db
def test_an_administrator_may_go_when_another_stays(signed_in: SignIn, member: Callable[..., Membership]) -> None:
    browser = signed_in("administrator")
    member("administrator")
    me = browser.membership  # type: ignore[attr-defined]
    browser.post(f"/company/users/{me.pk}/role/", {"role": "manager"})
    me.refresh_from_db()
    assert me.role == "manager"
    assert browser.get("/company/users/").status_code == 403


@pytest.mark.django_db(transaction=True)
def test_two_administrators_cannot_demote_each_other_at_once() -> None:
    firm = FirmFactory.create()
    both = [MembershipFactory.create(firm=firm, role=Role.ADMINISTRATOR) for _ in range(2)]
    start, refused = threading.Barrier(2), []

    def demote(membership: Membership) -> None:
        try:
            start.wait(timeout=10)
            services.change_role(firm=firm, membership_id=membership.pk, role=Role.STAFF)
        except Refused as refusal:
            refused.append(str(refusal))
        finally:
            connection.close()

    threads = [threading.Thread(target=demote, args=[one]) for one in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert refused == [services.LAST]
    assert Membership.objects.filter(firm=firm, role=Role.ADMINISTRATOR).count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["accountant", "manager", "staff"])
def test_only_administrators_see_users_and_settings(
    signed_in: SignIn, member: Callable[..., Membership], role: str
) -> None:
    browser, other = signed_in(role), member("staff")
    for url in ("/company/", "/company/users/"):
        response = browser.get(url)
        assert response.status_code == 403
        assert "This page is for administrators only." in response.content.decode()
    assert browser.post(f"/company/users/{other.pk}/role/", {"role": "administrator"}).status_code == 403
    assert browser.post("/company/users/invite/", {"email": "x@example.com", "role": "staff"}).status_code == 403
    other.refresh_from_db()
    assert other.role == "staff"


@pytest.mark.django_db
def test_another_firms_members_cannot_be_touched(signed_in: SignIn) -> None:
    browser, foreign = signed_in("administrator"), MembershipFactory.create(role=Role.STAFF)
    assert browser.post(f"/company/users/{foreign.pk}/role/", {"role": "administrator"}).status_code == 404
    assert browser.post(f"/company/users/{foreign.pk}/state/", {"to": "inactive"}).status_code == 404
    foreign.refresh_from_db()
    assert (foreign.role, foreign.is_active) == ("staff", True)


@pytest.mark.django_db
def test_an_unknown_role_is_refused(signed_in: SignIn, member: Callable[..., Membership]) -> None:
    browser, other = signed_in("administrator"), member("staff")
    page = browser.post(f"/company/users/{other.pk}/role/", {"role": "emperor"}, follow=True).content.decode()
    assert "There is no such role." in page
    other.refresh_from_db()
    assert other.role == "staff"


@pytest.mark.django_db
def test_settings_are_saved_checked_and_never_overwritten_unseen(signed_in: SignIn, firm: Firm) -> None:
    browser = signed_in("administrator")
    form = browser.get("/company/").context["form"]
    given = {n: v for n in form.fields if (v := form[n].value()) is not None and v is not False}
    assert browser.post("/company/", given | {"rounding_minutes": "15", "require_notes": "on"}).status_code == 302
    firm.refresh_from_db()
    assert (firm.rounding_minutes, firm.require_notes) == (15, True)
    stale = browser.post("/company/", given | {"rounding_minutes": "6"})
    assert stale.status_code == 409
    assert ("Round entries up to", "6", "15") in [
        (d.label, d.yours, d.saved) for d in stale.context["form"].differences
    ]
    for wrong, sentence in (
        ({"rounding_minutes": "0"}, "Rounding goes from 1 minute (none) to 60."),
        ({"expected_day_minutes": "1441"}, "A day has between 1 and 1440 minutes."),
        ({"time_zone": "Mars/Olympus"}, "Select a valid choice."),
        ({"fiscal_year_start": "13"}, "less than or equal to 12"),
    ):
        response = browser.post("/company/", given | wrong)
        assert response.status_code == 422
        assert sentence in response.content.decode()
    firm.refresh_from_db()
    assert firm.rounding_minutes == 15
