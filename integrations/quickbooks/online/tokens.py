"""The grant of a connection: read, refreshed near its expiry by one process at a time, paused when Intuit refuses it.

Intuit changes the refresh token about once a day and keeps the former one working for another day, so a process may die
between Intuit's answer and our commit: the stored token is then Intuit's former one, and still works.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import OperationalError, transaction
from django.db import connection as database
from django.utils import timezone
from psycopg.errors import LockNotAvailable

from bigtime.core.encryption import Undecryptable
from integrations.models import Connection
from integrations.sync.crash import point
from integrations.sync.errors import AccountingError, Disconnected, Retryable

from . import intuit_app, oauth
from .models import Token
from .notices import tell_administrators
from .oauth import Grant

MARGIN = timedelta(minutes=10)
LOCK_SECONDS = 75  # longer than the two calls the lock's holder may make
# What only a person can mend: nothing is asked of Intuit while one of these stands.
PAUSES = frozenset({"invalid_grant", "invalid_client", "invalid_token", "unauthorized_client", "no_app", "no_grant"})
REASONS = {
    "invalid_grant": "QuickBooks no longer accepts our authorization. Reconnect to continue.",
    "invalid_token": "QuickBooks no longer accepts our authorization. Reconnect to continue.",
    "no_grant": "There is no authorization for this company. Reconnect to continue.",
    "undecryptable": "The stored authorization can't be read with this installation's keys. Reconnect to continue.",
    "invalid_client": "Intuit doesn't know the client id and secret of the Intuit app. Check them under Intuit app.",
}


def access_token(connection: Connection) -> str:
    """A token valid for minutes yet; asks Intuit for a new one only near expiry, one call whoever asks.

    Call it outside any transaction: what Intuit rotates must not be rolled back. Raises Disconnected, with the
    connection paused, when Intuit refuses the grant; Retryable when Intuit can't be reached.
    """
    token = _stored(connection)
    return token.access_token if token and _fresh(token) else _renewed(connection, _fresh)


def refresh_rejected(connection: Connection, rejected_token: str) -> str:
    """Another token than the one an API call got 401 for: what somebody else has fetched since, else a new one."""
    return _renewed(connection, lambda token: token.access_token != rejected_token and _fresh(token))


def _fresh(token: Token) -> bool:
    lifetime = token.access_expires_at - token.refreshed_at
    return bool(token.access_token) and token.access_expires_at - timezone.now() > min(MARGIN, lifetime / 6)


def _stored(connection: Connection) -> Token | None:
    """The row; None when there is none, the connection is stopped or it can't be read: then the lock decides."""
    try:
        return Token.objects.filter(connection=connection, connection__status=Connection.Status.ACTIVE).first()
    except Undecryptable:
        return None


def _renewed(connection: Connection, usable: Callable[[Token], bool]) -> str:
    """The refusal is written in the transaction that found it, and raised only after its commit."""
    try:
        with transaction.atomic(durable=True):
            outcome = _renew_locked(connection, usable)
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise Retryable("Another process is refreshing the authorization.", code="locked") from error
        raise
    if isinstance(outcome, AccountingError):
        raise outcome
    return outcome


def _renew_locked(connection: Connection, usable: Callable[[Token], bool]) -> str | Disconnected:
    with database.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
    try:
        token = Token.objects.select_for_update().filter(connection=connection).first()
        _refuse_stopped(connection)
        if token is None:
            raise Disconnected(REASONS["no_grant"], code="no_grant")
        return token.access_token if usable(token) else _refresh(connection, token)
    except Undecryptable:
        refusal = Disconnected(REASONS["undecryptable"], code="undecryptable")
    except Disconnected as error:
        refusal = error
    if refusal.code != "disabled":
        refusal.message = REASONS.get(refusal.code, refusal.message)
        pause(connection, refusal.code, refusal.message)
    return refusal


def _refuse_stopped(connection: Connection) -> None:
    """Raises Disconnected for a connection that was disabled, or paused for its authorization, since it was read."""
    now = Connection.objects.filter(pk=connection.pk).values("status", "pause_code", "pause_reason").first()
    if now is None or now["status"] == Connection.Status.DISABLED:
        raise Disconnected("QuickBooks Online is disabled here.", code="disabled")
    if now["status"] == Connection.Status.PAUSED and now["pause_code"] in PAUSES:
        raise Disconnected(now["pause_reason"], code=now["pause_code"])


def _refresh(connection: Connection, token: Token) -> str:
    grant = _granted(intuit_app.of_connection(connection), token)
    point("token_answered")
    former = token.refresh_token if token.refresh_token != grant.refresh_token else token.previous_refresh_token
    _write(token, grant, former)
    point("token_written")
    return grant.access_token


def _granted(credentials: intuit_app.Credentials, token: Token) -> Grant:
    """Tries the current refresh token, then the former one. Raises what Intuit said to the last of them."""
    refusal = Disconnected(REASONS["no_grant"], code="no_grant")
    for candidate in dict.fromkeys([token.refresh_token, token.previous_refresh_token]):
        if not candidate:
            continue
        try:
            return oauth.refresh(credentials, candidate)
        except Disconnected as error:
            if error.code != "invalid_grant":
                raise
            refusal = error
    raise refusal


def _write(token: Token, grant: Grant, former: str) -> None:
    token.access_token = grant.access_token
    token.refresh_token = grant.refresh_token
    token.previous_refresh_token = former
    token.access_expires_at = grant.access_expires_at
    token.refresh_expires_at = grant.refresh_expires_at
    token.hard_expires_at = grant.hard_expires_at or token.hard_expires_at
    token.refreshed_at = timezone.now()
    token.refreshes += 1
    token.save()


def store_grant(connection: Connection, grant: Grant) -> None:
    """A new authorization takes the place of whatever was there, readable or not."""
    values: dict[str, Any] = {
        "access_token": grant.access_token,
        "refresh_token": grant.refresh_token,
        "previous_refresh_token": "",
        "access_expires_at": grant.access_expires_at,
        "refresh_expires_at": grant.refresh_expires_at,
        "hard_expires_at": grant.hard_expires_at,
        "refreshed_at": timezone.now(),
        "refreshes": 0,
    }
    # An UPDATE reads nothing, so a row written with a lost key is no obstacle.
    if not Token.objects.filter(connection=connection).update(**values):
        Token.objects.create(connection=connection, **values)


def pause(connection: Connection, code: str, reason: str) -> None:
    """Stops the connection's traffic and keeps its queue; the first cause stands until somebody acts.

    The firm's administrators get a letter, once.
    """
    values = {"status": Connection.Status.PAUSED, "pause_code": code, "pause_reason": reason}
    active = Connection.objects.filter(pk=connection.pk, status=Connection.Status.ACTIVE)
    if active.update(**values, updated_at=timezone.now()):
        for name, value in values.items():
            setattr(connection, name, value)
        transaction.on_commit(lambda: tell_administrators(connection, reason), robust=True)


def revoke(connection: Connection) -> bool:
    """Ends the grant at Intuit and erases the tokens here, the latter even when Intuit doesn't confirm (False)."""
    confirmed = False
    try:
        token = Token.objects.filter(connection=connection).first()
        if token and token.refresh_token:
            oauth.revoke(intuit_app.of_connection(connection), token.refresh_token)
            confirmed = True
    except (AccountingError, Undecryptable):
        confirmed = False
    Token.objects.filter(connection=connection).delete()
    return confirmed
