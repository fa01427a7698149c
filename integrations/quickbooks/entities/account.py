"""A QuickBooks account is an account here: it feeds the pickers and is kept in step, never edited."""

from __future__ import annotations

from integrations.sync.fields import Choice, Flag, Ref, Text
from integrations.sync.mapper import Entity
from integrations.sync.targets import Incoming, Rules, Target

ACCOUNT = "codes.account"
# Both editions' words: Online writes them apart, Desktop together.
KINDS = {
    "Bank": "bank",
    "Accounts Receivable": "receivable",
    "AccountsReceivable": "receivable",
    "Accounts Payable": "payable",
    "AccountsPayable": "payable",
    "Credit Card": "card",
    "CreditCard": "card",
    "Income": "income",
    "Other Income": "income",
    "OtherIncome": "income",
    "Expense": "expense",
    "Other Expense": "expense",
    "OtherExpense": "expense",
    "Cost of Goods Sold": "expense",
    "CostOfGoodsSold": "expense",
}


class Account(Entity):
    key = "account"
    label = "Accounts"
    online = desktop = "Account"
    is_tree = True
    order, first_look = 20, 50
    linkable = (ACCOUNT,)

    name = Text("name", online="Name", desktop="Name")
    active = Flag("is_active", online="Active", desktop="IsActive")
    parent = Ref("account", online="ParentRef", desktop="ParentRef")
    kind = Choice("kind", KINDS, other="other", online="AccountType", desktop="AccountType")
    type_name = Text("type_name", online="AccountType", desktop="AccountType")
    number = Text("number", online="AcctNum", desktop="AccountNumber")

    def targets(self, record: Incoming, rules: Rules) -> list[Target]:
        return [Target(ACCOUNT, {**self.ours(record.values), "name": " › ".join(record.path)})]
