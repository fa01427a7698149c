"""Which Intuit app speaks for a firm: its own, else the installation's from the environment."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.urls import reverse

from bigtime.core.encryption import Undecryptable
from integrations.models import Connection
from integrations.sync.errors import Disconnected

from .models import IntuitApp
from .problems import ProblemError


@dataclass(frozen=True, slots=True)
class Credentials:
    """What Intuit knows an app by. The secret is in no repr."""

    environment: str
    client_id: str
    client_secret: str = field(repr=False)
    own: bool  # the firm's own app, not the installation's


def of_installation() -> Credentials | None:
    """The app named in the environment; None when it isn't complete there."""
    if not (settings.INTUIT_CLIENT_ID and settings.INTUIT_CLIENT_SECRET):
        return None
    return Credentials(settings.INTUIT_ENVIRONMENT, settings.INTUIT_CLIENT_ID, settings.INTUIT_CLIENT_SECRET, own=False)


def of_firm(firm: Any) -> Credentials | None:
    """The app a firm authorizes with now. Raises Disconnected when its stored secret can't be decrypted."""
    try:
        app: IntuitApp | None = IntuitApp.objects.for_firm(firm).first()
    except Undecryptable as error:
        raise Disconnected(str(error), code="undecryptable") from None
    if app is None:
        return of_installation()
    return Credentials(app.environment, app.client_id, app.client_secret, own=True)


def required(firm: Any) -> Credentials:
    """The app to authorize with. Raises ProblemError when there is none, or it can't be read."""
    try:
        found = of_firm(firm)
    except Disconnected as error:
        raise ProblemError("no_app", error.message) from None
    if found is None:
        raise ProblemError("no_app")
    return found


def of_connection(connection: Connection) -> Credentials:
    """The app that can use this connection's grant. Raises Disconnected when there is none for its environment."""
    found = of_firm(connection.firm_id)
    if found is None or found.environment != connection.environment:
        installed = of_installation()
        found = installed if installed and installed.environment == connection.environment else None
    if found is None:
        raise Disconnected(
            f"No Intuit app is set up for the {connection.environment} environment this connection was made in.",
            code="no_app",
        )
    return found


def redirect_address() -> str:
    """The address Intuit sends people back to; it must be registered at Intuit to the letter."""
    return str(settings.BASE_URL) + reverse("quickbooks_online:callback")
