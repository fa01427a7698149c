from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from bigtime.firm.models import Firm

from .models import Staff


@transaction.atomic
def set_active(*, firm: Firm, staff: Iterable[int], active: bool) -> int:
    """Archives or restores staff members of the firm; gives how many changed. Their time and account stay."""
    return Staff.objects.for_firm(firm).filter(pk__in=staff, is_active=not active).update(is_active=active)
