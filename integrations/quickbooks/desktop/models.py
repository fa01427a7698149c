"""What the Desktop edition stores of its own: the channel to a company file, the computers on it, their sessions."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models

from integrations.models import Connection


def digest(secret: str) -> str:
    """How a secret of 128 bits and more is kept: nobody guesses it, so a slow hash would only cost time."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_guid() -> str:
    return f"{{{uuid.uuid4()}}}"


class Channel(models.Model):
    """The way to one company file. `file_id` is what the Web Connector stamps into it; kept when disabled."""

    connection = models.OneToOneField(Connection, models.CASCADE, related_name="channel")
    file_id = models.CharField(max_length=38, default=new_guid)
    granted_at = models.DateTimeField(null=True, blank=True)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    company_file = models.CharField(max_length=1000, blank=True, help_text="its path on the computer with QuickBooks")
    product = models.CharField(max_length=255, blank=True)
    active = models.ForeignKey("Agent", models.SET_NULL, null=True, blank=True, related_name="+")


class AgentQuerySet(models.QuerySet["Agent"]):
    def valid(self) -> Self:
        return self.filter(revoked_at=None)


class Agent(models.Model):
    """A computer's program that speaks the Web Connector's protocol: the Sync Agent, or Intuit's own."""

    class Kind(models.TextChoices):
        SYNC_AGENT = "sync_agent", "Sync Agent"
        WEB_CONNECTOR = "web_connector", "Web Connector"

    class State(models.TextChoices):
        ACTIVE = "active", "Active"
        STANDBY = "standby", "Standby"
        PAUSED = "paused", "Paused"
        FAILED = "failed", "Failed to open connection"

    channel = models.ForeignKey(Channel, models.CASCADE, related_name="agents")
    kind = models.CharField(max_length=14, choices=Kind, default=Kind.SYNC_AGENT)
    username = models.CharField(max_length=40, unique=True)
    secret_sha256 = models.CharField(max_length=64)
    computer = models.CharField(max_length=100, blank=True)
    version = models.CharField(max_length=40, blank=True)
    quickbooks_user = models.CharField(max_length=100, blank=True)
    company_file = models.CharField(max_length=1000, blank=True)
    is_paused = models.BooleanField(default=False)
    # What keeps it from opening QuickBooks, in words with what to do; "" when the last try went well.
    problem_code = models.CharField(max_length=40, blank=True)
    problem = models.TextField(blank=True)
    checks: Any = models.JSONField(default=list, blank=True, help_text="what it found when it checked its set-up")
    last_seen_at = models.DateTimeField(null=True, blank=True)
    next_check_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[AgentQuerySet] = AgentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.computer or self.get_kind_display()

    def state(self, active_id: int | None) -> State:
        """Arbitrated here: at most one agent of a channel is active."""
        if self.is_paused:
            return self.State.PAUSED
        if active_id != self.pk:
            return self.State.STANDBY
        return self.State.FAILED if self.problem else self.State.ACTIVE


class Session(models.Model):
    """One visit of an agent, from authenticate to closeConnection. The ticket is kept as a hash.

    `asked` says what was handed out and not answered yet; it is committed before the answer with the request leaves.
    """

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="sessions")
    ticket_sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    asks = models.PositiveIntegerField(default=0)
    asked = models.JSONField(null=True, blank=True)
    state: Any = models.JSONField(default=dict, blank=True)
    answer_sha256 = models.CharField(max_length=64, blank=True, help_text="of the last answer that was taken")
    percent = models.SmallIntegerField(default=0)
    last_error = models.TextField(blank=True)
    summary = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["agent", "-id"], name="desktop_session_newest_idx")]


class Looked(models.Model):
    """A record of the company file, kept while one question about many of them is being answered.

    `why` names the question, of which a visit may have several open. `data` is the record as received; empty where only
    the id counts, or as long as it was only asked for.
    """

    session = models.ForeignKey(Session, models.CASCADE, related_name="looked")
    why = models.CharField(max_length=60, db_default="look")
    remote_id = models.CharField(max_length=100)
    data = models.JSONField()
