"""What each person's time is paid as, unless the row says otherwise."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from bigtime.codes.models import PayrollItem
from bigtime.firm.models import Firm
from bigtime.staff.models import Staff
from bigtime.timesheets.refusals import Refused


@transaction.atomic
def set_payroll_items(*, firm: Firm, chosen: Mapping[int, int | None]) -> int:
    """Gives people (by id) their default payroll item, None for none; how many have another one now.

    Holds for time already entered too, as long as it isn't posted: time without an item of its own is paid by the
    default. Raises Refused, with nothing changed, for a payroll item that can't be chosen.
    """
    offered = set(PayrollItem.objects.for_firm(firm).active().values_list("pk", flat=True))
    people = Staff.objects.for_firm(firm).filter(pk__in=chosen).select_for_update(of=("self",), no_key=True)
    changed = [person for person in people.order_by("pk") if person.payroll_item_id != chosen[person.pk]]
    for person in changed:
        wanted = chosen[person.pk]
        if wanted is not None and wanted not in offered:
            raise Refused(f"The payroll item chosen for {person.name} isn't there any more. Nothing was changed.")
        person.payroll_item_id, person.updated_at = wanted, timezone.now()
    Staff.objects.bulk_update(changed, ["payroll_item", "updated_at"])
    return len(changed)
