"""Invitations: a link by mail, signed, single use, good for seven days."""

from __future__ import annotations

import secrets
from datetime import timedelta
from smtplib import SMTPException
from typing import Any

import structlog
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core import signing
from django.core.mail import send_mail
from django.db import IntegrityError, models, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from .models import Firm, Invitation, Membership, User
from .refusals import Refused

LIFE = timedelta(days=7)
SALT = "bigtime.firm.invitation"
USED = "This invitation was used already. Sign in with the password you chose then."
OLD = "This invitation isn’t valid any more: it is older than seven days, or a newer one was sent. Ask for a new one."

log = structlog.get_logger(__name__)


@transaction.atomic
def invite(*, firm: Firm, email: str, role: str, by: User | None) -> Invitation:
    """Makes or renews the invitation of an address; an older link stops working. Raises Refused for active members.

    `by` is who asks; None: whoever runs the installation.
    """
    Firm.objects.select_for_update().get(pk=firm.pk)  # two invitations of one address at once wait in line
    member = Membership.objects.filter(firm=firm, user__email__iexact=email).select_related("user").first()
    if member and member.is_active:
        raise Refused(f"{member.user} is already a member of this firm, as {member.get_role_display().lower()}.")
    if member:
        raise Refused(f"{member.user} was a member before: choose Let in again in the list.")
    now = timezone.now()
    values: dict[str, Any] = {
        "role": role, "invited_by": by, "nonce": secrets.token_urlsafe(32), "sent_at": now, "expires_at": now + LIFE,
        "accepted_at": None,
    }  # fmt: skip
    found = Invitation.objects.filter(firm=firm, email__iexact=email).first()
    if found is None:
        return Invitation.objects.create(firm=firm, email=email, **values)
    for name, value in values.items():
        setattr(found, name, value)
    found.save()
    return found


def link(invitation: Invitation) -> str:
    token = signing.dumps([invitation.pk, invitation.nonce], salt=SALT)
    return f"{settings.BASE_URL}{reverse('firm:invitation', args=[token])}"


def send(invitation: Invitation) -> bool:
    """Mails the link. False when the mail server refused or is away; the invitation stays and can be sent again."""
    context = {"invitation": invitation, "link": link(invitation), "days": LIFE.days}
    subject = f"{invitation.firm} invites you to BigTime"
    body = render_to_string("firm/invitation_mail.txt", context)
    try:
        return bool(send_mail(subject, body, None, [invitation.email]))
    except (SMTPException, OSError) as error:
        log.warning("invitation not sent", invitation=invitation.pk, error=type(error).__name__)
        return False


def find(token: str, *, lock: bool = False) -> Invitation:
    """The open invitation of a link. Raises Refused with the reason for a forged, used, renewed or expired one."""
    try:
        pk, nonce = signing.loads(token, salt=SALT, max_age=LIFE)
    except signing.SignatureExpired as error:
        raise Refused(OLD) from error
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise Refused("This link isn’t complete. Copy the whole address from the mail.") from error
    rows = Invitation.objects.select_related("firm")
    rows = rows.select_for_update(of=("self",)) if lock else rows
    found = rows.filter(pk=pk).first()
    if found is None or not secrets.compare_digest(found.nonce, str(nonce)) or found.expires_at < timezone.now():
        raise Refused(OLD)
    if found.accepted_at:
        raise Refused(USED)
    return found


def account_of(invitation: Invitation) -> User | None:
    """The account that already has this address and a way to sign in; None: the link may choose a password."""
    user = User.objects.filter(email__iexact=invitation.email).first()
    return user if user and user.has_usable_password() else None


@transaction.atomic
def accept_as(*, token: str, user: User) -> Membership:
    """The signed-in owner of the address joins. Raises Refused."""
    invitation = find(token, lock=True)
    if user.email.lower() != invitation.email.lower():
        raise Refused(f"This invitation is for {invitation.email}, and you are signed in as {user.email}.")
    return _join(invitation, user)


@transaction.atomic
def accept_new(*, token: str, name: str, password: str) -> Membership:
    """Makes the account of an address that has none, and joins. Raises Refused."""
    invitation = find(token, lock=True)
    if account_of(invitation):
        raise Refused("This address has an account already. Sign in, and open the link again.")
    user = User.objects.filter(email__iexact=invitation.email).first() or User(email=invitation.email.lower())
    user.name = name
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise Refused("This address got an account at this very moment. Sign in, and open the link again.") from error
    EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
    return _join(invitation, user)


def _join(invitation: Invitation, user: User) -> Membership:
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at", "updated_at"])
    membership, _ = Membership.objects.update_or_create(
        firm=invitation.firm, user=user, defaults={"role": invitation.role, "is_active": True}
    )
    for joined in _listeners:
        joined(membership)
    return membership


_listeners: list[Any] = []


def when_joined(listener: Any) -> None:
    """Upper apps say what else happens when somebody joins (staff ties a record), in the same transaction."""
    if listener not in _listeners:
        _listeners.append(listener)


def open_invitations(firm: Firm) -> models.QuerySet[Invitation]:
    return Invitation.objects.filter(firm=firm, accepted_at=None).select_related("invited_by").order_by("email")
