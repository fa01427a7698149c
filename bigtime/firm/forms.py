from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password

from bigtime.core.editing import FirmForm
from bigtime.core.periods import time_zones

from .models import Firm, Role, User

MONTHS = [(at, date(2000, at, 1).strftime("%B")) for at in range(1, 13)]


class SettingsForm(FirmForm):
    """The firm itself. The home currency can't change once money is in the books, so it is shown, not asked."""

    unique_name = ""
    time_zone = forms.ChoiceField(help_text="Work days begin and end by this clock.")

    class Meta:
        model = Firm
        fields = [
            "name", "legal_name", "address", "phone", "email", "time_zone", "fiscal_year_start", "week_start",
            "period_kind", "expected_day_minutes", "rounding_minutes", "require_notes", "grace_days",
        ]  # fmt: skip
        labels = {"email": "E-mail", "grace_days": "Lock after"}
        help_texts = {"grace_days": "days from the end of a period; empty: never"}
        widgets = {
            "address": forms.Textarea(attrs={"rows": 3}),
            "fiscal_year_start": forms.Select(choices=MONTHS),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].choices = [(z, z.replace("_", " ")) for z in time_zones()]  # type: ignore[attr-defined]

    def clean_expected_day_minutes(self) -> int:
        return self._within("expected_day_minutes", 1, 1440, "A day has between 1 and 1440 minutes.")

    def clean_rounding_minutes(self) -> int:
        return self._within("rounding_minutes", 1, 60, "Rounding goes from 1 minute (none) to 60.")

    def _within(self, name: str, least: int, most: int, sentence: str) -> int:
        value: int = self.cleaned_data[name]
        if not least <= value <= most:
            raise forms.ValidationError(sentence)
        return value


class InviteForm(forms.Form):
    email = forms.EmailField(label="E-mail address", max_length=254)
    role = forms.ChoiceField(choices=Role.choices, initial=Role.STAFF)


class AcceptForm(forms.Form):
    """Name and password of somebody who has no account yet."""

    name = forms.CharField(label="Your name", max_length=200)
    password = forms.CharField(
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), help_text="At least ten characters."
    )
    again = forms.CharField(
        label="The same password again", widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        password = data.get("password")
        if password:
            try:
                validate_password(password, User(email=self.email, name=data.get("name", "")))
            except forms.ValidationError as error:
                self.add_error("password", error)
        if password and data.get("again") and password != data["again"]:
            self.add_error("again", "The two passwords differ.")
        return data
