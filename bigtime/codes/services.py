from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from bigtime.firm.models import Firm

from .models import LaborCode


@transaction.atomic
def set_active(*, firm: Firm, codes: Iterable[int], active: bool) -> int:
    """Archives or restores labor codes of the firm; gives how many changed. Time that carries them keeps them."""
    return LaborCode.objects.for_firm(firm).filter(pk__in=codes, is_active=not active).update(is_active=active)
