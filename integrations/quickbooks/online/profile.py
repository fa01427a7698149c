"""What holds for the connected company as a whole: its closing date, currency and features, as last read."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from integrations.models import Connection, RemoteRecord

from . import company


def keep(connection: Connection, preferences: dict[str, Any]) -> None:
    """Writes to the connection what differs from what it says; nothing when nothing differs."""
    mirrored = RemoteRecord.objects.filter(connection=connection, entity="company").values_list("data", flat=True)
    found = company.describe(connection.company_id, mirrored.first() or {}, preferences)
    facts = {key: value for key, value in connection.facts.items() if key != "read_at"}
    now: dict[str, Any] = {
        "closed_through": found.closed_through,
        "home_currency": found.currency or connection.home_currency,
        "company_name": found.name if mirrored.exists() else connection.company_name,
        "facts": {**facts, **found.features},
    }
    before: dict[str, Any] = {"closed_through": connection.closed_through, "home_currency": connection.home_currency}
    before |= {"company_name": connection.company_name, "facts": facts}
    if now == before:
        return
    now["facts"] = {**facts, **found.features, "read_at": timezone.now().isoformat()}
    for name, value in now.items():
        setattr(connection, name, value)
    connection.save(update_fields=[*now, "updated_at"])
