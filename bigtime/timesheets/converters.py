"""A day in an address."""

from __future__ import annotations

from datetime import date

from .refusals import Refused
from .sent import read_day


class DayConverter:
    """`2026-11-16`, from 2000 to 2100; anything else is an address where nothing is."""

    regex = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        try:
            return read_day(value)
        except Refused as refusal:
            raise ValueError(refusal.sentence) from refusal

    def to_url(self, value: date | str) -> str:
        return value if isinstance(value, str) else value.isoformat()
