"""Whose time a person may see, correct and approve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, Q

from bigtime.core.prepared import Prepared
from bigtime.firm.access import BOOKKEEPERS
from bigtime.firm.models import Membership, Role
from bigtime.staff.models import Staff, StaffQuerySet

from .refusals import NotAllowed

OWN = Prepared(lambda firm, user: Staff.objects.for_firm(firm).filter(user_id=user)[:1], firm=int, user=int)


def own_staff(by: Membership) -> Staff | None:
    """The staff record of the person themselves; None for a user who isn't on the staff list."""
    return next(OWN.objects(firm=by.firm_id, user=by.user_id), None)


def viewer_staff(request: Any) -> Staff | None:
    """The staff record of the request's person, read once for a request."""
    if not hasattr(request, "viewer_staff"):
        request.viewer_staff = own_staff(request.membership)
    found: Staff | None = request.viewer_staff
    return found


def supervised(by: Membership) -> StaffQuerySet:
    """The staff whose time this person approves and may correct.

    Administrators and accountants: the whole firm. A manager: who reports to them, or the whole firm while nobody is
    set to report to them. Staff: nobody.
    """
    everyone = Staff.objects.for_firm(by.firm)
    if by.role in BOOKKEEPERS:
        return everyone
    if by.role != Role.MANAGER:
        return everyone.none()
    reports = Staff.objects.for_firm(by.firm).filter(manager__user_id=by.user_id)
    return everyone.filter(Q(manager__user_id=by.user_id) | ~Exists(reports))


@dataclass(frozen=True, slots=True)
class Hand:
    """One person's hand on one staff member's time."""

    by: Membership
    staff: Staff
    is_owner: bool
    supervises: bool

    @property
    def corrects(self) -> bool:
        """Changes somebody else's time: allowed to supervisors, and written down as a correction."""
        return self.supervises and not self.is_owner

    @property
    def opens_locked(self) -> bool:
        """Administrators and accountants may still enter time after a period's grace days."""
        return self.by.role in BOOKKEEPERS

    @property
    def approves(self) -> bool:
        """Nobody approves their own time but an administrator, who has nobody above them."""
        return self.supervises and (not self.is_owner or self.by.role == Role.ADMINISTRATOR)


def hand_on(*, by: Membership, staff: Staff) -> Hand:
    """Raises NotAllowed when the person may not even see this time."""
    is_owner = staff.user_id is not None and staff.user_id == by.user_id
    foreign = staff.firm_id != by.firm_id or not by.is_active
    # A manager's own time is for others to approve; nothing has to be looked up for it.
    supervises = not foreign and (by.role in BOOKKEEPERS or (not is_owner and _reports_to(by, staff)))
    if foreign or not (is_owner or supervises):
        raise NotAllowed("This timesheet isn't yours, and its owner doesn't report to you.")
    staff.firm = by.firm  # the same firm, already read
    return Hand(by, staff, is_owner, supervises)


def _reports_to(by: Membership, staff: Staff) -> bool:
    return by.role == Role.MANAGER and supervised(by).filter(pk=staff.pk).exists()
