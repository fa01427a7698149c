"""An administrator's password, and the second factor where it is on, for the Sync Agent's wizard."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.contrib.auth import authenticate
from django.core import signing
from django.core.cache import cache

from bigtime.firm.models import Membership, Role, User

from .admission import TRIES, TRIES_OF_ADDRESS, count_try
from .models import digest

SALT = "quickbooks_desktop.sign_in"
LIFETIME = 15 * 60  # seconds, from the password to the registration
CODES = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)


class SignInRefused(Exception):
    """`code` as the agent knows it, and a sentence for the person."""

    def __init__(self, code: str, message: str, what_to_do: str = "", *, status: int = 403) -> None:
        super().__init__(message)
        self.code, self.message, self.what_to_do, self.status = code, message, what_to_do, status


def sign_in(*, email: str, password: str, code: str, address: str) -> User:
    """Raises SignInRefused. Tries are counted by person and by address; a wrong code counts as a wrong password."""
    keys = [f"desktop-sign-in:{digest(email.strip().lower())}", f"desktop-sign-in-from:{address}"]
    if any((cache.get(key) or 0) >= most for key, most in zip(keys, (TRIES, TRIES_OF_ADDRESS), strict=True)):
        raise SignInRefused("too_many", "Too many tries.", "Wait ten minutes, then try again.", status=429)
    try:
        user = _person(email, password)
        _second_factor(user, code)
    except SignInRefused as refused:
        if refused.code != "code_needed":
            for key in keys:
                count_try(key)
        raise
    if not memberships(user):
        raise SignInRefused("not_administrator", "You aren't an administrator of a firm in BigTime.")
    return user


def _person(email: str, password: str) -> User:
    known = User.objects.filter(email__iexact=email.strip()).values_list("email", flat=True).first()
    user = authenticate(None, username=known or email, password=password)
    if not isinstance(user, User) or not user.is_active:
        raise SignInRefused("wrong_credentials", "E-mail address and password don't match.", status=401)
    return user


def _second_factor(user: User, code: str) -> None:
    held = list(Authenticator.objects.filter(user=user))
    if not held:
        return
    by_code = [each for each in held if each.type in CODES]
    if not by_code:
        words = "Your second factor is a security key, which works in a browser only."
        raise SignInRefused("code_needed", words, "Add an authenticator app to your account, then sign in here.")
    if not code.strip():
        raise SignInRefused("code_needed", "Your account asks for a second factor.", status=401)
    if not any(each.wrap().validate_code(code.strip()) for each in by_code):
        raise SignInRefused("wrong_code", "That code isn't right, or was used already.", status=401)


def memberships(user: User) -> list[Membership]:
    """Of the firms that the person administers."""
    found = Membership.objects.filter(user=user, is_active=True, role=Role.ADMINISTRATOR)
    return list(found.select_related("firm").order_by("firm__name"))


def token_of(user: User) -> str:
    """Says for fifteen minutes who signed in. A changed password ends it at once."""
    return signing.dumps([user.pk, user.get_session_auth_hash()[:20]], salt=SALT)


def person_of(token: str) -> User:
    """Raises SignInRefused."""
    try:
        pk, proof = signing.loads(token, salt=SALT, max_age=LIFETIME)
        user = User.objects.get(pk=pk, is_active=True)
    except (signing.BadSignature, User.DoesNotExist, ValueError, TypeError):
        user, proof = None, ""
    if user is None or user.get_session_auth_hash()[:20] != proof:
        raise SignInRefused("signed_out", "Your sign-in has run out. Sign in again.", status=401)
    return user
