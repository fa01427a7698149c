from __future__ import annotations

from typing import Any

from django import forms
from django.db import models
from django.db.models import Q

from bigtime.core.editing import FirmForm
from bigtime.firm.models import Membership, User

from .models import Staff


class StaffForm(FirmForm):
    """A staff member. Hours a week are typed as hours and kept as minutes."""

    empty_labels = {"manager": "Nobody", "user": "Nobody"}
    week_hours = forms.DecimalField(
        label="Expected hours a week", min_value=0, max_value=168, decimal_places=2, initial=40
    )

    class Meta:
        model = Staff
        fields = [
            "name", "first_name", "last_name", "email", "phone", "title", "number", "kind", "manager", "bill_rate",
            "cost_rate", "tracking_class", "payroll_item", "user",
        ]  # fmt: skip
        labels = {"user": "Signs in as", "email": "E-mail"}
        help_texts = {
            "user": "The account whose timesheet this is. Invite people under Users and rights.",
            "tracking_class": "The class that new rows of their time get, where neither task nor project gives one.",
            "payroll_item": "What their time is paid as. Empty: the first wage item that QuickBooks has for them.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("bill_rate", "cost_rate"):
            self.fields[name].widget.attrs["min"] = "0"
        if self.instance.pk:
            self.initial["week_hours"] = round(self.instance.week_minutes / 60, 2)

    def unused(self) -> list[str]:
        """A firm without payroll in its books has no payroll items to choose from."""
        items = self.fields["payroll_item"].queryset  # type: ignore[attr-defined]
        kept = {"tracking_class": self.firm.uses_classes, "payroll_item": items.filter(firm=self.firm).exists()}
        return [name for name, used in kept.items() if not used]

    @property
    def compared(self) -> list[str]:
        return [name for name in super().compared if name != "week_hours"]

    def choices(self, rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Managers: active staff of the firm, never the person. Accounts: members nobody else's time belongs to."""
        if rows.model is User:
            members = Membership.objects.filter(firm=self.firm, is_active=True).values("user")
            taken = Staff.objects.for_firm(self.firm).exclude(pk=self.instance.pk).exclude(user=None).values("user")
            return rows.filter((Q(pk__in=members) & ~Q(pk__in=taken)) | Q(pk=self.instance.user_id))
        mine = super().choices(rows)
        if rows.model is Staff:
            return mine.filter(Q(is_active=True) | Q(pk=self.instance.manager_id)).exclude(pk=self.instance.pk)
        held = (self.instance.tracking_class_id, self.instance.payroll_item_id)
        return mine.filter(Q(is_active=True) | Q(pk__in=[pk for pk in held if pk]))

    def repeated_sentence(self, name: str) -> str:
        return f"There is already a staff member named “{name}” (perhaps archived)."

    def clean_bill_rate(self) -> Any:
        return self._not_negative("bill_rate")

    def clean_cost_rate(self) -> Any:
        return self._not_negative("cost_rate")

    def _not_negative(self, name: str) -> Any:
        value = self.cleaned_data.get(name)
        if value is not None and value < 0:
            raise forms.ValidationError("A rate can’t be negative.")
        return value

    def clean_manager(self) -> Staff | None:
        manager: Staff | None = self.cleaned_data.get("manager")
        above = manager
        for _ in range(50):
            if above is None:
                return manager
            if above.pk == self.instance.pk:
                raise forms.ValidationError(
                    f"{manager} already reports to {self.instance.name}, directly or through others."
                )
            above = above.manager
        return manager

    def save(self, commit: bool = True) -> Staff:
        self.instance.week_minutes = round(self.cleaned_data["week_hours"] * 60)
        person: Staff = super().save(commit)
        return person
