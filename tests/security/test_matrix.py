"""Every address × role × another firm's ids × method. A new address without a declaration fails here."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.factories import FirmFactory
from tests.factories.books import ConnectionFactory

from .addresses import PERSONAL, ROLES, SUBJECTS, WITHOUT_OWNER, Address, addresses, is_public
from .people import People

OURS = [a for a in addresses() if not is_public(a) and a.name not in PERSONAL]
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
pytestmark = pytest.mark.django_db


def ask(client: Client, method: str, url: str) -> int:
    return int(client.generic(method, url).status_code)


def by_name(address: Address) -> str:
    return address.name


@pytest.mark.parametrize("address", OURS, ids=by_name)
def test_an_address_says_who_may_open_it_and_what_its_ids_stand_for(address: Address) -> None:
    assert address.roles, f"{address.name} has no @firm_view: nothing says who may open it"
    assert address.methods, f"{address.name} doesn't say its methods"
    assert not address.params or address.name in SUBJECTS, f"say in SUBJECTS what {address.name} takes"


# Intuit sends people back here; somebody signed out meanwhile reads why nothing was connected.
ANSWERS_ITSELF = frozenset({"quickbooks_online:callback"})


@pytest.mark.parametrize("address", OURS, ids=by_name)
def test_signed_out_people_are_sent_to_sign_in(address: Address) -> None:
    url = address.url(FirmFactory.create())
    for method in address.methods:
        assert ask(Client(), method, url) == (401 if address.name in ANSWERS_ITSELF else 302), method


@pytest.mark.parametrize("address", OURS, ids=by_name)
def test_each_role_gets_in_or_is_told_no(address: Address, people: People) -> None:
    url = address.url(people.firm)
    for role in ROLES:
        client = people.visitor(role)
        for method in address.methods:
            status = ask(client, method, url)
            if role in (address.roles or ()):
                assert status < 500, f"{method} as {role} failed with {status}"
                assert status != 403 or address.name in MAY_REFUSE, f"{method} as {role} was refused"
            else:
                assert status == 403, f"{method} as {role} answered {status}"


# Addresses where the role may enter but the rule about whose record it is may still say no, in a sentence.
MAY_REFUSE = frozenset(
    {"timesheets:sheet", "timesheets:approve", "timesheets:reject", "timesheets:reopen", "timesheets:approve_many"}
)


@pytest.mark.parametrize("address", [a for a in OURS if a.params and a.name not in WITHOUT_OWNER], ids=by_name)
def test_another_firms_ids_are_not_found(address: Address, people: People) -> None:
    # With books of their own nobody is only told that there are none.
    ConnectionFactory.create(firm=people.firm)
    url = address.url(FirmFactory.create())
    for role in address.roles or ():
        client = people.visitor(role)
        for method in address.methods:
            assert ask(client, method, url) == 404, f"{method} as {role}"


@pytest.mark.parametrize("address", OURS, ids=by_name)
def test_other_methods_are_refused(address: Address, people: People) -> None:
    client = people.visitor("administrator")
    url = address.url(people.firm)
    for method in METHODS:
        if method not in address.methods:
            assert ask(client, method, url) == 405, method


@pytest.mark.parametrize("address", [a for a in OURS if "POST" in a.methods], ids=by_name)
def test_a_forged_form_is_refused(address: Address, people: People) -> None:
    client = people.visitor((address.roles or ("administrator",))[0], checks=True)
    assert ask(client, "POST", address.url(people.firm)) == 403


def test_nothing_is_left_out() -> None:
    assert len(OURS) > 40
    assert {a.name for a in OURS} >= set(SUBJECTS)
