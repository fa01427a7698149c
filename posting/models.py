"""What a person chose to post, and what became of it."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from bigtime.core.models import FirmScoped
from integrations.models import Connection, Operation


class Batch(FirmScoped):
    """One press of a Post button. Its progress is read from its operations, never copied."""

    class Kind(models.TextChoices):
        TIME = "time", "Time"

    connection = models.ForeignKey(Connection, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.TIME)
    key = models.UUIDField(default=uuid.uuid4, unique=True, help_text="from the form: a double click makes one batch")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name_plural = "batches"


class Line(models.Model):
    """One record in a batch, through its operation."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="lines")
    operation = models.ForeignKey(Operation, models.CASCADE, related_name="lines")
    minutes = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "operation"], name="line_once")]
