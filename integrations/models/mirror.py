"""The mirror of what the books hold, and which record there is which of ours."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower

from bigtime.core.audit import audited

from .connection import USER, OfConnection


class RemoteRecord(OfConnection):
    """The mirror: one row for each record of the books we have seen. Rows are marked, never deleted.

    `pending` means: changed since it was last brought into the PSA. `data` is what was received, as received.
    """

    entity = models.CharField(max_length=40)
    remote_id = models.CharField(max_length=100)
    version = models.CharField(max_length=60)
    parent_id = models.CharField(max_length=100, blank=True)
    # No column: the record of the same list that it stands under, for questions that ask upwards.
    parent = models.ForeignObject(
        "self", models.DO_NOTHING, null=True, related_name="+",
        from_fields=["connection", "entity", "parent_id"], to_fields=["connection", "entity", "remote_id"],
    )  # fmt: skip
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
        triggers = audited(but=["is_active", "how", "created_by"], firm="connection__firm")

    def __str__(self) -> str:
        return str(self.remote or f"number {self.local_id}")


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
    # Where a decision is needed because something here is called nearly so, `local_*` are that one.
    confidence = models.PositiveSmallIntegerField(null=True, blank=True, help_text="how alike they are, in percent")
    note = models.TextField(blank=True)
    wanted = models.BooleanField(default=False, help_text="a person said: create it")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["remote"], name="proposal_once")]
        indexes = [models.Index(fields=["connection", "entity", "outcome", "id"], name="proposal_outcome_idx")]
