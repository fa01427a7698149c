"""What the Online edition stores of its own: the Intuit app, tokens, and open authorizations."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from bigtime.core.encryption import EncryptedTextField
from bigtime.core.models import FirmScoped, Timestamped
from integrations.models import Connection


class IntuitApp(FirmScoped, Timestamped):
    """A firm's own app at Intuit. Where a firm has none, the installation's (from the environment) serves."""

    class Environment(models.TextChoices):
        SIMULATOR = "simulator", "Simulator"
        SANDBOX = "sandbox", "Sandbox"
        PRODUCTION = "production", "Production"

    environment = models.CharField(max_length=12, choices=Environment)
    client_id = models.CharField(max_length=200)
    client_secret = EncryptedTextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["firm"], name="intuit_app_one_per_firm")]


class Token(models.Model):
    """The grant of one connection. The former refresh token stays until the new one has been used once."""

    connection = models.OneToOneField(Connection, models.CASCADE, related_name="token")
    access_token = EncryptedTextField(blank=True)
    refresh_token = EncryptedTextField(blank=True)
    previous_refresh_token = EncryptedTextField(blank=True)
    access_expires_at = models.DateTimeField()
    refresh_expires_at = models.DateTimeField(help_text="dies when not used until then")
    hard_expires_at = models.DateTimeField(null=True, blank=True, help_text="dies then in any case")
    refreshed_at = models.DateTimeField()
    refreshes = models.PositiveIntegerField(default=0)


class Authorization(FirmScoped):
    """One open walk to Intuit and back. The state is stored as a hash, used once, for ten minutes."""

    state_sha256 = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    session_sha256 = models.CharField(max_length=64)
    is_popup = models.BooleanField(default=False)
    backup_made = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    # A grant for another company than the last one, kept until the person has said yes or no, ten minutes at most.
    held_grant = EncryptedTextField(blank=True)
    held_company = models.JSONField(default=dict, blank=True)


class CallBudget(models.Model):
    """When the newest calls of a connection went out, so that all processes together stay inside Intuit's limits.

    Times are seconds of the database's clock.
    """

    connection = models.OneToOneField(Connection, models.CASCADE, related_name="+")
    calls = ArrayField(models.FloatField(), default=list, blank=True)
    batches = ArrayField(models.FloatField(), default=list, blank=True)
    paused_until = models.FloatField(default=0)
    failures = models.PositiveIntegerField(default=0, help_text="in a row")
