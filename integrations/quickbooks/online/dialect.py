"""QuickBooks Online's JSON: dotted paths, references as {"value", "name"}, a suffix on an inactive record's name."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from integrations.quickbooks.dialect import Parts, instant
from integrations.sync.errors import Rejected
from integrations.sync.targets import Identity

# Making a record inactive frees its name by a suffix; recorded answers have it in both casings.
_SUFFIX = re.compile(r"\s*\(deleted\)$", re.IGNORECASE)
_NAMES = frozenset({"DisplayName", "Name", "FullyQualifiedName"})


class OnlineDialect(Parts):
    """https://developer.intuit.com/app/developer/qbo/docs/api/accounting"""

    key = "online"
    reference = "value"
    street, state = ("Line1", "Line2", "Line3", "Line4", "Line5"), "CountrySubDivisionCode"

    def get(self, raw: dict[str, Any], path: str) -> Any:
        value = super().get(raw, path)
        if path in _NAMES and raw.get("Active") is False and isinstance(value, str):
            return _SUFFIX.sub("", value)
        return value

    def written(self, value: Any) -> Any:
        if isinstance(value, Decimal):
            return int(value) if value == value.to_integral_value() else float(value)
        return super().written(value)

    def identify(self, raw: dict[str, Any]) -> Identity:
        """Raises Rejected for a record without an id: nothing can be done with it."""
        remote_id = raw.get("Id")
        if not isinstance(remote_id, str | int) or isinstance(remote_id, bool) or remote_id == "":
            raise Rejected("QuickBooks sent a record without an Id.", code="no_id")
        times = raw.get("MetaData")
        changed = times.get("LastUpdatedTime") if isinstance(times, dict) else None
        return Identity(
            remote_id=str(remote_id),
            version=str(raw.get("SyncToken") or "0"),
            changed_at=instant(changed),
            deleted=raw.get("status") == "Deleted",
        )


def online_literal(moment: datetime) -> str:
    """An instant as the query language writes it."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")
