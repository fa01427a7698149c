"""The people whose time is recorded and sold."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse

from bigtime.core.audit import audited
from bigtime.core.models import FirmQuerySet, FirmScoped, Timestamped


class StaffQuerySet(FirmQuerySet):
    def active(self) -> Self:
        return self.filter(is_active=True)


class Staff(FirmScoped, Timestamped):
    """A staff member: employee or contractor. May have a user account, or not yet."""

    class Kind(models.TextChoices):
        EMPLOYEE = "employee", "Employee"
        CONTRACTOR = "contractor", "Contractor"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="staff_records"
    )
    name = models.CharField(max_length=200)
    first_name = models.CharField(max_length=100, blank=True)
    last_name = models.CharField(max_length=100, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    title = models.CharField(max_length=100, blank=True)
    number = models.CharField("staff number", max_length=40, blank=True)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.EMPLOYEE)
    manager = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="reports")
    bill_rate = models.DecimalField("billing rate per hour", max_digits=12, decimal_places=2, null=True, blank=True)
    cost_rate = models.DecimalField("cost per hour", max_digits=12, decimal_places=2, null=True, blank=True)
    week_minutes = models.PositiveIntegerField("expected minutes a week", default=2400)
    tracking_class = models.ForeignKey(
        "codes.TrackingClass", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="class"
    )
    payroll_item = models.ForeignKey("codes.PayrollItem", models.SET_NULL, null=True, blank=True, related_name="+")
    is_active = models.BooleanField(default=True)

    objects: ClassVar[StaffQuerySet] = StaffQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "staff member"
        verbose_name_plural = "staff"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint("firm", Lower("name"), name="staff_name_once"),
            models.UniqueConstraint(
                fields=["firm", "user"], name="staff_user_once", condition=models.Q(user__isnull=False)
            ),
        ]
        # Lists by person and period are read in their order, as far as one page goes.
        indexes = [models.Index(fields=["firm", "name", "id"], name="staff_order_idx")]
        triggers = audited()

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("staff:detail", args=[self.pk])
