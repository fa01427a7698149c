"""What goes out: every intent, the messages that carry them, and the history of each."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar, Self

from django.db import models

from .connection import USER, Connection, OfConnection


class Carrier(OfConnection):
    """One network message that carries operations: a batch, or a message set. Committed before any byte is sent."""

    class State(models.TextChoices):
        SENDING = "sending", "Sending"
        ANSWERED = "answered", "Answered"
        LOST = "lost", "No answer"

    request_id = models.CharField(max_length=50)
    body_sha256 = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.SENDING)
    size = models.PositiveSmallIntegerField()
    sent_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    evidence = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "request_id"], name="carrier_request_once")]


class OperationQuerySet(models.QuerySet["Operation"]):
    def for_firm(self, firm: Any) -> Self:
        return self.filter(connection__firm=firm)

    def open(self) -> Self:
        return self.filter(state__in=Operation.OPEN)

    def live(self) -> Self:
        """At most one for a local record: open, or standing for what is in the books."""
        return self.filter(state__in=Operation.LIVE)

    def failed_now(self, connection: Connection | int) -> Self:
        """Failures that still stand."""
        return self.standing(connection, Operation.FAILED)

    def standing(self, connection: Connection | int, states: Collection[str]) -> Self:
        """Those in these states now: a later operation for the same record takes an earlier one's place.

        But for the one that lives: it is what stands, even when a later one was withdrawn.
        """
        later = Operation.objects.filter(
            connection=models.OuterRef("connection"),
            local_model=models.OuterRef("local_model"),
            local_id=models.OuterRef("local_id"),
            seq__gt=models.OuterRef("seq"),
        )
        stands = models.Q(state__in=Operation.LIVE) | ~models.Exists(later)
        return self.filter(stands, connection=connection, state__in=states)


class Operation(OfConnection):
    """One intent: make that thing in the books look like this record of ours. The outbox's row.

    The payload is frozen at the first claim; the same bytes go out on every try. `marker` is ten characters that the
    payload carries into the books, so that the thing can be found there whatever happened to the answer.
    """

    class State(models.TextChoices):
        """Beside each the status word that the screen says: several states can be one word, its reason tells more."""

        READY = "ready", "Queued"
        SENDING = "sending", "Sending"
        IN_DOUBT = "in_doubt", "Unknown outcome"
        POSTED = "posted", "Posted"
        POSTED_DIVERGED = "posted_diverged", "Changed since posted"
        BLOCKED_MAPPING = "blocked_mapping", "Failed"
        BLOCKED_INACTIVE = "blocked_inactive", "Failed"
        BLOCKED_PERIOD = "blocked_period", "Failed"
        BLOCKED_AUTH = "blocked_auth", "Failed"
        REJECTED = "rejected", "Failed"
        NEEDS_PERSON = "needs_person", "Failed"
        CANCELLED = "cancelled", "Skipped"
        SKIPPED = "skipped", "Skipped"
        ABSENT = "absent", "Missing in QuickBooks"

    class Verb(models.TextChoices):
        CREATE = "create", "Create"
        UPDATE = "update", "Update"
        DELETE = "delete", "Delete"

    BLOCKED: ClassVar[list[str]] = ["blocked_mapping", "blocked_inactive", "blocked_period", "blocked_auth"]
    OPEN: ClassVar[list[str]] = ["ready", "sending", "in_doubt", *BLOCKED, "needs_person"]
    FAILED: ClassVar[list[str]] = [*BLOCKED, "rejected", "needs_person"]
    LIVE: ClassVar[list[str]] = [*OPEN, "posted", "posted_diverged"]

    entity = models.CharField(max_length=40)
    verb = models.CharField(max_length=6, choices=Verb, default=Verb.CREATE)
    local_model = models.CharField(max_length=60)
    local_id = models.BigIntegerField()
    seq = models.PositiveSmallIntegerField(default=1)
    label = models.CharField(max_length=300, blank=True, help_text="the record in words, for lists")
    marker = models.CharField(max_length=12)
    payload = models.JSONField(null=True, blank=True)
    payload_sha256 = models.CharField(max_length=64, blank=True)
    request_id = models.CharField(max_length=50, blank=True)
    state = models.CharField(max_length=16, choices=State, default=State.READY)
    fence = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    not_before = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    misses = models.PositiveSmallIntegerField(default=0, help_text="times the books were asked and didn't have it")
    missed_at = models.DateTimeField(null=True, blank=True)
    carrier = models.ForeignKey(Carrier, models.SET_NULL, null=True, blank=True, related_name="operations")
    position = models.CharField(max_length=10, blank=True, help_text="bId, or requestID within the message set")
    remote_id = models.CharField(max_length=100, blank=True)
    remote_version = models.CharField(max_length=60, blank=True)
    remote_created_at = models.DateTimeField(null=True, blank=True)
    via = models.CharField(max_length=10, blank=True, help_text="answer, replay, query or person")
    error_code = models.CharField(max_length=40, blank=True)
    error_text = models.TextField(blank=True)
    requested_by = models.ForeignKey(USER, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[OperationQuerySet] = OperationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "local_model", "local_id", "seq"], name="operation_sequence_once"
            ),
            models.UniqueConstraint(
                fields=["connection", "local_model", "local_id"],
                condition=models.Q(
                    state__in=[
                        "ready",
                        "sending",
                        "in_doubt",
                        "blocked_mapping",
                        "blocked_inactive",
                        "blocked_period",
                        "blocked_auth",
                        "needs_person",
                        "posted",
                        "posted_diverged",
                    ]
                ),
                name="operation_one_live",
            ),
            models.UniqueConstraint(fields=["connection", "marker"], name="operation_marker_once"),
        ]
        indexes = [
            models.Index(fields=["connection", "id"], condition=models.Q(state="ready"), name="operation_ready_idx"),
            models.Index(
                fields=["state", "lease_until"],
                condition=models.Q(state__in=["sending", "in_doubt"]),
                name="operation_lease_idx",
            ),
            models.Index(fields=["local_model", "local_id"], name="operation_local_idx"),
            # Every page counts the failures that stand; among a million posted ones they must be found at once.
            models.Index(
                fields=["connection", "id"],
                condition=models.Q(
                    state__in=[
                        "blocked_mapping",
                        "blocked_inactive",
                        "blocked_period",
                        "blocked_auth",
                        "rejected",
                        "needs_person",
                    ]
                ),
                name="operation_failed_idx",
            ),
            # And what was deleted or changed in the books.
            models.Index(
                fields=["connection", "id"],
                condition=models.Q(state__in=["absent", "posted_diverged"]),
                name="operation_strayed_idx",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.label or self.local_id}"

    def was_read_since(self, connection: Connection) -> bool:
        """The books were read after they refused it, so that what is known of them says whether they still would."""
        if self.sent_at is None:
            return True
        return connection.last_sync_at is not None and connection.last_sync_at > self.sent_at


class OperationEvent(models.Model):
    """The history of an operation, with evidence (status, tid, code, hash). Only ever appended to."""

    operation = models.ForeignKey(Operation, models.CASCADE, related_name="events")
    from_state = models.CharField(max_length=16, blank=True)
    to_state = models.CharField(max_length=16)
    evidence = models.JSONField(default=dict)
    by = models.ForeignKey(USER, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
