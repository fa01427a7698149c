"""The field in which one of the books' accounts is chosen, of the one kind that fits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError

from bigtime.codes.models import Account
from bigtime.core import actions, pickers
from bigtime.core.picking import PickerSelect, use_widget
from integrations import accounts
from integrations.models import Connection

if TYPE_CHECKING:
    ModelChoiceField = forms.ModelChoiceField[Account]
else:
    ModelChoiceField = forms.ModelChoiceField

NONE = "None"
LACKING = "There is none in these books yet: make one in QuickBooks and press Update now."


class AccountField(ModelChoiceField):
    """Its value is the account's id, 0 where none is chosen. `of_books` must be called before it is used."""

    def __init__(self, option: str, *, label: str, help_text: str) -> None:
        super().__init__(Account.objects.none(), required=False, empty_label=NONE, label=label, help_text=help_text)
        self.use = accounts.USES[option]
        self.connection: Connection | None = None

    def of_books(self, connection: Connection, chosen: int, kinds: set[str]) -> None:
        """Offers what can be chosen in these books, and what is chosen even where it can't be any more."""
        self.connection = connection
        offered = accounts.usable(connection, kind=self.use.kind)
        if chosen:
            offered = offered | Account.objects.for_firm(connection.firm_id).filter(pk=chosen)
        self.queryset = offered
        use_widget(self, PickerSelect(pickers.known(self.use.picker), NONE, self.widget.attrs))
        if kinds and self.use.kind not in kinds:
            self.help_text = f"{self.help_text} {LACKING}"

    def prepare_value(self, value: Any) -> Any:
        return value or None

    def clean(self, value: Any) -> int:
        """Raises ValidationError in words for what can't be chosen, or can't any more."""
        if value in self.empty_values:
            return 0
        if self.connection is None:
            raise TypeError("of_books wasn’t called")
        chosen = {self.use.option: number(value)}
        words = accounts.objections(self.connection, chosen)[self.use.option]
        if words:
            raise ValidationError(words, code="invalid_choice")
        return chosen[self.use.option]


def number(value: Any) -> int:
    """The id that a form sends; -1, which nothing has, for what is no id."""
    found = actions.number(str(value or 0))
    return -1 if found is None else found
