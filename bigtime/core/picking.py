"""Search pickers in forms: few rows are a plain select or checkboxes, many are found by typing.

Without script there is a search field and a button beside them: the page comes back with what was found, and
nothing is judged or saved.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.forms.utils import ErrorDict

from .pickers import FIND, Picker, box, of_model


class PickerSelect(forms.Select):
    """Reads at most `MOST` rows of the field's queryset, and what is chosen."""

    template_name = "forms/picker.html"
    sought = ""

    def __init__(self, picker: Picker, empty_label: str, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.picker, self.empty_label = picker, empty_label

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = forms.Widget.get_context(self, name, value, attrs)
        offered: Any = self.choices
        chosen = [each for each in self.format_value(value) if each]
        context["picker"] = box(
            self.picker, name, offered.queryset, chosen, empty_label=self.empty_label, sought=self.sought,
            label=offered.field.label_from_instance,
        )  # fmt: skip
        return context


class PickerChecks(forms.CheckboxSelectMultiple):
    """Checkboxes of what is chosen and of the first rows; others are found by typing, and what is chosen are chips."""

    template_name = "forms/picker_many.html"
    sought = ""

    def __init__(self, picker: Picker, label: str, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.picker, self.label = picker, label

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = forms.Widget.get_context(self, name, value, attrs)
        offered: Any = self.choices
        found = box(
            self.picker, name, offered.queryset, self.format_value(value), sought=self.sought,
            label=offered.field.label_from_instance,
        )  # fmt: skip
        if found.more:
            ticked_first = sorted(found.options, key=lambda o: (not o.chosen, o.label.lower() if o.chosen else ""))
            found = replace(found, options=ticked_first)
        return {**context, "picker": found, "label": self.label}


def offer_pickers(form: forms.BaseForm, empty_labels: dict[str, str]) -> None:
    """Gives every choice of related rows its picker, where their list has one, and words where nothing is chosen."""
    for name, field in form.fields.items():
        if not isinstance(field, forms.ModelChoiceField):
            continue
        picker = of_model(field.queryset.model) if field.queryset is not None else None
        if isinstance(field, forms.ModelMultipleChoiceField):
            if picker:
                use_widget(field, PickerChecks(picker, str(field.label or name), field.widget.attrs))
            continue
        words = empty_labels.get(name) or ("Choose…" if field.required else "None")
        field.empty_label = words
        if picker:
            use_widget(field, PickerSelect(picker, words, field.widget.attrs))


def use_widget(field: Any, widget: PickerSelect | PickerChecks) -> None:
    """Puts the picker in the place of the field's own widget."""
    widget.is_required = field.required
    widget.choices = field.choices
    field.widget = widget


def is_search(form: forms.BaseForm) -> bool:
    """Whether the form was sent only to find choices, which without script takes a round trip."""
    return "find" in form.data


def searched(form: forms.BaseForm) -> None:
    """Puts what was searched for into the pickers, and keeps what was typed elsewhere unjudged."""
    for name, field in form.fields.items():
        if isinstance(field.widget, PickerSelect | PickerChecks):
            field.widget.sought = str(form.data.get(f"{FIND}{form.add_prefix(name)}", ""))
    form._errors = ErrorDict()  # type: ignore[attr-defined]
