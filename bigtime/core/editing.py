"""Edit pages: a firm's own choices only, no duplicate names, and no silent overwriting of what somebody else saved.

The form carries a digest of the values it was filled with. When the row no longer has those values, nothing is saved
and both versions are shown; sending the form again keeps one's own. A digest rather than a time stamp, because bulk
writes of the sync don't touch time stamps.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.db import IntegrityError, models, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from .names import repeated
from .picking import is_search, offer_pickers, searched

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Any]
else:
    ModelForm = forms.ModelForm

STALE = "Somebody else saved this meanwhile. Nothing of yours was saved yet: compare, correct, and save again."


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of which two versions exist: what was sent, and what is stored now."""

    label: str
    yours: str
    saved: str


class FirmForm(ModelForm):
    """A form for one row of a firm.

    Every choice of related rows is cut down to the same firm, so a foreign firm's id is refused as no valid choice.
    `unique_name` names the field that may not repeat (any letter case) within `unique_among()`; `empty_labels` say what
    choosing nothing means, by field.
    """

    version = forms.CharField(widget=forms.HiddenInput, required=False)
    unique_name = "name"
    empty_labels: dict[str, str] = {}

    def __init__(self, *args: Any, firm: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.firm = firm
        self.differences: list[Difference] = []
        if hasattr(self.instance, "firm_id"):
            self.instance.firm = firm
        for name in self.unused():
            del self.fields[name]
        for field in self.fields.values():
            if isinstance(field, forms.ModelChoiceField) and field.queryset is not None:
                field.queryset = self.choices(field.queryset)
        offer_pickers(self, self.empty_labels)
        self.initial["version"] = digest(self.instance, self.compared) if self.instance.pk else ""

    @property
    def compared(self) -> list[str]:
        return [name for name in self.fields if name != "version" and name in self.initial]

    def unused(self) -> list[str]:
        """Fields this firm has no use for: they are left out of the form."""
        return []

    def choices(self, rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """The related rows offered: this firm's; archived ones only where already chosen (see `offered`)."""
        return rows.filter(firm=self.firm)

    def unique_among(self) -> models.QuerySet[Any]:
        """The rows among which the name must be the only one."""
        rows: models.QuerySet[Any] = self._meta.model._default_manager.filter(firm=self.firm)
        return rows

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        name = data.get(self.unique_name)
        if name and repeated(self.unique_among(), self.unique_name, name, self.instance.pk):
            self.add_error(self.unique_name, self.repeated_sentence(name))
        return data

    def repeated_sentence(self, name: str) -> str:
        return f"There is already a {self._meta.model._meta.verbose_name} named “{name}” (it may be archived)."

    def store(self) -> bool:
        """Saves a valid form unless the row changed under it. False: nothing was saved and the form says why."""
        try:
            with transaction.atomic():
                if self.instance.pk and self._stale():
                    return False
                self.save()
        except IntegrityError:
            self.add_error(None, "The database refused this: the same name was just saved by somebody else. Try again.")
            return False
        return True

    def _stale(self) -> bool:
        stored = self._meta.model._default_manager.select_for_update(of=("self",)).get(pk=self.instance.pk)
        now = digest(stored, self.compared)
        if now == self.cleaned_data.get("version"):
            return False
        self.differences = [d for name in self.compared if (d := self._difference(name, stored))]
        if not self.differences:
            return False
        self.add_error(None, STALE)
        # The next attempt is made against what is stored now, which the person has then seen.
        sent: Any = self.data
        sent = sent.copy()
        sent[self.add_prefix("version")] = now
        self.data = sent
        return True

    def _difference(self, name: str, stored: models.Model) -> Difference | None:
        saved, yours = self._words(name, value_of(stored, name)), self._words(name, self.cleaned_data.get(name))
        return None if saved == yours else Difference(str(self[name].label), yours or "(empty)", saved or "(empty)")

    def _words(self, name: str, value: Any) -> str:
        field = self.fields[name]
        if isinstance(value, bool):
            return "Yes" if value else "No"
        if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
            return str(dict(field.choices).get(value, value))  # type: ignore[arg-type]
        if isinstance(value, models.QuerySet | list | tuple | set):
            return ", ".join(sorted(str(v) for v in value))
        return "" if value is None else str(value)


def value_of(instance: models.Model, name: str) -> Any:
    value = getattr(instance, name)
    return list(value.all()) if isinstance(value, models.Manager) else value


def digest(instance: models.Model, names: list[str]) -> str:
    """A short fingerprint of the row's values in these fields."""
    values = []
    for name in names:
        field: Any = instance._meta.get_field(name)
        if isinstance(field, models.ManyToManyField):
            values.append(sorted(getattr(instance, name).values_list("pk", flat=True)))
        else:
            values.append(field.value_from_object(instance))
    return hashlib.sha256(repr(values).encode()).hexdigest()[:20]


def edit(
    request: HttpRequest, form: FirmForm, template: str, *, then: Callable[[Any], str], said: str, **context: Any
) -> HttpResponse:
    """Shows the form, or saves it, says so and goes on to `then(row)`. `said` may contain {}, the row's name.

    A refused form answers 422, a stale one 409; both keep everything typed, and so does a search for choices.
    """
    if request.method == "POST" and is_search(form):
        searched(form)
        return render(request, template, {"form": form, **context})
    if request.method == "POST" and form.is_valid() and form.store():
        messages.success(request, said.format(form.instance))
        return redirect(then(form.instance))
    status = 200 if request.method != "POST" else 409 if form.differences else 422
    return render(request, template, {"form": form, **context}, status=status)
