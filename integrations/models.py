"""Connections to books, the mirror of what they hold, and every piece of work going out to them."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower

from bigtime.core.models import FirmQuerySet, FirmScoped, Timestamped

USER = settings.AUTH_USER_MODEL


class ConnectionQuerySet(FirmQuerySet):
    def enabled(self) -> Self:
        """Connected now, even if paused."""
        return self.filter(status__in=[Connection.Status.ACTIVE, Connection.Status.PAUSED])

    def current(self, firm: Any) -> Connection | None:
        """The books this firm works with now; None when nothing is connected."""
        return self.for_firm(firm).enabled().order_by("pk").first()


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

    def __str__(self) -> str:
        return self.company_name or self.company_id

    @property
    def is_enabled(self) -> bool:
        return self.status != self.Status.DISABLED


class OfConnection(models.Model):
    connection = models.ForeignKey(Connection, models.CASCADE, related_name="+")

    class Meta:
        abstract = True


class RemoteRecord(OfConnection):
    """The mirror: one row for each record of the books we have seen. Rows are marked, never deleted.

    `pending` means: changed since it was last brought into the PSA. `data` is what was received, as received.
    """

    entity = models.CharField(max_length=40)
    remote_id = models.CharField(max_length=100)
    version = models.CharField(max_length=60)
    parent_id = models.CharField(max_length=100, blank=True)
    name = models.CharField(max_length=1024, blank=True)
    is_active = models.BooleanField(default=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    remote_time = models.DateTimeField(null=True, blank=True)
    data = models.JSONField(default=dict)
    pending = models.BooleanField(default=True)
    waiting_for = models.CharField(max_length=100, blank=True, help_text="remote id of a parent not seen yet")
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "entity", "remote_id"], name="remote_record_once")]
        indexes = [
            models.Index(fields=["connection", "entity", "parent_id"], name="remote_record_parent_idx"),
            models.Index(
                fields=["connection", "entity", "id"],
                condition=models.Q(pending=True),
                name="remote_record_pending_idx",
            ),
            models.Index("connection", "entity", Lower("name"), name="remote_record_name_idx"),
        ]

    def __str__(self) -> str:
        return self.name or self.remote_id


class Link(OfConnection):
    """This local record *is* that remote record; or, blocked, this one side stays on its own for good."""

    class State(models.TextChoices):
        LINKED = "linked", "Linked"
        BLOCKED = "blocked", "Blocked"

    entity = models.CharField(max_length=40)
    remote = models.ForeignKey(RemoteRecord, models.CASCADE, null=True, blank=True, related_name="links")
    local_model = models.CharField(max_length=60, blank=True, help_text="app_label.model")
    local_id = models.BigIntegerField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.LINKED)
    # As the remote record was when it was last brought over: linked, or linked but inactive.
    is_active = models.BooleanField(default=True)
    how = models.CharField(max_length=20, blank=True, help_text="created, name, person, posted …")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(USER, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["remote", "local_model"], name="link_remote_once"),
            models.UniqueConstraint(
                fields=["connection", "entity", "local_model", "local_id"],
                condition=models.Q(local_id__isnull=False),
                name="link_local_once",
            ),
            models.CheckConstraint(
                condition=models.Q(remote__isnull=False) | models.Q(local_id__isnull=False), name="link_has_a_side"
            ),
        ]
        indexes = [models.Index(fields=["connection", "local_model", "local_id"], name="link_local_idx")]


class Proposal(OfConnection):
    """What importing one remote record would do, worked out before anything is written; and what a person said to it.

    Made for the preview of a first sync; afterwards kept only for what waits for a person.
    """

    class Outcome(models.TextChoices):
        NEW = "new", "Will be created"
        MATCHED = "matched", "Is already here"
        LINKED = "linked", "Linked"
        DECISION = "decision", "Needs a decision"
        EXCLUDED = "excluded", "Excluded"
        NONE = "none", "Nothing to create"

    entity = models.CharField(max_length=40)
    remote = models.ForeignKey(RemoteRecord, models.CASCADE, related_name="proposals")
    outcome = models.CharField(max_length=10, choices=Outcome)
    local_model = models.CharField(max_length=60, blank=True, help_text="app_label.model")
    local_id = models.BigIntegerField(null=True, blank=True)
    local_name = models.CharField(max_length=1024, blank=True, help_text="as it is, or will be, called here")
    note = models.TextField(blank=True)
    wanted = models.BooleanField(default=False, help_text="a person said: create it")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["remote"], name="proposal_once")]
        indexes = [models.Index(fields=["connection", "entity", "outcome", "id"], name="proposal_outcome_idx")]


class Watermark(OfConnection):
    """How far an entity has been read. Moves in the same transaction as the page it covers, never before.

    `position` holds the pages of an unfinished first load; `high` is remote time.
    """

    entity = models.CharField(max_length=40)
    high = models.DateTimeField(null=True, blank=True)
    position = models.JSONField(default=dict, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "entity"], name="watermark_once")]


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

    def failed_now(self, connection: Connection) -> Self:
        """Failures that still stand."""
        return self.standing(connection, Operation.FAILED)

    def standing(self, connection: Connection, states: Collection[str]) -> Self:
        """Those in these states now: a later operation for the same record takes an earlier one's place."""
        later = Operation.objects.filter(
            connection=models.OuterRef("connection"),
            local_model=models.OuterRef("local_model"),
            local_id=models.OuterRef("local_id"),
            seq__gt=models.OuterRef("seq"),
        )
        return self.filter(connection=connection, state__in=states).exclude(models.Exists(later))


class Operation(OfConnection):
    """One intent: make that thing in the books look like this record of ours. The outbox's row.

    The payload is frozen at the first claim; the same bytes go out on every try. `marker` is ten characters that the
    payload carries into the books, so that the thing can be found there whatever happened to the answer.
    """

    class State(models.TextChoices):
        READY = "ready", "Queued"
        SENDING = "sending", "Sending"
        IN_DOUBT = "in_doubt", "Unknown outcome"
        POSTED = "posted", "Posted"
        POSTED_DIVERGED = "posted_diverged", "Posted, differs in the books"
        BLOCKED_MAPPING = "blocked_mapping", "Failed: a link is missing"
        BLOCKED_INACTIVE = "blocked_inactive", "Failed: inactive in the books"
        BLOCKED_PERIOD = "blocked_period", "Failed: the books are closed"
        BLOCKED_AUTH = "blocked_auth", "Waiting for reconnection"
        REJECTED = "rejected", "Failed: refused"
        NEEDS_PERSON = "needs_person", "Failed: needs a decision"
        CANCELLED = "cancelled", "Withdrawn"
        SKIPPED = "skipped", "Skipped"
        ABSENT = "absent", "Missing in the books"

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
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.label or self.local_id}"


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


class Exchange(OfConnection):
    """One raw request and its answer, secrets removed; the newest are kept."""

    at = models.DateTimeField(auto_now_add=True)
    method = models.CharField(max_length=10)
    path = models.CharField(max_length=1000)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    milliseconds = models.PositiveIntegerField(null=True, blank=True)
    tid = models.CharField(max_length=100, blank=True)
    request = models.TextField(blank=True)
    answer = models.TextField(blank=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["connection", "-id"], name="exchange_newest_idx")]
