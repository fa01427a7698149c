"""The few JSON addresses beside the SOAP service: signing in, registering, the heartbeat."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sync_agent.configuration import Configuration
from sync_agent.problems import SignedOut, Trouble
from sync_agent.transport import Reply, Transport

PATH = "/quickbooks/desktop/agent/"
MENDS = {
    "wrong_credentials": "Check the e-mail address and the password.",
    "code_needed": "Type the six digits from your authenticator app.",
    "wrong_code": "Type the six digits that your authenticator app shows now.",
    "not_administrator": "Sign in as an administrator of your firm.",
    "not_enabled": "In BigTime choose My Company, Integrations, QuickBooks Desktop, and press Enable.",
    "not_granted": "In BigTime choose My Company, Integrations, QuickBooks Desktop, and press Grant.",
    "too_many": "Wait a few minutes and try again.",
}


@dataclass(frozen=True)
class Standing:
    """The server's word on this agent, from a heartbeat."""

    state: str = "Active"
    active_computer: str = ""
    work_waiting: int = 0
    sync_requested: bool = False
    changes_found: bool = False
    activity: str = ""
    interval: int = 60


@dataclass(frozen=True)
class SignedIn:
    token: str
    person: str
    firms: tuple[tuple[str, str], ...]


class Account:
    """Asks one installation. Raises Unreachable, SignedOut, or Trouble with the server's own words and code."""

    def __init__(self, server: str, transport: Transport, *, agent_id: str = "", secret: str = "") -> None:
        self._base, self._transport = server.rstrip("/") + PATH, transport
        pair = base64.b64encode(f"{agent_id}:{secret}".encode()).decode()
        self._as_agent = {"Authorization": f"Basic {pair}"}

    def sign_in(self, email: str, password: str, code: str = "") -> SignedIn:
        said = self._ask("sign-in", {"email": email, "password": password, "code": code}, {})
        firms = tuple((str(firm["id"]), str(firm["name"])) for firm in said.get("firms", []))
        return SignedIn(_needed(said, "token"), str(said.get("person", "")), firms)

    def register(self, token: str, facts: Mapping[str, str]) -> dict[str, str]:
        """Credentials of a new agent; the secret is said here once and never again."""
        said = self._ask("register", facts, {"Authorization": f"Bearer {token}"})
        for name in ("agent_id", "secret", "soap_url"):
            _needed(said, name)
        return {name: str(value) for name, value in said.items() if value is not None}

    def company(self, facts: Mapping[str, Any]) -> None:
        self._ask("company", facts, self._as_agent)

    def heartbeat(self, facts: Mapping[str, Any]) -> Standing:
        return _standing(self._ask("heartbeat", facts, self._as_agent))

    def sync_now(self) -> Standing:
        return _standing(self._ask("sync-now", {}, self._as_agent))

    def pause(self, paused: bool) -> Standing:
        return _standing(self._ask("pause", {"paused": paused}, self._as_agent))

    def report(self, checks: list[dict[str, str]]) -> None:
        self._ask("report", {"checks": checks}, self._as_agent)

    def sign_out(self) -> None:
        self._ask("sign-out", {}, self._as_agent)

    def _ask(self, name: str, facts: Mapping[str, Any], headers: Mapping[str, str]) -> dict[str, Any]:
        kind = {"Content-Type": "application/json", "Accept": "application/json", **headers}
        reply = self._transport.post(self._base + name, json.dumps(dict(facts)).encode(), kind, tries=2)
        said = _object(reply)
        if reply.status < 400:
            return said
        raise _refusal(reply, said, as_agent="Basic" in headers.get("Authorization", ""))


def account_of(configuration: Configuration, transport: Transport, secret: str) -> Account:
    return Account(configuration.server, transport, agent_id=configuration.agent_id, secret=secret)


def _refusal(reply: Reply, said: Mapping[str, Any], *, as_agent: bool) -> Trouble:
    code = str(said.get("error", ""))
    if as_agent and reply.status == 401:
        return SignedOut(
            str(said.get("message") or "BigTime doesn't know this Sync Agent any more."),
            str(said.get("what_to_do") or "Connect again: sign in as an administrator."),
            code="signed_out",
        )
    words = str(said.get("message") or f"BigTime refused (HTTP {reply.status}).")
    return Trouble(words, str(said.get("what_to_do") or MENDS.get(code, "")), code=code)


def _object(reply: Reply) -> dict[str, Any]:
    try:
        said = json.loads(reply.body or b"{}")
    except ValueError:
        said = None
    if isinstance(said, dict):
        return said
    if reply.status == 404 or reply.status < 400:
        raise Trouble(
            "There is no BigTime with QuickBooks Desktop at this address.",
            "Copy the address from your browser while BigTime is open.",
        )
    return {}


def _needed(said: Mapping[str, Any], name: str) -> str:
    if not said.get(name):
        raise Trouble("BigTime's answer is incomplete.", f"It has no {name}; is this Sync Agent too old for it?")
    return str(said[name])


def _standing(said: Mapping[str, Any]) -> Standing:
    return Standing(
        state=str(said.get("state") or "Active"),
        active_computer=str(said.get("active_computer") or ""),
        work_waiting=_number(said.get("work_waiting"), 0),
        sync_requested=said.get("sync_requested") is True,
        changes_found=said.get("changes_found") is True,
        activity=str(said.get("activity") or ""),
        interval=min(max(_number(said.get("interval"), 60), 1), 3600),
    )


def _number(value: object, otherwise: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else otherwise
