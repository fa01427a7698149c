"""Whom the firm works for, and on what."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse

from bigtime.codes.models import LaborCode, TrackingClass
from bigtime.core.audit import CHANGED, DELETED, audited
from bigtime.core.models import FirmQuerySet, FirmScoped, Timestamped
from bigtime.staff.models import Staff


class ClientQuerySet(FirmQuerySet):
    def active(self) -> Self:
        return self.filter(is_active=True)


class Client(FirmScoped, Timestamped):
    """A customer of the firm."""

    name = models.CharField(max_length=500)
    company = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    address = models.TextField(blank=True)
    notes = models.TextField(blank=True)
    is_active = models.BooleanField(default=True)

    objects: ClassVar[ClientQuerySet] = ClientQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint("firm", Lower("name"), name="client_name_once")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("clients:client_detail", args=[self.pk])


class ProjectQuerySet(FirmQuerySet):
    def open(self) -> Self:
        """Projects that take time now."""
        return self.filter(is_active=True, status=Project.Status.ACTIVE)


class Project(FirmScoped, Timestamped):
    """A piece of work for a client. Time is recorded on projects."""

    class Status(models.TextChoices):
        PLANNED = "planned", "Planned"
        ACTIVE = "active", "Active"
        ON_HOLD = "on_hold", "On hold"
        COMPLETED = "completed", "Completed"

    client = models.ForeignKey(Client, models.PROTECT, related_name="projects")
    name = models.CharField(max_length=500)
    code = models.CharField(max_length=40, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.ACTIVE)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    is_billable = models.BooleanField("billable", default=True)
    lead = models.ForeignKey(Staff, models.SET_NULL, null=True, blank=True, related_name="led_projects")
    team = models.ManyToManyField(Staff, blank=True, related_name="projects")
    open_to_all = models.BooleanField("everyone may record time", default=True)
    tracking_class = models.ForeignKey(
        TrackingClass, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="class"
    )
    notes = models.TextField(blank=True)
    is_active = models.BooleanField(default=True)

    objects: ClassVar[ProjectQuerySet] = ProjectQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["client__name", "name"]
        constraints = [
            models.UniqueConstraint("client", Lower("name"), name="project_name_once_per_client"),
            models.CheckConstraint(
                condition=models.Q(starts_on__isnull=True)
                | models.Q(ends_on__isnull=True)
                | models.Q(ends_on__gte=models.F("starts_on")),
                name="project_ends_after_it_starts",
            ),
        ]
        indexes = [models.Index(fields=["firm", "is_active", "status"], name="project_open_idx")]
        # An import makes tens of thousands of them; that they are there says as much.
        triggers = audited(actions=[CHANGED, DELETED])

    def __str__(self) -> str:
        return f"{self.client.name} · {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("clients:project_detail", args=[self.pk])


class Task(FirmScoped, Timestamped):
    """A part of a project. Its labor code, where set, beats the one chosen with the time."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="tasks")
    name = models.CharField(max_length=200)
    labor_code = models.ForeignKey(LaborCode, models.PROTECT, null=True, blank=True, related_name="tasks")
    tracking_class = models.ForeignKey(
        TrackingClass, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="class"
    )
    budget_minutes = models.PositiveIntegerField(null=True, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint("project", Lower("name"), name="task_name_once_per_project")]
        triggers = audited()

    def __str__(self) -> str:
        return self.name
