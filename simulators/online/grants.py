"""Grants and their tokens: one per consent, with a refresh token that rotates as Intuit's does."""

from __future__ import annotations

import secrets
import time
from dataclasses import asdict, dataclass, field
from typing import Any

from simulators.online.config import Config

CODE_SECONDS = 600
ACCOUNTING = "com.intuit.quickbooks.accounting"
SCOPES = frozenset({"openid", "profile", "email", "phone", "address", ACCOUNTING, "com.intuit.quickbooks.payment"})


class GrantError(Exception):
    """An OAuth error: its word, its description and the HTTP status it travels with."""

    def __init__(self, error: str, description: str = "", status: int = 400) -> None:
        super().__init__(error, description)
        self.error, self.description, self.status = error, description, status


@dataclass(frozen=True)
class App:
    """A registered application. An empty ``redirect_uris`` allows any loopback address."""

    client_id: str
    client_secret: str
    name: str = "BigTime"
    redirect_uris: tuple[str, ...] = ()


@dataclass
class Grant:
    """One user's consent for one app and company. ``code`` is the authorization code it began with."""

    id: str
    realm: str
    client_id: str
    user: str
    scopes: list[str]
    granted_at: float
    redirect_uri: str = ""
    code: str = ""
    code_used: bool = False
    current: str = ""
    previous: str = ""
    rotated_at: float = 0.0
    issued_at: float = 0.0
    revoked: bool = False


@dataclass
class Access:
    """An access token's grant and end."""

    token: str
    grant: str
    expires: float


@dataclass
class Grants:
    """Every grant of this simulator. Changes wait in ``take_changes`` for the log."""

    grants: dict[str, Grant] = field(default_factory=dict)
    _access: dict[str, Access] = field(default_factory=dict)
    _changes: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def consent(self, *, realm: str, client_id: str, user: str, scopes: list[str], redirect_uri: str) -> Grant:
        """A new grant whose code waits to be redeemed."""
        code = "XAB" + secrets.token_urlsafe(36)
        grant = Grant(secrets.token_hex(8), realm, client_id, user, scopes, time.time(), redirect_uri, code)
        self.grants[grant.id] = grant
        self._changed(grant)
        return grant

    def redeem(self, config: Config, *, code: str, client_id: str, redirect_uri: str) -> dict[str, Any]:
        """The first tokens for a code. A second use fails and revokes what the first one brought."""
        grant = next((item for item in self.grants.values() if code and item.code == code), None)
        if grant is None or grant.client_id != client_id:
            raise GrantError("invalid_grant", "The authorization code is not valid.")
        if grant.code_used:
            self.revoke(grant)
            raise GrantError("invalid_grant", "The authorization code has been used before.")
        if time.time() - grant.granted_at > CODE_SECONDS:
            raise GrantError("invalid_grant", "The authorization code has expired.")
        if redirect_uri != grant.redirect_uri:
            raise GrantError("invalid_grant", "The redirect_uri is not the one the code was issued for.")
        grant.code_used = True
        return self.issue(config, grant)

    def issue(self, config: Config, grant: Grant) -> dict[str, Any]:
        """Fresh tokens for a grant that has none yet."""
        grant.current, grant.rotated_at = _refresh_token(), time.time()
        return self._answer(config, grant)

    def refresh(self, config: Config, *, token: str, client_id: str) -> dict[str, Any]:
        """A new access token; the refresh token changes as the configured rotation says. Raises GrantError."""
        grant = self._by_refresh(token)
        now = time.time()
        if grant is None or grant.client_id != client_id or not self._usable(config, grant, token, now):
            raise GrantError("invalid_grant", "Incorrect or invalid refresh token")
        interval = {"always": 0.0, "daily": config.rotation_interval}.get(config.rotation, float("inf"))
        if token == grant.current and now - grant.rotated_at >= interval:
            grant.previous, grant.current, grant.rotated_at = grant.current, _refresh_token(), now
        return self._answer(config, grant)

    def access(self, token: str) -> tuple[Grant, Access] | None:
        """The grant behind an access token, expired or not."""
        found = self._access.get(token)
        return (self.grants[found.grant], found) if found else None

    def find(self, token: str) -> Grant | None:
        """The grant behind any kind of token."""
        found = self.access(token)
        return found[0] if found else self._by_refresh(token)

    def revoke(self, grant: Grant) -> None:
        """End a grant: neither of its tokens works from now on."""
        grant.revoked = True
        self._changed(grant)

    def live(self, realm: str) -> list[Grant]:
        """The apps connected to a company."""
        return [grant for grant in self.grants.values() if grant.realm == realm and grant.current and not grant.revoked]

    def expire_access(self, realm: str) -> int:
        """End the access tokens of a company now; answers how many."""
        ours = [item for item in self._access.values() if self.grants[item.grant].realm == realm]
        for item in ours:
            item.expires = 0.0
            self._changes.append(("access", asdict(item)))
        return len(ours)

    def take_changes(self) -> list[tuple[str, dict[str, Any]]]:
        changes, self._changes = self._changes, []
        return changes

    def restore_grant(self, record: dict[str, Any]) -> None:
        self.grants[record["id"]] = Grant(**record)

    def restore_access(self, record: dict[str, Any]) -> None:
        self._access[record["token"]] = Access(**record)

    def _by_refresh(self, token: str) -> Grant | None:
        return next((item for item in self.grants.values() if token and token in (item.current, item.previous)), None)

    def _usable(self, config: Config, grant: Grant, token: str, now: float) -> bool:
        if grant.revoked or now - grant.issued_at > config.refresh_idle_seconds:
            return False
        if now - grant.granted_at > config.refresh_hard_seconds:
            return False
        return token == grant.current or now - grant.rotated_at <= config.rotation_grace

    def _answer(self, config: Config, grant: Grant) -> dict[str, Any]:
        now = time.time()
        grant.issued_at = now
        # Intuit's access tokens are encrypted JWTs of about this length: columns made too short show here.
        access = Access("eyJ" + secrets.token_urlsafe(690), grant.id, now + config.access_token_seconds)
        self._access[access.token] = access
        self._changed(grant)
        self._changes.append(("access", asdict(access)))
        return {
            "token_type": "bearer",
            "access_token": access.token,
            "expires_in": int(config.access_token_seconds),
            "refresh_token": grant.current,
            "x_refresh_token_expires_in": int(config.refresh_idle_seconds),
        }

    def _changed(self, grant: Grant) -> None:
        self._changes.append(("grant", asdict(grant)))


def _refresh_token() -> str:
    return "AB11" + secrets.token_urlsafe(34)
