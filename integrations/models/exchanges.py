"""What was said on the wire, for whoever has to find out."""

from __future__ import annotations

from django.db import models

from .connection import OfConnection


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
