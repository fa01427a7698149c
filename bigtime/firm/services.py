"""Who belongs to a firm and with which role. A firm is never left without an administrator who can sign in."""

from __future__ import annotations

from django.db import transaction

from .models import Firm, Membership, Role
from .refusals import Refused

LAST = "This is the firm’s last administrator. Make somebody else an administrator first."


@transaction.atomic
def change_role(*, firm: Firm, membership_id: int, role: str) -> Membership:
    """Gives the member another role. Raises Refused for the last administrator and for an unknown role."""
    if role not in Role.values:
        raise Refused("There is no such role.")
    membership = _locked(firm, membership_id)
    if role != Role.ADMINISTRATOR:
        _keep_an_administrator(membership)
    membership.role = role
    membership.save(update_fields=["role", "updated_at"])
    return membership


@transaction.atomic
def set_active(*, firm: Firm, membership_id: int, active: bool) -> Membership:
    """Deactivates a member (who then can't open this firm) or lets them in again. Time and history stay."""
    membership = _locked(firm, membership_id)
    if not active:
        _keep_an_administrator(membership)
    membership.is_active = active
    membership.save(update_fields=["is_active", "updated_at"])
    return membership


def _locked(firm: Firm, membership_id: int) -> Membership:
    # The firm's row is the lock: two administrators who demote each other at once wait in line.
    Firm.objects.select_for_update().get(pk=firm.pk)
    found = Membership.objects.select_related("user").filter(firm=firm, pk=membership_id).first()
    if found is None:
        raise Refused("This person isn’t a member of the firm any more.")
    return found


def _keep_an_administrator(leaving: Membership) -> None:
    if leaving.role != Role.ADMINISTRATOR or not leaving.is_active:
        return
    others = Membership.objects.filter(
        firm=leaving.firm_id, role=Role.ADMINISTRATOR, is_active=True, user__is_active=True
    )
    if not others.exclude(pk=leaving.pk).exists():
        raise Refused(LAST)
