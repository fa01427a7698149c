"""The tabs of a connection's settings. One form for every accounting system: what a system lacks is told instead."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django import forms

from bigtime.clients.models import Project
from bigtime.firm.models import Firm
from integrations import accounts, registry
from integrations.models import Connection
from integrations.options import BILLABLE, Options

from .account_fields import AccountField, number

Status = Project.Status
CHECKS = ((5, "Every 5 minutes"), (15, "Every 15 minutes"), (60, "Every hour"), (0, "Only by Update now"))


class TabForm(forms.Form):
    """`of_firm` names the fields that are columns of the firm; all others are options of the connection."""

    key = ""
    label = ""
    of_firm: tuple[str, ...] = ()

    def __init__(self, data: Any = None, *, connection: Connection, firm: Firm) -> None:
        self.system = registry.get(connection.system)
        options = Options.of(connection)
        names = self.base_fields
        initial = {name: getattr(firm if name in self.of_firm else options, name) for name in names}
        super().__init__(data, initial=initial)
        self.shown = _fingerprint(connection, initial)
        for name in self.system.absent:
            self.fields.pop(name, None)
        for name, words in self.system.differs.items():
            if name in self.fields:
                self.fields[name].help_text = f"{self.fields[name].help_text} {words}".strip()
        self._offer_accounts(connection)

    def _offer_accounts(self, connection: Connection) -> None:
        """`lost` are the fields whose account can't be used any more, and why; `no_accounts`: none came in yet."""
        self.lost: list[tuple[Any, str]] = []
        fields = {name: field for name, field in self.fields.items() if isinstance(field, AccountField)}
        kinds = accounts.kinds(connection) if fields else set()
        self.no_accounts = bool(fields) and not kinds
        chosen = {name: number(self.data.get(name) if self.is_bound else self.initial[name]) for name in fields}
        for name, field in fields.items():
            field.of_books(connection, chosen[name], kinds)
        if not self.is_bound:
            why = accounts.objections(connection, chosen)
            self.lost = [(self[name], words) for name, words in why.items() if words]

    @property
    def is_stale(self) -> bool:
        """Sent by a page that was opened for other books, or before somebody else saved the same tab."""
        return str(self.data.get("shown", self.shown)) != self.shown

    @property
    def absent(self) -> list[str]:
        """Why options that other systems have are missing here."""
        return [words for name, words in self.system.absent.items() if name in self.base_fields]

    @property
    def chosen(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Of a valid form: the options, and the firm's columns."""
        values = self.cleaned_data
        of_firm = {name: values[name] for name in self.of_firm if name in values}
        return {name: value for name, value in values.items() if name not in of_firm}, of_firm


def _fingerprint(connection: Connection, shown: dict[str, Any]) -> str:
    """Of what a page shows: which books, and how each field stood."""
    stood = json.dumps([connection.pk, shown], sort_keys=True, default=str)
    return hashlib.sha256(stood.encode()).hexdigest()[:16]


class GeneralForm(TabForm):
    key, label = "general", "General"
    of_firm = ("class_use", "class_source")

    enable_updates = forms.BooleanField(
        label="Enable updates",
        required=False,
        help_text="On: a sync creates and changes clients and projects as QuickBooks has them. Off: what is new there "
        "waits under Needs attention, and what changed there comes over once this is on again.",
    )
    use_jobs = forms.BooleanField(
        label="Use jobs in QuickBooks",
        required=False,
        help_text="On: a project pairs with the lowest job of its branch. Off: with the customer itself.",
    )
    inactive_job_status = forms.ChoiceField(
        label="When a job is made inactive in QuickBooks",
        required=False,
        choices=(
            ("", "Its project stays as it is"),
            (Status.ON_HOLD, "Its project is put on hold"),
            (Status.COMPLETED, "Its project is completed"),
        ),
        help_text="Firms often stop recording time long before they close the job. What is made active again follows.",
    )
    check_minutes = forms.TypedChoiceField(label="Check for changes", choices=CHECKS, coerce=int)
    class_use = forms.ChoiceField(
        label="Classes on time",
        choices=Firm.ClassUse.choices,
        help_text="Used, each row of the timesheet has a class. Required, time without one can't be submitted.",
    )
    class_source = forms.ChoiceField(
        label="Class of a new row",
        choices=Firm.ClassSource.choices,
        help_text="It spares people from choosing; another class can be chosen on the row.",
    )


class TimeForm(TabForm):
    key, label = "time", "Time/Expense"
    of_firm = ("payroll_way",)

    require_approval = forms.BooleanField(
        label="Require approval before posting time", required=False, help_text="Off: submitted time can be posted too."
    )
    billable = forms.ChoiceField(
        label="Billable status of posted time",
        choices=tuple(
            zip(BILLABLE, ("Never billable: BigTime invoices it", "As entered: QuickBooks invoices it"), strict=True)
        ),
    )
    post_class = forms.BooleanField(
        label="Post the class with time", required=False, help_text="Only where classes are used on time."
    )
    payroll_way = forms.ChoiceField(
        label="Payroll item of time",
        choices=Firm.PayrollWay.choices,
        help_text="For people whose paychecks are made from time. Defaults are chosen under Payroll filters.",
    )
    marker = forms.BooleanField(
        label="Mark posted time",
        required=False,
        help_text="Ten characters at the end of the note find it again whatever happens. Off, what was lost on the way "
        "is looked for by person, customer, day and duration, and you are asked where that isn’t clear.",
    )
    checking_account = AccountField(
        "checking_account",
        label="Checking account",
        help_text="The bank account that checks are posted to: expenses of people who are employees in QuickBooks.",
    )
    payable_account = AccountField(
        "payable_account",
        label="Accounts payable account",
        help_text="The account that bills are posted to: expenses of people who are vendors in QuickBooks.",
    )
    card_account = AccountField(
        "card_account",
        label="Card account",
        help_text="The company’s credit card that card charges and credits are posted to.",
    )


class InvoicingForm(TabForm):
    key, label = "invoicing", "Invoicing"

    receivable_account = AccountField(
        "receivable_account", label="Default AR account", help_text="The account that invoices are posted to."
    )


TABS: tuple[type[TabForm], ...] = (GeneralForm, TimeForm, InvoicingForm)
