"""`manage.py new_firm`: how the first firm, and any other, comes into an installation."""

from __future__ import annotations

import re
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from bigtime.firm.models import Firm, Invitation, Membership, User
from tests.factories import FirmFactory, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db
GOOD = {"name": "Nora Quist", "password": "three blue herons", "again": "three blue herons"}


def run(name: str = "Blue Heron", email: str = "nora@example.com", *options: str) -> str:
    out = StringIO()
    call_command("new_firm", name, email, *options, stdout=out)
    return out.getvalue()


def path_in(said: str) -> str:
    """The path of the one link printed; it is absolute, by the address people use."""
    (found,) = re.findall(r"https://time\.example\.com(/\S+)", said)
    return str(found)


@pytest.fixture(autouse=True)
def _address(settings: Any) -> None:
    settings.BASE_URL = "https://time.example.com"


def members(firm: Firm) -> list[tuple[str, str, bool]]:
    return list(firm.memberships.values_list("user__email", "role", "is_active"))


def test_the_printed_link_leads_to_a_password_and_in_as_administrator() -> None:
    said = run("  Blue Heron ", "Nora@example.com", "--currency", "eur", "--time-zone", "America/New_York")
    firm = Firm.objects.get()
    assert (firm.name, firm.currency, firm.time_zone) == ("Blue Heron", "EUR", "America/New_York")
    assert not User.objects.exists()
    guest, path = Client(), path_in(said)
    assert "Join Blue Heron" in guest.get(path).content.decode()
    assert guest.post(path, GOOD)["Location"] == "/"
    assert members(firm) == [("nora@example.com", "administrator", True)]
    assert guest.get("/company/users/").status_code == 200  # administrators alone come here
    assert Client().post(path, GOOD).status_code == 410


def test_the_home_currency_and_time_zone_come_by_themselves() -> None:
    run()
    assert Firm.objects.values_list("currency", "time_zone").get() == ("USD", "America/Los_Angeles")
    assert Invitation.objects.get().invited_by is None


def test_whoever_has_an_account_is_administrator_at_once_and_keeps_the_password() -> None:
    user = UserFactory.create(email="leo@example.com", password="correct-horse-battery")
    said = run(email="LEO@example.com")
    assert members(Firm.objects.get()) == [("leo@example.com", "administrator", True)]
    assert not Invitation.objects.exists()
    browser = Client()
    given = {"login": "leo@example.com", "password": "correct-horse-battery"}
    assert browser.post(path_in(said), given)["Location"] == "/"
    assert browser.get("/company/users/").status_code == 200
    user.refresh_from_db()
    assert user.check_password("correct-horse-battery")


def test_an_account_without_a_password_chooses_one() -> None:
    user = User.objects.create_user("nora@example.com", name="Nora")
    path = path_in(run())
    assert Client().post(path, GOOD).status_code == 302
    user.refresh_from_db()
    assert user.check_password("three blue herons")
    assert members(Firm.objects.get()) == [("nora@example.com", "administrator", True)]


def test_until_somebody_came_in_the_same_command_makes_a_new_link() -> None:
    old = path_in(run())
    with time_machine.travel(timezone.now() + timedelta(days=9), tick=False):
        new = path_in(run("blue heron", "NORA@example.com", "--currency", "CAD"))
        assert Client().get(old).status_code == 410
        assert Client().post(new, GOOD).status_code == 302
    assert Firm.objects.values_list("name", "currency").get() == ("Blue Heron", "CAD")
    with pytest.raises(CommandError, match="There is a firm called “Blue Heron” already"):
        run()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (("", "nora@example.com"), "The firm needs a name of at most 200 characters."),
        (("   ", "nora@example.com"), "The firm needs a name of at most 200 characters."),
        (("x" * 201, "nora@example.com"), "The firm needs a name of at most 200 characters."),
        (("Blue Heron", "nora"), "“nora” is not an e-mail address."),
        (("Blue Heron", ""), "“” is not an e-mail address."),
        (
            ("Blue Heron", f"n@{'.'.join(['x' * 60] * 4)}.{'y' * 20}.com"),
            "The e-mail address is longer than 254 characters.",
        ),
        (
            ("Blue Heron", "nora@example.com", "--currency", "dollars"),
            "“DOLLARS” is not a currency. Give its three letters, such as USD.",
        ),
        (
            ("Blue Heron", "nora@example.com", "--time-zone", "New York"),
            "“New York” is not a time zone. Give a name such as America/New_York.",
        ),
        (
            ("LAKESIDE", "nora@example.com"),
            "There is a firm called “Lakeside” already. Choose another name.",
        ),
        (("Blue Heron", "Gone@example.com"), "The account gone@example.com is switched off. Give another address."),
    ],
)
def test_what_is_wrong_is_said_and_changes_nothing(given: tuple[str, ...], sentence: str) -> None:
    MembershipFactory.create(firm=FirmFactory.create(name="Lakeside"))
    UserFactory.create(email="gone@example.com", is_active=False)
    with pytest.raises(CommandError) as refused:
        run(*given)
    assert str(refused.value) == f"{sentence} Nothing was changed."
    assert [firm.name for firm in Firm.objects.all()] == ["Lakeside"]
    assert (Membership.objects.count(), Invitation.objects.count(), User.objects.count()) == (1, 0, 2)


def test_a_firm_that_waits_for_somebody_else_is_taken() -> None:
    run()
    with pytest.raises(CommandError, match="already"):
        run(email="leo@example.com", name="BLUE HERON")
    assert [each.email for each in Invitation.objects.all()] == ["nora@example.com"]
