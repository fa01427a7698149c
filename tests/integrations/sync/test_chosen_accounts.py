"""An account that was chosen in the settings, and what a sync says of it afterwards."""

from __future__ import annotations

import pytest

from bigtime.codes.models import Account
from integrations import accounts
from integrations.options import Options
from integrations.sync import choosing

from .conftest import Books

pytestmark = pytest.mark.django_db(transaction=True)

INACTIVE = "“1010 Main bank” is inactive in QuickBooks. Make it active there and press Update now, or choose another."


def lost(books: Books) -> dict[str, str]:
    options = Options.of(books.connection)
    found = accounts.objections(books.connection, {name: getattr(options, name) for name in accounts.USES})
    return {name: words for name, words in found.items() if words}


def test_a_sync_tells_what_became_of_a_chosen_account_and_that_it_is_back(books: Books) -> None:
    bank = books.add("Account", Name="Main bank", AccountType="Bank", AcctNum="1010")
    card = books.add("Account", Name="Team card", AccountType="Credit Card")
    payable = books.add("Account", Name="Trade payables", AccountType="Accounts Payable")
    receivable = books.add("Account", Name="Trade receivables", AccountType="Accounts Receivable")
    books.sync()
    names = dict(zip(accounts.USES, ("Main bank", "Trade payables", "Team card", "Trade receivables"), strict=True))
    chosen = {option: Account.objects.get(name=name).pk for option, name in names.items()}
    choosing.choose(connection=books.connection, options=chosen, firm={})
    books.connection.refresh_from_db()
    assert lost(books) == {}
    books.edit("Account", bank, Active=False)
    books.edit("Account", payable, Name="Renamed payables")
    books.edit("Account", receivable, AccountType="Other Current Asset", AccountSubType="OtherCurrentAssets")
    books.sync()
    books.vanish("account", card)
    books.apply()
    assert lost(books) == {
        "checking_account": INACTIVE,
        "card_account": "“Team card” was deleted in QuickBooks, or merged into another account. "
        "Choose a credit card account.",
        "receivable_account": "“Trade receivables” is of the type Other Current Asset in QuickBooks. "
        "Choose an accounts receivable account.",
    }
    books.edit("Account", bank, Name="Main bank", Active=True)
    books.edit("Account", receivable, AccountType="Accounts Receivable", AccountSubType="AccountsReceivable")
    books.sync()
    # The card too: these books still hold it, and are read with overlap.
    assert lost(books) == {}
