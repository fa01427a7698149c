from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings as django_settings
from django.core import mail
from django.test import Client
from django.utils import timezone

from bigtime.firm.models import Firm, Invitation, Membership, User
from tests.factories import FirmFactory, MembershipFactory, StaffFactory, UserFactory

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]
GOOD = {"name": "Nora Quist", "password": "three blue herons", "again": "three blue herons"}


def invite(browser: Client, email: str = "nora@example.com", role: str = "manager") -> str:
    """Invites, and gives the path of the link in the mail."""
    browser.post("/company/users/invite/", {"email": email, "role": role})
    body = str(mail.outbox[-1].body)
    found = re.search(re.escape(django_settings.BASE_URL) + r"(\S+)", body)
    assert found, body
    return found.group(1)


def test_a_new_person_chooses_a_password_and_is_in(signed_in: SignIn, firm: Firm) -> None:
    staff = StaffFactory.create(firm=firm, email="Nora@example.com")
    path = invite(signed_in("administrator"))
    assert mail.outbox[0].to == ["nora@example.com"]
    assert "works once, within 7 days" in str(mail.outbox[0].body)
    guest = Client()
    assert f"Join {firm}" in guest.get(path).content.decode()
    assert guest.post(path, GOOD)["Location"] == "/"
    user = User.objects.get(email="nora@example.com")
    membership = Membership.objects.get(user=user)
    assert (membership.firm, membership.role, user.name) == (firm, "manager", "Nora Quist")
    assert user.check_password("three blue herons")
    assert guest.get("/").status_code == 200
    staff.refresh_from_db()
    assert staff.user == user


def test_the_link_works_once(signed_in: SignIn) -> None:
    path = invite(signed_in("administrator"))
    Client().post(path, GOOD)
    again = Client().post(
        path, GOOD | {"name": "Somebody else", "password": "four red herons", "again": "four red herons"}
    )
    assert again.status_code == 410
    assert "This invitation was used already." in again.content.decode()
    user = User.objects.get(email="nora@example.com")
    assert (user.name, user.check_password("three blue herons")) == ("Nora Quist", True)


@pytest.mark.parametrize("days", [7, 8, 400])
def test_the_link_is_dead_after_seven_days(signed_in: SignIn, days: int) -> None:
    path = invite(signed_in("administrator"))
    with time_machine.travel(timezone.now() + timedelta(days=days, seconds=5), tick=False):
        response = Client().post(path, GOOD)
    assert response.status_code == 410
    assert "older than seven days" in response.content.decode()
    assert not User.objects.filter(email="nora@example.com").exists()


def test_the_link_works_just_before_seven_days(signed_in: SignIn) -> None:
    path = invite(signed_in("administrator"))
    with time_machine.travel(timezone.now() + timedelta(days=6, hours=23), tick=False):
        assert Client().get(path).status_code == 200


def test_sending_again_or_withdrawing_kills_the_old_link(signed_in: SignIn) -> None:
    browser = signed_in("administrator")
    old = invite(browser)
    sent = Invitation.objects.get()
    browser.post(f"/company/users/invitations/{sent.pk}/again/")
    assert Client().get(old).status_code == 410
    new = re.search(r"http://\S+?(/company/invitation/\S+)", str(mail.outbox[-1].body))
    assert new
    assert Client().get(new.group(1)).status_code == 200
    browser.post(f"/company/users/invitations/{sent.pk}/withdraw/")
    assert Client().get(new.group(1)).status_code == 410
    assert not Invitation.objects.exists()


def test_a_forged_or_cut_link_says_so(signed_in: SignIn) -> None:
    path = invite(signed_in("administrator"))
    for wrong in ("/company/invitation/abc/", path[:-3] + "/", path.replace(":", "x")):
        response = Client().post(wrong, GOOD)
        assert response.status_code == 410
        assert "This link isn’t complete." in response.content.decode()
    assert not User.objects.filter(email="nora@example.com").exists()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"again": "other"}, "The two passwords differ."),
        ({"password": "short", "again": "short"}, "at least 10 characters"),
        ({"password": "nora@example.com", "again": "nora@example.com"}, "too similar"),
        ({"name": ""}, "This field is required."),
    ],
)
def test_a_bad_password_changes_nothing_and_keeps_the_link(
    signed_in: SignIn, wrong: dict[str, str], sentence: str
) -> None:
    path = invite(signed_in("administrator"))
    response = Client().post(path, GOOD | wrong)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not User.objects.filter(email="nora@example.com").exists()
    assert Client().post(path, GOOD).status_code == 302


def test_somebody_with_an_account_signs_in_first_and_keeps_the_password(signed_in: SignIn, firm: Firm) -> None:
    user = UserFactory.create(email="leo@example.com", password="correct-horse-battery")
    path = invite(signed_in("administrator"), "LEO@example.com", "accountant")
    guest = Client()
    assert guest.get(path)["Location"].startswith("/accounts/login/?next=/company/invitation/")
    guest.post(path, GOOD)
    user.refresh_from_db()
    assert user.check_password("correct-horse-battery")
    guest.force_login(user, backend="bigtime.firm.backends.MemberBackend")
    assert guest.post(path).status_code == 302
    assert Membership.objects.get(user=user, firm=firm).role == "accountant"


def test_another_persons_session_cannot_use_it(signed_in: SignIn) -> None:
    UserFactory.create(email="leo@example.com", password="correct-horse-battery")
    path = invite(signed_in("administrator"), "leo@example.com")
    stranger = MembershipFactory.create().user
    guest = Client()
    guest.force_login(stranger, backend="bigtime.firm.backends.MemberBackend")
    assert guest.get(path).status_code == 403
    assert guest.post(path).status_code == 410
    assert Membership.objects.filter(user=stranger).count() == 1
    assert Invitation.objects.get().accepted_at is None


def test_members_are_not_invited_twice(signed_in: SignIn, member: Callable[..., Membership]) -> None:
    browser, other = signed_in("administrator"), member("staff")
    response = browser.post("/company/users/invite/", {"email": other.user.email.upper(), "role": "administrator"})
    assert response.status_code == 422
    assert "is already a member of this firm, as staff." in response.content.decode()
    assert mail.outbox == []
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    "given", [{"email": "not an address", "role": "staff"}, {"email": "a@b.example", "role": "king"}]
)
def test_bad_invitations_are_refused(signed_in: SignIn, given: dict[str, str]) -> None:
    assert signed_in("administrator").post("/company/users/invite/", given).status_code == 422
    assert not Invitation.objects.exists()


def test_a_mail_server_that_is_away_loses_nothing(signed_in: SignIn, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody listens there
    browser = signed_in("administrator")
    given = {"email": "nora@example.com", "role": "staff"}
    page = browser.post("/company/users/invite/", given, follow=True).content.decode()
    assert "It is kept: send it again later." in page
    assert Invitation.objects.get().email == "nora@example.com"


def test_another_firms_invitations_cannot_be_touched(signed_in: SignIn) -> None:
    now = timezone.now()
    theirs = Invitation.objects.create(
        firm=FirmFactory.create(), email="x@example.com", nonce="n", sent_at=now, expires_at=now
    )
    browser = signed_in("administrator")
    assert browser.post(f"/company/users/invitations/{theirs.pk}/withdraw/").status_code == 404
    assert browser.post(f"/company/users/invitations/{theirs.pk}/again/").status_code == 404
    assert Invitation.objects.filter(pk=theirs.pk).exists()
