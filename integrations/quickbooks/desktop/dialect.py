"""QuickBooks Desktop's records as dictionaries of elements: dotted paths, references as {"ListID", "FullName"}."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from integrations.sync.errors import Rejected
from integrations.sync.targets import Identity

from .text import sendable

# A company file is one company: it has no id of its own.
COMPANY_ID = "company"


class DesktopDialect:
    """See `integrations.sync.fields.Dialect`. Elements as in Intuit's qbXML 13.0."""

    key = "desktop"

    def get(self, raw: dict[str, Any], path: str) -> Any:
        value: Any = raw
        for part in path.split("."):
            if not isinstance(value, dict):
                raise Rejected(f"“{path}” can't be read: {value!r:.80} has no parts.", code="wrong_type", detail=path)
            value = value.get(part)
            if value is None:
                return None
        return value

    def put(self, out: dict[str, Any], path: str, value: Any) -> None:
        *above, last = path.split(".")
        for part in above:
            out = out.setdefault(part, {})
        out[last] = _plain(value)

    def get_ref(self, raw: dict[str, Any], path: str) -> Any:
        return self.get(raw, f"{path}.ListID") or None

    def put_ref(self, out: dict[str, Any], path: str, remote_id: str) -> None:
        self.put(out, f"{path}.ListID", remote_id)

    def get_address(self, raw: dict[str, Any], path: str) -> Any:
        """Up to five lines, then city, state and postal code on one, then the country."""
        parts = self.get(raw, path)
        if parts is None:
            return None
        if not isinstance(parts, dict):
            raise Rejected(f"“{path}” can't be read: {parts!r:.80} is not an address.", code="wrong_type", detail=path)
        region = " ".join(_words(parts, "State", "PostalCode"))
        town = ", ".join(part for part in (*_words(parts, "City"), region) if part)
        street = _words(parts, "Addr1", "Addr2", "Addr3", "Addr4", "Addr5")
        return "\n".join(line for line in (*street, town, *_words(parts, "Country")) if line)

    def identify(self, raw: dict[str, Any]) -> Identity:
        """Raises Rejected for a record without an id. A deleted record is known by its time of deletion."""
        remote_id = raw.get("ListID") or raw.get("TxnID") or (COMPANY_ID if "IsSampleCompany" in raw else "")
        if not isinstance(remote_id, str) or not remote_id:
            raise Rejected("QuickBooks sent a record without an id.", code="no_id")
        gone = raw.get("TimeDeleted")
        return Identity(
            remote_id=remote_id,
            version=str(raw.get("EditSequence") or "") or _content(raw),
            changed_at=instant(gone or raw.get("TimeModified")),
            deleted=bool(gone),
        )


def _content(raw: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(raw, sort_keys=True).encode()).hexdigest()[:40]


def _words(parts: dict[str, Any], *names: str) -> list[str]:
    return [str(parts[name]).strip() for name in names if parts.get(name)]


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return sendable(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else value


def instant(text: Any) -> datetime | None:
    """An instant as QuickBooks writes it. Its offset is that of standard time, in summer too: off by an hour then."""
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def wall_clock(text: str) -> str:
    """The local time without its offset, which is how QuickBooks takes it back rightly in summer and winter."""
    return text[:19]
