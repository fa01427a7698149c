"""Rules about names that hold for every list."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

# QuickBooks joins the levels of a customer with a colon, and refuses tabs and line breaks in names (Intuit error 2040).
REFUSED = re.compile(r"[:\t\r\n]")


def validate_bookable(name: str) -> None:
    """Refuses a name that QuickBooks can't take."""
    if REFUSED.search(name):
        raise ValidationError("A name can’t contain a colon, a tab or a line break: QuickBooks doesn’t accept them.")


def repeated(rows: models.QuerySet[Any], field: str, name: str, own: Any = None) -> bool:
    """Whether another row has this name in any letter case."""
    return rows.filter(**{f"{field}__iexact": name}).exclude(pk=own).exists()
