"""Talks to Intuit's authorization server through intuit-oauth's AuthClient, with time-outs and one discovery a process.

https://developer.intuit.com/app/developer/qbo/docs/develop/authentication-and-authorization/oauth-2.0
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

import requests
from django.utils import timezone
from intuitlib.client import AuthClient
from intuitlib.enums import Scopes
from intuitlib.exceptions import AuthClientError

from integrations.sync.errors import AccountingError, Disconnected, Retryable

from . import addresses
from .intuit_app import Credentials, redirect_address

T = TypeVar("T")
TIMEOUT = (5, 30)  # seconds: to connect, to answer
DISCOVERY_SECONDS = 24 * 3600
_discovered: dict[str, tuple[float, requests.Response]] = {}

UNREACHABLE = "Intuit can't be reached at the moment."


class IntuitClient(AuthClient):
    """AuthClient as it is, plus what it leaves open: time-outs, a discovery document that is kept, the hard expiry."""

    def __init__(self, credentials: Credentials, redirect: str = "") -> None:
        environment = addresses.discovery(credentials.environment)
        super().__init__(credentials.client_id, credentials.client_secret, redirect, environment)
        self.headers["x-include-refresh-token-hard-expires-in"] = "true"

    def get(self, url: str, **options: Any) -> requests.Response:
        """Only the discovery document is read with GET here; the constructor would fetch it for every client."""
        kept = _discovered.get(url)
        if kept and time.monotonic() - kept[0] < DISCOVERY_SECONDS:
            return kept[1]
        answer: requests.Response = super().get(url, **options)
        if answer.ok:
            _discovered[url] = (time.monotonic(), answer)
        return answer

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        options["timeout"] = options.get("timeout") or TIMEOUT
        answer: requests.Response = super().send(request, **options)
        return answer


@dataclass(frozen=True, slots=True)
class Grant:
    """What the token endpoint gave. No token is in a repr."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    access_expires_at: datetime
    refresh_expires_at: datetime
    hard_expires_at: datetime | None


def authorization_url(credentials: Credentials, state: str) -> str:
    """Intuit's page where a person signs in, chooses a company and authorizes. Raises Retryable, Disconnected."""
    redirect = redirect_address()

    def address() -> str:
        return str(IntuitClient(credentials, redirect).get_authorization_url([Scopes.ACCOUNTING], state_token=state))

    return _ask(address)


def exchange(credentials: Credentials, code: str) -> Grant:
    """The grant for an authorization code, which works once. Raises Disconnected (code invalid_grant …), Retryable."""
    return _grant(credentials, lambda client: client.get_bearer_token(code), redirect_address())


def refresh(credentials: Credentials, refresh_token: str) -> Grant:
    """A fresh grant, whose refresh token may be a new one. Raises Disconnected (invalid_grant …), Retryable."""
    return _grant(credentials, lambda client: client.refresh(refresh_token))


def revoke(credentials: Credentials, token: str) -> None:
    """Ends the grant at Intuit. Raises Disconnected when Intuit refuses, Retryable when it can't be reached."""
    _ask(lambda: IntuitClient(credentials).revoke(token))


def check(credentials: Credentials) -> None:
    """Returns when Intuit knows this client id and secret: it then finds fault only with a made-up refresh token.

    Raises Disconnected with code invalid_client when it doesn't know them, Retryable when it can't be reached.
    """
    try:
        refresh(credentials, "AB00000000000000BigTimeChecksCredentials")
    except Disconnected as error:
        if error.code != "invalid_grant":
            raise


def _grant(credentials: Credentials, ask: Callable[[Any], None], redirect: str = "") -> Grant:
    asked_at = timezone.now()

    def answer() -> Grant:
        client = IntuitClient(credentials, redirect)
        ask(client)
        return _read(client, asked_at)

    return _ask(answer)


def _read(client: Any, asked_at: datetime) -> Grant:
    """Raises ValueError, TypeError, AttributeError when the answer lacks what Intuit documents."""
    if not (client.access_token and client.refresh_token):
        raise ValueError("no tokens in the answer")
    hard = getattr(client, "x_refresh_token_hard_expires_in", None)
    return Grant(
        str(client.access_token),
        str(client.refresh_token),
        asked_at + timedelta(seconds=int(client.expires_in)),
        asked_at + timedelta(seconds=int(client.x_refresh_token_expires_in or 100 * 86400)),
        asked_at + timedelta(seconds=int(hard)) if hard else None,
    )


def _ask(ask: Callable[[], T]) -> T:
    """Errors leave without their cause: an answer's body has no place in a traceback."""
    try:
        return ask()
    except AuthClientError as error:
        failure: AccountingError = _classified(error)
    except requests.RequestException as error:
        failure = Retryable(UNREACHABLE, code=type(error).__name__)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        failure = Retryable("Intuit answered something that can't be read.", code=type(error).__name__)
    raise failure from None


REFUSALS = {
    "invalid_grant": "Intuit no longer accepts this authorization.",
    "invalid_client": "Intuit doesn't know this client id and secret.",
    "unauthorized_client": "Intuit doesn't allow this app to do that.",
    "invalid_token": "Intuit no longer accepts this authorization.",
}


def _classified(error: AuthClientError) -> AccountingError:
    status = int(error.status_code)
    tid = f"HTTP {status}, intuit_tid {error.intuit_tid}"
    code = _error_code(error)
    if code in REFUSALS:
        return Disconnected(REFUSALS[code], code=code, detail=tid)
    if status == 401:
        return Disconnected(REFUSALS["invalid_client"], code="invalid_client", detail=tid)
    after = 60.0 if status == 429 else None
    return Retryable(UNREACHABLE, code=code or str(status), detail=tid, after=after)


def _error_code(error: AuthClientError) -> str:
    try:
        return str(error.response.json().get("error", ""))
    except (ValueError, AttributeError):
        return ""
