from __future__ import annotations

from typing import Any

from django import forms

from bigtime.core.editing import FirmForm

from .models import LaborCode


class LaborCodeForm(FirmForm):
    class Meta:
        model = LaborCode
        fields = ["name", "description", "rate", "is_billable"]
        labels = {"is_billable": "Time with this code is billable"}
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}

    def clean_rate(self) -> Any:
        rate = self.cleaned_data.get("rate")
        if rate is not None and rate < 0:
            raise forms.ValidationError("A rate can’t be negative.")
        return rate
