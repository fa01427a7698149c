"""One company's books connected to a firm."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.db import models

from bigtime.core.audit import audited
from bigtime.core.models import FirmQuerySet, FirmScoped, Timestamped

USER = settings.AUTH_USER_MODEL


class ConnectionQuerySet(FirmQuerySet):
    def enabled(self) -> Self:
        """Connected now, even if paused."""
        return self.filter(status__in=[Connection.Status.ACTIVE, Connection.Status.PAUSED])


class Connection(FirmScoped, Timestamped):
    """One company's books connected to a firm. Kept when disabled: enabling the same company finds its links."""

    class Status(models.TextChoices):
        ACTIVE = "active", "Connected"
        PAUSED = "paused", "Needs attention"
        DISABLED = "disabled", "Disabled"

    system = models.CharField(max_length=40)
    environment = models.CharField(max_length=20)
    company_id = models.CharField(max_length=100, help_text="the company's id on the other side")
    company_name = models.CharField(max_length=1024, blank=True)
    home_currency = models.CharField(max_length=3, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.ACTIVE)
    pause_code = models.CharField(max_length=40, blank=True)
    pause_reason = models.TextField(blank=True)
    # The installation that may write to these books; another one (a cloned database) only reads.
    instance = models.CharField(max_length=40, blank=True)
    # Set when what we posted may be unknown here (restored backup, clone): the markers are looked up before anything
    # is sent.
    quarantined_at = models.DateTimeField(null=True, blank=True)
    imported_at = models.DateTimeField(null=True, blank=True, help_text="when the first sync was imported")
    last_sync_at = models.DateTimeField(null=True, blank=True)
    next_check_at = models.DateTimeField(null=True, blank=True)
    closed_through = models.DateField(null=True, blank=True, help_text="the books' closing date")
    options = models.JSONField(default=dict, blank=True)
    facts = models.JSONField(default=dict, blank=True, help_text="features and preferences read from the books")
    connected_by = models.ForeignKey(USER, models.SET_NULL, null=True, related_name="+")

    objects: ClassVar[ConnectionQuerySet] = ConnectionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["firm", "system", "environment", "company_id"], name="connection_once"),
            models.UniqueConstraint(
                fields=["firm", "system"],
                condition=models.Q(status__in=["active", "paused"]),
                name="connection_one_enabled_per_system",
            ),
        ]
        triggers = audited(
            only=["system", "environment", "company_id", "company_name", "home_currency", "status", "options"]
        )

    def __str__(self) -> str:
        return self.company_name or self.company_id

    @property
    def is_enabled(self) -> bool:
        return self.status != self.Status.DISABLED


class OfConnection(models.Model):
    connection = models.ForeignKey(Connection, models.CASCADE, related_name="+")

    class Meta:
        abstract = True
