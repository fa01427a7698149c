"""Somebody of each role, signed in, for as many requests as there are addresses."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.test import Client

from bigtime.firm.models import Firm
from tests.factories import MembershipFactory, StaffFactory, UserFactory


@dataclass(frozen=True)
class People:
    """A firm, and a session of somebody signed in there for each role."""

    firm: Firm
    sessions: dict[str, str]

    def visitor(self, role: str, *, checks: bool = False) -> Client:
        """A browser of that person's own; `checks` forms for where they come from, as a real request is checked."""
        client = Client(raise_request_exception=False, enforce_csrf_checks=checks)
        client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[role]
        return client


def signed_in(firm: Firm, role: str) -> str:
    membership = MembershipFactory.create(firm=firm, role=role, user=UserFactory.create())
    StaffFactory.create(firm=firm, user=membership.user)
    client = Client()
    client.force_login(membership.user, backend="bigtime.firm.backends.MemberBackend")
    return client.cookies[settings.SESSION_COOKIE_NAME].value
