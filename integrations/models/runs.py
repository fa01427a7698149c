"""What comes in: each pass over the books, what it did, and what of it a person can mend."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models

from .connection import USER, OfConnection
from .mirror import RemoteRecord


class SyncRun(OfConnection):
    """One pass over the books. At most one is open for a connection."""

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting to start"
        PULLING = "pulling", "Reading from the books"
        PREVIEW = "preview", "Ready to import"
        APPLYING = "applying", "Importing"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    OPEN: ClassVar[list[str]] = ["queued", "pulling", "applying"]

    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    started_by = models.ForeignKey(USER, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    fence = models.UUIDField(default=uuid.uuid4)
    cancel_requested = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0, help_text="tries in a row that ended early")
    not_before = models.DateTimeField(null=True, blank=True, help_text="the next try, after one that ended early")
    calls = models.PositiveIntegerField(default=0)
    # What became in the books of what was posted, as this run found it.
    missing = models.PositiveIntegerField(default=0, help_text="deleted there")
    changed = models.PositiveIntegerField(default=0, help_text="edited there")
    back = models.PositiveIntegerField(default=0, help_text="as it was posted again, or found again")
    unfound = models.PositiveIntegerField(default=0, help_text="not found, too many at once to be taken for deleted")
    error = models.TextField(blank=True)
    error_code = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["connection"],
                condition=models.Q(state__in=["queued", "pulling", "applying"]),
                name="sync_run_one_open",
            )
        ]

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN


class SyncStep(models.Model):
    """One entity within a run: progress and result counts."""

    run = models.ForeignKey(SyncRun, models.CASCADE, related_name="steps")
    entity = models.CharField(max_length=40)
    order = models.PositiveSmallIntegerField(default=0)
    total = models.PositiveIntegerField(null=True, blank=True)
    pulled = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0, help_text="mirror rows written")
    pulled_done = models.BooleanField(default=False)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    inactivated = models.PositiveIntegerField(default=0)
    attention = models.PositiveIntegerField(default=0)
    applied_done = models.BooleanField(default=False)

    class Meta:
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["run", "entity"], name="sync_step_once")]


class SyncChange(models.Model):
    """What one run did to one local record: old value and new, field by field."""

    class Action(models.TextChoices):
        CREATED = "created", "Created"
        UPDATED = "updated", "Updated"
        LINKED = "linked", "Linked"
        INACTIVATED = "inactivated", "Became inactive"
        REACTIVATED = "reactivated", "Became active"

    run = models.ForeignKey(SyncRun, models.CASCADE, related_name="changes")
    entity = models.CharField(max_length=40)
    remote = models.ForeignKey(RemoteRecord, models.CASCADE, related_name="+")
    local_model = models.CharField(max_length=60, blank=True)
    local_id = models.BigIntegerField(null=True, blank=True)
    name = models.CharField(max_length=1024)
    action = models.CharField(max_length=12, choices=Action)
    fields = models.JSONField(default=dict, help_text='{"field": [old, new]}')
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["run", "entity", "action"], name="sync_change_idx")]


class SyncIssue(OfConnection):
    """One problem a person can mend, in the person's words."""

    class Kind(models.TextChoices):
        DECISION = "decision", "Needs a decision"
        REJECTED = "rejected", "Can't be brought over"
        WARNING = "warning", "Worth a look"
        INTERNAL = "internal", "Our fault"

    run = models.ForeignKey(SyncRun, models.SET_NULL, null=True, blank=True, related_name="issues")
    entity = models.CharField(max_length=40)
    remote = models.ForeignKey(RemoteRecord, models.CASCADE, null=True, blank=True, related_name="issues")
    kind = models.CharField(max_length=10, choices=Kind)
    code = models.CharField(max_length=60)
    message = models.TextField()
    detail = models.TextField(blank=True)
    repeats = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["remote", "code"], condition=models.Q(resolved_at__isnull=True), name="sync_issue_open_once"
            )
        ]
