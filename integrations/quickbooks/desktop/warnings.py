"""What every page tells administrators of a company file: a computer that can't open QuickBooks, or is silent."""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from bigtime.core.context import Banner
from integrations.models import Connection

from .models import Channel

# The longest pause between two checks is four hours; past this something is wrong.
SILENT = timedelta(hours=5)


def warnings(connection: Connection) -> list[Banner]:
    channel = Channel.objects.filter(connection=connection).select_related("active").first()
    agent = channel.active if channel else None
    if agent is None:
        return []
    address = reverse("quickbooks_desktop:manage")
    if agent.problem:
        return [Banner("warn", f"{agent}: {agent.problem}", address, "Open")]
    if agent.last_seen_at and agent.last_seen_at < timezone.now() - SILENT:
        return [Banner("warn", f"{agent} hasn't called for hours. Is it on, and somebody signed in?", address, "Open")]
    return []
