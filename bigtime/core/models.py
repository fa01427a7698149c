"""What every stored thing of a firm shares."""

from __future__ import annotations

from typing import Any, Self

from django.db import models


class FirmQuerySet(models.QuerySet[Any]):
    def for_firm(self, firm: Any) -> Self:
        """Only this firm's rows; the first call of every read."""
        return self.filter(firm=firm)


class FirmScoped(models.Model):
    """A row that belongs to one firm and is never seen by another."""

    firm = models.ForeignKey("firm.Firm", models.CASCADE, related_name="+")

    objects = FirmQuerySet.as_manager()

    class Meta:
        abstract = True


class Timestamped(models.Model):
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True
