"""The unmodified python-quickbooks package against the simulator."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from intuitlib.client import AuthClient
from quickbooks import QuickBooks
from quickbooks.batch import batch_create, batch_delete, batch_update
from quickbooks.cdc import change_data_capture
from quickbooks.exceptions import AuthorizationException, ObjectNotFoundException, QuickbooksException
from quickbooks.objects import Account, Class, Customer, Employee, Item, Term, Vendor
from quickbooks.objects.company_info import CompanyInfo
from quickbooks.objects.preferences import Preferences
from quickbooks.objects.timeactivity import TimeActivity

from tests.simulators.online.caller import Caller


@pytest.fixture
def qb(api: Caller, monkeypatch: pytest.MonkeyPatch) -> Iterator[QuickBooks]:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    discovery = f"{api.simulator.url}/.well-known/openid_configuration/"
    auth = AuthClient(
        "demo-client", "demo-secret", "http://127.0.0.1/", environment=discovery,
        access_token=api.tokens["access_token"], refresh_token=api.tokens["refresh_token"],
    )  # fmt: skip
    client = QuickBooks(auth_client=auth, refresh_token=auth.refresh_token, company_id=api.realm, minorversion=75)
    monkeypatch.setattr(QuickBooks, "api_url_v3", f"{api.simulator.url}/v3")
    yield client
    client.session.close()
    auth.close()


def test_save_read_change(qb: QuickBooks) -> None:
    customer = Customer()
    customer.DisplayName = "Société d'Édition"
    created = customer.save(qb=qb)
    assert (created.SyncToken, created.FullyQualifiedName) == ("0", "Société d'Édition")
    created.Notes = "changed"
    assert created.save(qb=qb).SyncToken == "1"
    assert Customer.get(created.Id, qb=qb).Notes == "changed"
    assert [found.Id for found in Customer.filter(DisplayName="Société d'Édition", qb=qb)] == [created.Id]
    assert Customer.count(qb=qb) == 1
    with pytest.raises(QuickbooksException) as caught:
        created.save(qb=qb)
    assert caught.value.error_code == 5010


@pytest.mark.parametrize("kind", [Account, Item, Term])
def test_what_is_read_can_be_saved_again(qb: QuickBooks, kind: type[Account]) -> None:
    for stored in kind.all(qb=qb):
        assert stored.save(qb=qb).SyncToken == "1"


def test_people_classes_and_company(qb: QuickBooks) -> None:
    person = Employee()
    person.GivenName, person.FamilyName = "Maya", "Okafor"
    assert person.save(qb=qb).DisplayName == "Maya Okafor"
    vendor = Vendor()
    vendor.DisplayName, vendor.Vendor1099 = "Ben Ortiz", True
    assert vendor.save(qb=qb).Vendor1099 is True
    west = Class()
    west.Name = "West"
    assert west.save(qb=qb).FullyQualifiedName == "West"
    assert CompanyInfo.get(1, qb=qb).CompanyName == "Test Books"
    assert Preferences.get(qb=qb).CurrencyPrefs.HomeCurrency.value == "USD"
    with pytest.raises(ObjectNotFoundException):
        Vendor.get("99999", qb=qb)


def _time(person: Employee, number: int) -> TimeActivity:
    entry = TimeActivity()
    entry.NameOf, entry.EmployeeRef = "Employee", person.to_ref()
    entry.Hours, entry.Minutes, entry.Description = 1, 30, f"Entry {number}"
    entry.BillableStatus = "NotBillable"
    return entry


def test_batches_of_time(qb: QuickBooks) -> None:
    person = Employee()
    person.GivenName, person.FamilyName = "Maya", "Okafor"
    person = person.save(qb=qb)
    made = batch_create([_time(person, number) for number in range(35)], qb=qb)
    assert (len(made.successes), made.faults) == (35, [])
    for entry in made.successes:
        entry.Minutes = 45
    changed = batch_update(made.successes, qb=qb)
    assert {entry.SyncToken for entry in changed.successes} == {"1"}
    wrong = _time(person, 1)
    wrong.Minutes = 61
    assert [fault.Error[0].code for fault in batch_create([wrong], qb=qb).faults] == ["6340"]
    assert len(batch_delete(changed.successes, qb=qb).successes) == 35
    assert TimeActivity.count(qb=qb) == 0


def test_change_data_capture(qb: QuickBooks) -> None:
    customer = Customer()
    customer.DisplayName = "Changed"
    customer.save(qb=qb)
    since = (datetime.now(UTC) - timedelta(minutes=5)).isoformat(timespec="seconds")
    found = change_data_capture([Customer, Vendor], since, qb=qb)
    assert [row.DisplayName for row in found.Customer._object_list] == ["Changed"]
    assert not hasattr(found, "Vendor")


def test_a_revoked_grant_is_an_authorization_error(qb: QuickBooks, api: Caller) -> None:
    api.simulator.call("POST", f"/{api.realm}/revoke")
    with pytest.raises(AuthorizationException):
        Customer.count(qb=qb)
