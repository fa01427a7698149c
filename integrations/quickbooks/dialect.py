"""What both editions write alike: parts in parts under dotted paths, addresses by lines, instants by their offset."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from integrations.sync.errors import Rejected


class Parts:
    """See `integrations.sync.fields.Dialect`. An edition adds its names of things, and how it writes a value."""

    key: str
    reference: str  # what stands for the id in a reference
    street: tuple[str, ...]  # the lines of an address
    state: str

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
        above, _, last = path.rpartition(".")
        for part in above.split(".") if above else ():
            out = out.setdefault(part, {})
        out[last] = self.written(value)

    def written(self, value: Any) -> Any:
        return value.isoformat() if isinstance(value, date) else value

    def get_ref(self, raw: dict[str, Any], path: str) -> Any:
        """A reference whose id is empty is an absent one."""
        return self.get(raw, f"{path}.{self.reference}") or None

    def put_ref(self, out: dict[str, Any], path: str, remote_id: str) -> None:
        self.put(out, f"{path}.{self.reference}", remote_id)

    def get_address(self, raw: dict[str, Any], path: str) -> Any:
        """Up to five lines, then city, state and postal code on one, then the country."""
        parts = self.get(raw, path)
        if parts is None:
            return None
        if not isinstance(parts, dict):
            raise Rejected(f"“{path}” can't be read: {parts!r:.80} is not an address.", code="wrong_type", detail=path)
        region = " ".join(_words(parts, self.state, "PostalCode"))
        town = ", ".join(part for part in (*_words(parts, "City"), region) if part)
        return "\n".join(line for line in (*_words(parts, *self.street), town, *_words(parts, "Country")) if line)


def _words(parts: dict[str, Any], *names: str) -> list[str]:
    return [str(parts[name]).strip() for name in names if parts.get(name)]


def instant(text: Any) -> datetime | None:
    """An instant as QuickBooks writes it. Desktop's offset is that of standard time, in summer too: off by an hour."""
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
