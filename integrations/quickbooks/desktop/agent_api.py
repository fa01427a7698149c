"""What SOAP has no words for: signing in, registering, the heartbeat. JSON; `sync_agent/PROTOCOL.md` is the contract.

A session cookie means nothing here: the agent shows its own name and secret, the wizard a token of its sign-in.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from integrations.sync.errors import AccountingError, Rejected

from . import admission, services, sign_in, standing
from .endpoint import client_address
from .models import Agent, Channel
from .qwc import APP_ID, APP_NAME, OWNER_ID
from .sign_in import SignInRefused

Facts = dict[str, Any]
MOST_BYTES = 64 * 1024


def _refusal(code: str, message: str, what_to_do: str = "", *, status: int) -> JsonResponse:
    said = {"error": code, "message": message} | ({"what_to_do": what_to_do} if what_to_do else {})
    return JsonResponse(said, status=status)


def _json_view(view: Callable[[HttpRequest, Facts], JsonResponse]) -> Callable[[HttpRequest], JsonResponse]:
    """A JSON object in, a JSON object out; what is refused says so in words."""

    @csrf_exempt
    @require_POST
    @never_cache
    @wraps(view)
    def answered(request: HttpRequest) -> JsonResponse:
        try:
            facts = json.loads(request.read(MOST_BYTES + 1)[:MOST_BYTES] or b"{}")
        except ValueError:
            facts = None
        if not isinstance(facts, dict):
            return _refusal("not_json", "The request isn't a JSON object.", status=400)
        try:
            return view(request, facts)
        except SignInRefused as refused:
            return _refusal(refused.code, refused.message, refused.what_to_do, status=refused.status)
        except AccountingError as refused:
            return _refusal(refused.code, refused.message, status=409)

    return answered


def _agent_view(view: Callable[[Agent, Facts], JsonResponse]) -> Callable[[HttpRequest], JsonResponse]:
    """For a registered agent only."""

    @_json_view
    @wraps(view)
    def admitted(request: HttpRequest, facts: Facts) -> JsonResponse:
        name, secret = _basic(request)
        try:
            agent = admission.checked(name, secret, client_address(request))
        except admission.TooMany:
            return _refusal("too_many", "Too many tries with a wrong secret.", "Wait ten minutes.", status=429)
        if agent is None or not agent.channel.connection.is_enabled:
            words = "BigTime doesn't know this Sync Agent any more."
            return _refusal("signed_out", words, "Connect again: sign in as an administrator.", status=401)
        standing.seen(agent, facts)
        return view(agent, facts)

    return admitted


def _basic(request: HttpRequest) -> tuple[str, str]:
    kind, _, pair = request.headers.get("Authorization", "").partition(" ")
    try:
        name, _, secret = base64.b64decode(pair, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return "", ""
    return (name, secret) if kind.lower() == "basic" else ("", "")


def _text(facts: Facts, name: str) -> str:
    value = facts.get(name)
    return value.replace("\x00", "")[:1000] if isinstance(value, str) else ""


@_json_view
def sign_in_view(request: HttpRequest, facts: Facts) -> JsonResponse:
    user = sign_in.sign_in(
        email=_text(facts, "email"), password=_text(facts, "password"), code=_text(facts, "code"),
        address=client_address(request),
    )  # fmt: skip
    firms = [{"id": str(each.firm_id), "name": each.firm.name} for each in sign_in.memberships(user)]
    return JsonResponse({"token": sign_in.token_of(user), "person": user.name, "firms": firms})


@_json_view
def register(request: HttpRequest, facts: Facts) -> JsonResponse:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    user = sign_in.person_of(token if kind.lower() == "bearer" else "")
    channel = _channel(user, str(facts.get("firm") or ""))
    agent, secret = services.register(
        channel=channel, by=user, computer=_text(facts, "computer"), version=_text(facts, "version")
    )
    return JsonResponse(
        {
            "agent_id": agent.username,
            "secret": secret,
            "soap_url": f"{settings.BASE_URL}{reverse('quickbooks_desktop:soap')}",
            "firm_name": channel.connection.firm.name,
            "app_name": APP_NAME,
            "app_id": APP_ID,
            "owner_id": OWNER_ID,
            "file_id": channel.file_id,
        }
    )


def _channel(user: Any, firm: str) -> Channel:
    """Of the firm that was chosen, or the only one. Raises SignInRefused."""
    mine = [each.firm for each in sign_in.memberships(user) if firm in ("", str(each.firm_id))]
    if len(mine) > 1:
        raise SignInRefused("choose_firm", "Choose the firm this company file belongs to.", status=409)
    if not mine:
        raise SignInRefused("not_administrator", "You aren't an administrator of that firm in BigTime.")
    channel = services.current(mine[0])
    if channel is None:
        raise SignInRefused("not_enabled", f"QuickBooks Desktop isn't enabled for {mine[0].name}.", status=409)
    return channel


@_agent_view
def company(agent: Agent, facts: Facts) -> JsonResponse:
    """Which company file was found. Another one than the last is only taken when a person confirmed it."""
    name = _text(facts, "company_name").strip()
    if standing.is_another_firm_s(agent, _text(facts, "file_id")):
        words = f"{name} is connected to another firm of this BigTime. Connected twice, time could be posted twice."
        advice = "Open this firm's own company file, or have QuickBooks Desktop disabled in the other firm."
        return _refusal("another_firm", words, advice, status=409)
    if standing.is_other_company(agent, name, _text(facts, "company_file"), _text(facts, "file_id")):
        known = agent.channel.connection.company_name
        if facts.get("confirmed") is not True:
            words = f"BigTime was connected to {known}; the file open now is {name}. Its links would be its own."
            return _refusal("other_company", words, f"Open {known}, or confirm that {name} is meant.", status=409)
        services.accept_other(agent=agent, name=name)
    standing.found(agent, facts)
    return JsonResponse({})


@_agent_view
def heartbeat(agent: Agent, facts: Facts) -> JsonResponse:
    return JsonResponse(standing.of(agent))


@_agent_view
def sync_now(agent: Agent, facts: Facts) -> JsonResponse:
    try:
        services.sync_now(agent=agent)
    except Rejected as refused:
        return _refusal(refused.code, refused.message, status=409)
    return JsonResponse(standing.of(agent))


@_agent_view
def pause(agent: Agent, facts: Facts) -> JsonResponse:
    services.pause(agent=agent, paused=facts.get("paused") is True)
    return JsonResponse(standing.of(agent))


@_agent_view
def report(agent: Agent, facts: Facts) -> JsonResponse:
    standing.checked(agent, facts.get("checks"))
    return JsonResponse({})


@_agent_view
def sign_out(agent: Agent, facts: Facts) -> JsonResponse:
    services.revoke(agent=agent)
    return JsonResponse({})
