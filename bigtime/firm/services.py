"""Who belongs to a firm and with which role. A firm is never left without an administrator who can sign in."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection, transaction

from bigtime.core.money import CURRENCIES
from bigtime.core.periods import time_zones

from . import invitations
from .models import Firm, Invitation, Membership, Role, User
from .refusals import Refused

LAST = "This is the firm’s last administrator. Make somebody else an administrator first."
LOCK = 7_246_002  # ours among the database's advisory locks: two firms of one name at once wait in line


@transaction.atomic
def new_firm(*, name: str, email: str, currency: str, time_zone: str) -> Membership | Invitation:
    """Makes a firm whose administrator is at `email`: a member at once with an account, else invited.

    `currency` is an ISO 4217 code, `time_zone` an IANA name. Where nobody came in by the invitation yet, the same name
    and address make a new one. Raises Refused for a bad value, a name that is taken and an account switched off.
    """
    name, email, currency = name.strip(), email.strip(), currency.strip().upper()
    _check_new_firm(name, email, currency, time_zone)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    user = User.objects.filter(email__iexact=email).first()
    if user and not user.is_active:
        raise Refused(f"The account {user.email} is switched off. Give another address.")
    firm = _still_empty(name, email) or Firm(name=name)
    is_new, firm.currency, firm.time_zone = firm.pk is None, currency, time_zone
    firm.save()
    if is_new and user and user.has_usable_password():
        return Membership.objects.create(firm=firm, user=user, role=Role.ADMINISTRATOR)
    return invitations.invite(firm=firm, email=email, role=Role.ADMINISTRATOR, by=None)


def _check_new_firm(name: str, email: str, currency: str, time_zone: str) -> None:
    if not 0 < len(name) <= 200:
        raise Refused("The firm needs a name of at most 200 characters.")
    try:
        validate_email(email)
    except ValidationError as error:
        raise Refused(f"“{email}” is not an e-mail address.") from error
    if len(email) > 254:
        raise Refused("The e-mail address is longer than 254 characters.")
    if currency not in CURRENCIES:
        raise Refused(f"“{currency}” is not a currency. Give its three letters, such as USD.")
    if time_zone not in time_zones():
        raise Refused(f"“{time_zone}” is not a time zone. Give a name such as America/New_York.")


def _still_empty(name: str, email: str) -> Firm | None:
    """The firm of that name, when it waits for this very person to come in. Raises Refused for any other."""
    found = Firm.objects.filter(name__iexact=name).first()
    if found is None:
        return None
    invited = found.invitations.filter(email__iexact=email, role=Role.ADMINISTRATOR, accepted_at=None)
    if found.memberships.exists() or not invited.exists():
        raise Refused(f"There is a firm called “{found}” already. Choose another name.")
    return found


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
