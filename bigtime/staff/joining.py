from __future__ import annotations

from bigtime.firm.models import Membership

from .models import Staff


def tie_staff_record(membership: Membership) -> None:
    """Gives somebody who joined the staff record with their address, when it is the only one and nobody's yet."""
    rows = Staff.objects.for_firm(membership.firm)
    if rows.filter(user=membership.user).exists():
        return
    found = list(rows.filter(user=None, email__iexact=membership.user.email).values_list("pk", flat=True)[:2])
    if len(found) == 1:
        rows.filter(pk=found[0]).update(user=membership.user)
