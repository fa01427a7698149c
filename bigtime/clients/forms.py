from __future__ import annotations

from typing import Any

from django import forms
from django.db import models
from django.db.models import Q

from bigtime.codes.models import TrackingClass
from bigtime.core.editing import FirmForm
from bigtime.core.names import validate_bookable

from .models import Client, Project, Task


class BookableNameForm(FirmForm):
    """A form whose name must fit QuickBooks; an unchanged name that came from the books is left alone."""

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if "name" in self.changed_data:
            validate_bookable(name)
        return name


class ClientForm(BookableNameForm):
    class Meta:
        model = Client
        fields = ["name", "company", "email", "phone", "address", "notes"]
        labels = {"email": "E-mail"}
        widgets = {"address": forms.Textarea(attrs={"rows": 3}), "notes": forms.Textarea(attrs={"rows": 3})}


class ClassedForm(BookableNameForm):
    """A form that also names a default class, where the firm uses classes."""

    def unused(self) -> list[str]:
        return [] if self.firm.uses_classes else ["tracking_class"]

    def choices(self, rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
        mine = super().choices(rows)
        if rows.model is not TrackingClass:
            return mine
        return mine.filter(Q(is_active=True) | Q(pk=self.instance.tracking_class_id))


class ProjectForm(ClassedForm):
    empty_labels = {"client": "Choose a client", "lead": "Nobody"}

    class Meta:
        model = Project
        fields = [
            "client", "name", "code", "status", "starts_on", "ends_on", "is_billable", "tracking_class", "lead",
            "open_to_all", "team", "notes",
        ]  # fmt: skip
        labels = {
            "starts_on": "Starts on", "ends_on": "Ends on", "is_billable": "Time on this project is billable",
            "lead": "Project lead", "open_to_all": "Everyone may record time",
        }  # fmt: skip
        help_texts = {
            "open_to_all": "Off: only the team below may.",
            "status": "Time can be recorded on active projects only.",
            "tracking_class": "The class that new rows of time on it get by themselves.",
        }
        widgets = {
            "starts_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "ends_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "notes": forms.Textarea(attrs={"rows": 3}),
        }

    def choices(self, rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Active clients and staff, and those already chosen though archived since."""
        mine = super().choices(rows)
        if rows.model is TrackingClass:
            return mine
        if not self.instance.pk:
            return mine.filter(is_active=True)
        kept = Q(projects=self.instance.pk)
        if hasattr(rows.model, "led_projects"):
            kept |= Q(led_projects=self.instance.pk)
        return mine.filter(Q(is_active=True) | Q(pk__in=rows.model._default_manager.filter(kept).values("pk")))

    def unique_among(self) -> models.QuerySet[Any]:
        return Project.objects.for_firm(self.firm).filter(client=self.cleaned_data.get("client"))

    def repeated_sentence(self, name: str) -> str:
        return f"{self.cleaned_data['client']} already has a project named “{name}” (it may be archived)."

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        starts, ends = data.get("starts_on"), data.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", f"The project would end before it starts ({starts:%b %-d, %Y}).")
        return data


class TaskForm(ClassedForm):
    budget_hours = forms.DecimalField(
        label="Budget in hours", required=False, min_value=0, max_value=100_000, decimal_places=2
    )

    class Meta:
        model = Task
        fields = ["name", "labor_code", "tracking_class"]
        help_texts = {
            "labor_code": "Time on this task gets this code, whatever was chosen with the time.",
            "tracking_class": "The class that new rows of time on it get by themselves.",
        }

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.project = project
        if self.instance.budget_minutes:
            self.initial["budget_hours"] = round(self.instance.budget_minutes / 60, 2)

    @property
    def compared(self) -> list[str]:
        return [name for name in super().compared if name != "budget_hours"]

    def choices(self, rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
        mine = super().choices(rows)
        if rows.model is TrackingClass:
            return mine
        return mine.filter(Q(is_active=True) | Q(pk=self.instance.labor_code_id))

    def unique_among(self) -> models.QuerySet[Any]:
        return Task.objects.for_firm(self.firm).filter(project=self.instance.project)

    def repeated_sentence(self, name: str) -> str:
        return f"This project already has a task named “{name}” (it may be archived)."

    def save(self, commit: bool = True) -> Task:
        hours = self.cleaned_data.get("budget_hours")
        self.instance.budget_minutes = None if hours is None else round(hours * 60)
        task: Task = super().save(commit)
        return task
