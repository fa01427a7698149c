"""Settings that a company file's lists matter to: accounts chosen among its own, and updates switched off."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client as Browser

from bigtime.clients.models import Client, Project
from bigtime.codes.models import Account
from integrations import accounts
from integrations.models import Connection, SyncIssue
from integrations.options import Options
from integrations.sync import choosing

from .conftest import Office

TIME = "/company/integrations/settings/time/"


def lost(connection: Connection) -> dict[str, str]:
    options = Options.of(connection)
    found = accounts.objections(connection, {name: getattr(options, name) for name in accounts.USES})
    return {name: words for name, words in found.items() if words}


def test_accounts_of_a_company_file_are_chosen_by_kind_and_told_when_they_are_lost(
    office: Office, signed_in: Callable[..., Browser]
) -> None:
    add = office.file.add
    bank = add("Account", Name="Main bank", AccountType="Bank", AccountNumber="1010")
    payable = add("Account", Name="Trade payables", AccountType="AccountsPayable")
    card = add("Account", Name="Team card", AccountType="CreditCard")
    office.sync()
    ids = {account.name: account.pk for account in Account.objects.all()}
    browser = signed_in("administrator")
    sent = {"billable": "not_billable", "payroll_way": "person", "card_account": ids["Team card"]}
    refused = browser.post(TIME, sent | {"checking_account": ids["Trade payables"]})
    assert refused.context["form"].errors == {
        "checking_account": ["“Trade payables” is of the type Accounts payable in QuickBooks. Choose a bank account."]
    }
    assert Options.of(office.connection) == Options(check_minutes=0)
    chosen = {"checking_account": ids["Main bank"], "payable_account": ids["Trade payables"]}
    assert browser.post(TIME, sent | chosen).status_code == 302
    assert lost(office.connection) == {}
    add("Account", ListID=bank, Name="Main bank", AccountType="Bank", AccountNumber="1010", IsActive=False)
    add("Account", ListID=payable, Name="Trade payables", AccountType="OtherCurrentLiability")
    office.file.delete("Account", ListID=card)
    office.sync()
    assert lost(office.connection) == {
        "checking_account": "“1010 Main bank” is inactive in QuickBooks. "
        "Make it active there and press Update now, or choose another.",
        "payable_account": "“Trade payables” is of the type OtherCurrentLiability in QuickBooks. "
        "Choose an accounts payable account.",
        "card_account": "“Team card” was deleted in QuickBooks, or merged into another account. "
        "Choose a credit card account.",
    }


def test_with_updates_off_a_company_files_customers_wait(office: Office) -> None:
    acme = office.file.add("Customer", Name="Acme")
    office.sync()
    choosing.choose(connection=office.connection, options={"enable_updates": False}, firm={})
    office.file.add("Customer", ListID=acme, Name="Acme Ltd")
    office.file.add("Customer", Name="Globex")
    office.sync()
    assert [client.name for client in Client.objects.all()] == ["Acme"]
    assert [project.name for project in Project.objects.all()] == ["Acme"]
    assert SyncIssue.objects.get(resolved_at=None).code == "new_here"
    choosing.choose(connection=office.connection, options={"enable_updates": True}, firm={})
    office.sync()
    assert sorted(client.name for client in Client.objects.all()) == ["Acme Ltd", "Globex"]
    assert sorted(project.name for project in Project.objects.all()) == ["Acme Ltd", "Globex"]
    assert not SyncIssue.objects.filter(resolved_at=None).exists()
