"""QuickBooks Online's JSON: dotted paths, references as {"value", "name"}, a suffix on an inactive record's name."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from integrations.sync.errors import Rejected
from integrations.sync.targets import Identity

# Making a record inactive frees its name by a suffix; recorded answers have it in both casings.
_SUFFIX = re.compile(r"\s*\(deleted\)$", re.IGNORECASE)
_NAMES = frozenset({"DisplayName", "Name", "FullyQualifiedName"})


class OnlineDialect:
    """See `integrations.sync.fields.Dialect`. https://developer.intuit.com/app/developer/qbo/docs/api/accounting"""

    key = "online"

    def get(self, raw: dict[str, Any], path: str) -> Any:
        value: Any = raw
        for part in path.split("."):
            if not isinstance(value, dict):
                raise Rejected(f"“{path}” can't be read: {value!r:.80} has no parts.", code="wrong_type", detail=path)
            value = value.get(part)
            if value is None:
                return None
        if path in _NAMES and raw.get("Active") is False and isinstance(value, str):
            return _SUFFIX.sub("", value)
        return value

    def put(self, out: dict[str, Any], path: str, value: Any) -> None:
        *above, last = path.split(".")
        for part in above:
            out = out.setdefault(part, {})
        out[last] = _plain(value)

    def get_ref(self, raw: dict[str, Any], path: str) -> Any:
        """A reference whose value is null or empty is an absent one."""
        return self.get(raw, f"{path}.value") or None

    def put_ref(self, out: dict[str, Any], path: str, remote_id: str) -> None:
        self.put(out, f"{path}.value", remote_id)

    def get_address(self, raw: dict[str, Any], path: str) -> Any:
        """Up to five lines, then city, state and postal code on one, then the country."""
        parts = self.get(raw, path)
        if parts is None:
            return None
        if not isinstance(parts, dict):
            raise Rejected(f"“{path}” can't be read: {parts!r:.80} is not an address.", code="wrong_type", detail=path)
        region = " ".join(_words(parts, "CountrySubDivisionCode", "PostalCode"))
        town = ", ".join(part for part in (*_words(parts, "City"), region) if part)
        street = _words(parts, "Line1", "Line2", "Line3", "Line4", "Line5")
        return "\n".join(line for line in (*street, town, *_words(parts, "Country")) if line)

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
            changed_at=_instant(changed),
            deleted=raw.get("status") == "Deleted",
        )


def _words(parts: dict[str, Any], *names: str) -> list[str]:
    return [str(parts[name]).strip() for name in names if parts.get(name)]


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if isinstance(value, date) else value


def _instant(text: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def online_literal(moment: datetime) -> str:
    """An instant as the query language writes it."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")
