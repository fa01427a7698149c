"""Search pickers in forms: few rows are a plain select, many are found by typing.

Without script there is a search field and a button beside the select: the page comes back with what was found, and
nothing is judged or saved.
"""

from __future__ import annotations

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


def offer_pickers(form: forms.BaseForm, empty_labels: dict[str, str]) -> None:
    """Gives every choice of one related row its picker, where its list has one, and words where nothing is chosen."""
    for name, field in form.fields.items():
        if not isinstance(field, forms.ModelChoiceField) or isinstance(field, forms.ModelMultipleChoiceField):
            continue
        words = empty_labels.get(name) or ("Choose…" if field.required else "None")
        field.empty_label = words
        picker = of_model(field.queryset.model) if field.queryset is not None else None
        if picker:
            widget = PickerSelect(picker, words, field.widget.attrs)
            widget.is_required = field.required
            widget.choices = field.choices  # type: ignore[assignment]
            field.widget = widget


def is_search(form: forms.BaseForm) -> bool:
    """Whether the form was sent only to find choices, which without script takes a round trip."""
    return "find" in form.data


def searched(form: forms.BaseForm) -> None:
    """Puts what was searched for into the pickers, and keeps what was typed elsewhere unjudged."""
    for name, field in form.fields.items():
        if isinstance(field.widget, PickerSelect):
            field.widget.sought = str(form.data.get(f"{FIND}{form.add_prefix(name)}", ""))
    form._errors = ErrorDict()  # type: ignore[attr-defined]
