"""What every stored thing of a firm shares."""

from __future__ import annotations

from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models.functions import Lower


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


class SavedView(FirmScoped, Timestamped):
    """A list's search, filters, order and columns under a name. Its owner's own, or shared with the whole firm.

    `query` is the list's address without page and format; `list` is the list's name (`ListPage.name`).
    """

    list = models.CharField(max_length=60)
    name = models.CharField(max_length=80)
    query = models.CharField(max_length=2000, blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    shared = models.BooleanField("shared with the firm", default=False)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                "firm", "list", "owner", Lower("name"), name="own_view_once", condition=models.Q(shared=False)
            ),
            models.UniqueConstraint(
                "firm", "list", Lower("name"), name="shared_view_once", condition=models.Q(shared=True)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DefaultView(FirmScoped):
    """The view with which one person's list opens."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    view = models.ForeignKey(SavedView, models.CASCADE, related_name="defaults")
    list = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["firm", "user", "list"], name="default_view_once")]


class AuditEntry(models.Model):
    """One change of one row, written by the database's triggers (see `audit.py`) and by nothing else; never changed.

    `before` and `after` hold the columns that changed, as JSON, what is null left out; a new row has no `before`, a
    deleted one no `after`.
    It outlives what it is about, so neither firm nor person is held by a constraint.
    """

    class Action(models.TextChoices):
        CREATED = "created", "Added"
        CHANGED = "changed", "Changed"
        DELETED = "deleted", "Deleted"

    firm = models.ForeignKey(
        "firm.Firm", models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    model = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    action = models.CharField(max_length=8, choices=Action)
    before = models.JSONField()
    after = models.JSONField()
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    source = models.CharField(max_length=200, blank=True)

    objects = FirmQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index("firm", models.F("at").desc(nulls_last=True), "id", name="audit_latest_idx"),
            models.Index(fields=["model", "object_id", "id"], name="audit_of_one_idx"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.model} {self.object_id} {self.action} {self.at:%Y-%m-%d %H:%M}"
