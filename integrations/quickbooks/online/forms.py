"""The forms of connecting QuickBooks Online."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings

from integrations.models import Connection

from .models import IntuitApp
from .services import SYSTEM


class ChecklistForm(forms.Form):
    """What only a person can know before the first connection."""

    backup_made = forms.BooleanField(
        label="A backup of the QuickBooks company was made, or isn't needed",
        error_messages={"required": "Tick that a backup was made before you connect."},
    )
    duplicates_merged = forms.BooleanField(
        label="Duplicate customers, employees and vendors were merged in QuickBooks, as far as we know them",
        required=False,
    )
    popup = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, again: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if again:  # reconnecting the books one is connected to: nothing new is about to be written into them
            del self.fields["backup_made"]
            del self.fields["duplicates_merged"]


class IntuitAppForm(forms.ModelForm):  # type: ignore[type-arg]
    """The firm's own app. The secret goes in and never comes out: an empty field keeps the stored one."""

    client_secret = forms.CharField(
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        max_length=500,
        error_messages={"required": "Enter the client secret that belongs to this client ID."},
        help_text="It is stored encrypted and never shown. Leave empty to keep the stored one.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        environment: Any = self.fields["environment"]
        environment.choices = IntuitApp.Environment.choices  # there is always one
        if self.instance.pk is None:
            self.fields["client_secret"].required = True
            self.fields["client_secret"].help_text = "It is stored encrypted and never shown."
            self.initial.setdefault("environment", settings.INTUIT_ENVIRONMENT)

    class Meta:
        model = IntuitApp
        fields = ["environment", "client_id", "client_secret"]
        labels = {"client_id": "Client ID"}
        widgets = {"client_id": forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})}

    def clean_client_id(self) -> str:
        return str(self.cleaned_data["client_id"]).strip()

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        secret = str(values.get("client_secret") or "").strip()
        values["client_secret"] = secret or self.initial.get("client_secret", "")
        if not values["client_secret"] and "client_secret" not in self.errors:
            self.add_error("client_secret", "Enter the client secret that belongs to this client ID.")
        elif not secret and values.get("client_id") != self.initial.get("client_id"):
            self.add_error("client_secret", "Another client ID has another client secret: enter it too.")
        self._refuse_while_connected(values)
        return values

    def _refuse_while_connected(self, values: dict[str, Any]) -> None:
        """A grant works only with the app it was given to; a changed secret of the same app is fine."""
        before = (self.initial.get("environment"), self.initial.get("client_id"))
        if (values.get("environment"), values.get("client_id")) == before:
            return
        if Connection.objects.for_firm(self.instance.firm_id).enabled().filter(system=SYSTEM).exists():
            raise forms.ValidationError(
                "QuickBooks Online is connected with the present app. Disable it first: nothing is lost, "
                "and enabling the same company again restores every link."
            )
