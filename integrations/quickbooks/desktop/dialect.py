"""QuickBooks Desktop's records as dictionaries of elements: dotted paths, references as {"ListID", "FullName"}."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import Any

from integrations.quickbooks.dialect import Parts, instant
from integrations.sync.errors import Rejected
from integrations.sync.targets import Identity

from .text import sendable

# A company file is one company: it has no id of its own.
COMPANY_ID = "company"


class DesktopDialect(Parts):
    """Elements as in Intuit's qbXML 13.0."""

    key = "desktop"
    reference = "ListID"
    street, state = ("Addr1", "Addr2", "Addr3", "Addr4", "Addr5"), "State"

    def written(self, value: Any) -> Any:
        if isinstance(value, str):
            return sendable(value)
        if isinstance(value, bool):
            return "true" if value else "false"
        return f"{value:f}" if isinstance(value, Decimal) else super().written(value)

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


def wall_clock(text: str) -> str:
    """The local time without its offset, which is how QuickBooks takes it back rightly in summer and winter."""
    return text[:19]
