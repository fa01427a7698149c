"""The Sync Agent's own addresses, as `sync_agent/PROTOCOL.md` has them."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.test import Client
from django.urls import reverse

from bigtime.firm.models import Firm, Role
from integrations.models import SyncRun
from integrations.quickbooks.desktop import services
from integrations.quickbooks.desktop.models import Agent
from tests.factories import FirmFactory, MembershipFactory, UserFactory

from .conftest import Office

PASSWORD = "correct-horse-battery"


def ask(name: str, facts: dict[str, Any] | None = None, authorization: str = "") -> tuple[int, dict[str, Any]]:
    headers = {"Authorization": authorization} if authorization else {}
    address = reverse(f"quickbooks_desktop:agent_{name}")
    answer = Client().post(address, facts or {}, content_type="application/json", headers=headers)
    return answer.status_code, answer.json()


def basic(username: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{username}:{secret}".encode()).decode()


def administrator(firm: Firm, role: str = Role.ADMINISTRATOR) -> Any:
    return MembershipFactory.create(firm=firm, role=role, user=UserFactory.create(password=PASSWORD)).user


def sign_in(email: str, **more: str) -> tuple[int, dict[str, Any]]:
    return ask("sign_in", {"email": email, "password": PASSWORD, **more})


def test_signing_in_and_registering_gives_credentials_that_work(firm: Firm) -> None:
    user = administrator(firm)
    channel = services.enable(firm=firm, by=user)
    services.grant(channel=channel, by=user)
    status, said = sign_in(user.email.upper())
    assert (status, said["person"], said["firms"]) == (200, user.name, [{"id": str(firm.pk), "name": firm.name}])
    facts = {"firm": str(firm.pk), "computer": "FRONT-DESK", "platform": "Windows 11", "version": "1.0"}
    status, given = ask("register", facts, f"Bearer {said['token']}")
    assert status == 200
    assert given["firm_name"] == firm.name
    assert given["soap_url"].endswith("/quickbooks/desktop/soap")
    assert given["file_id"] == channel.file_id
    agent = Agent.objects.get()
    assert (agent.computer, agent.created_by) == ("FRONT-DESK", user)
    assert given["secret"] not in agent.secret_sha256
    status, standing = ask("heartbeat", {"state": "idle"}, basic(given["agent_id"], given["secret"]))
    assert (status, standing["state"], standing["work_waiting"]) == (200, "Active", 0)


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"password": "wrong"}, 401, "wrong_credentials"),
        ({"email": "nobody@example.com"}, 401, "wrong_credentials"),
        ({"role": Role.MANAGER}, 403, "not_administrator"),
        ({"role": Role.ACCOUNTANT}, 403, "not_administrator"),
    ],
    ids=str,
)
def test_who_may_not_sign_in(firm: Firm, change: dict[str, str], status: int, code: str) -> None:
    user = administrator(firm, change.pop("role", Role.ADMINISTRATOR))
    answer = ask("sign_in", {"email": user.email, "password": PASSWORD, **change})
    assert (answer[0], answer[1]["error"]) == (status, code)
    assert answer[1]["message"]
    assert "token" not in answer[1]


def test_a_second_factor_is_asked_for_and_works_once(firm: Firm) -> None:
    user = administrator(firm)
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    assert sign_in(user.email)[1]["error"] == "code_needed"
    assert sign_in(user.email, code="000000")[1]["error"] == "wrong_code"
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    assert sign_in(user.email, code=code)[0] == 200
    assert sign_in(user.email, code=code)[1]["error"] == "wrong_code"


def test_guessing_passwords_is_stopped(firm: Firm) -> None:
    user = administrator(firm)
    for _ in range(10):
        assert ask("sign_in", {"email": user.email, "password": "guess"})[0] == 401
    assert sign_in(user.email)[1]["error"] == "too_many"


def test_registering_needs_enable_then_grant_and_ones_own_firm(firm: Firm) -> None:
    user = administrator(firm)
    token = f"Bearer {sign_in(user.email)[1]['token']}"
    assert ask("register", {"firm": str(firm.pk)}, token)[1]["error"] == "not_enabled"
    channel = services.enable(firm=firm, by=user)
    assert ask("register", {"firm": str(firm.pk)}, token)[1]["error"] == "not_granted"
    services.grant(channel=channel, by=user)
    stranger = f"Bearer {sign_in(administrator(MembershipFactory.create().firm).email)[1]['token']}"
    assert ask("register", {"firm": str(firm.pk)}, stranger)[1]["error"] == "not_administrator"
    for wrong in ("", "Bearer made-up", f"{token}x", "Basic abc"):
        assert ask("register", {"firm": str(firm.pk)}, wrong)[0] == 401
    assert not Agent.objects.exists()


@pytest.mark.parametrize("name", ["company", "heartbeat", "sync_now", "pause", "report", "sign_out"])
def test_agents_addresses_refuse_whoever_is_no_agent(office: Office, name: str) -> None:
    for wrong in ("", "Basic ???", basic("", ""), basic(office.agent.username, "wrong"), f"Bearer {office.secret}"):
        status, said = ask(name, {}, wrong)
        assert (status, said["error"]) == (401, "signed_out")
    office.agent.refresh_from_db()
    assert office.agent.last_seen_at is None


def test_one_is_active_the_other_stands_by_and_sync_now_takes_over(office: Office) -> None:
    first = basic(office.agent.username, office.secret)
    other, secret = services.register(channel=office.channel, by=None, computer="Back office")
    second = basic(other.username, secret)
    assert ask("heartbeat", {}, first)[1]["state"] == "Active"
    status, said = ask("heartbeat", {}, second)
    assert (said["state"], said["active_computer"]) == ("Standby", "Front desk")
    status, said = ask("sync_now", {}, second)
    assert (status, said["state"], said["work_waiting"], said["interval"]) == (200, "Active", 1, 3)
    assert SyncRun.objects.get().state == "queued"
    assert ask("heartbeat", {}, first)[1]["state"] == "Standby"
    assert ask("pause", {"paused": True}, second)[1]["state"] == "Paused"
    assert ask("pause", {"paused": False}, second)[1]["state"] == "Active"


def test_what_is_told_is_kept_and_shown(office: Office, signed_in: Any) -> None:
    who = basic(office.agent.username, office.secret)
    facts = {
        "state": "failed", "version": "1.2", "quickbooks_user": "Admin", "company_file": r"C:\Books\Harbor.qbw",
        "next_check": "2026-11-23T18:00:00+00:00",
        "problem": {"hresult": "0x80040414", "message": "?", "what_to_do": ""},
    }  # fmt: skip
    ask("heartbeat", facts, who)
    checks = [{"name": "admin", "outcome": "bad", "words": "Not Admin.", "mend": "Sign in as Admin."}, "junk"]
    assert ask("report", {"checks": checks}, who) == (200, {})
    page = signed_in("administrator").get(reverse("quickbooks_desktop:manage")).content.decode()
    for words in ("Front desk", "Failed to open connection", "A dialog is open in QuickBooks.", "Not Admin.", "Admin"):
        assert words in page
    office.agent.refresh_from_db()
    assert office.agent.company_file == r"C:\Books\Harbor.qbw"


def test_another_company_file_is_asked_about_and_gets_links_of_its_own(office: Office) -> None:
    office.file.add("Customer", Name="Acme")
    office.sync()
    who = basic(office.agent.username, office.secret)
    facts = {"company_file": r"C:\Books\Else.qbw", "company_name": "Else Ltd"}
    status, said = ask("company", facts, who)
    assert (status, said["error"]) == (409, "other_company")
    assert services.current(office.firm) == office.channel
    assert ask("company", {**facts, "confirmed": True}, who) == (200, {})
    channel = services.current(office.firm)
    assert channel is not None
    assert channel.connection.company_name == "Else Ltd"
    assert office.connection.status == "disabled"
    assert ask("heartbeat", {}, who)[1]["state"] == "Active"


def test_signing_out_ends_it(office: Office) -> None:
    who = basic(office.agent.username, office.secret)
    assert ask("sign_out", {}, who) == (200, {})
    assert ask("heartbeat", {}, who)[0] == 401
    assert office.connector.visit() == 0


@pytest.mark.parametrize("body", ["", "[]", "not json", "null"])
def test_what_is_no_object_is_refused(db: None, body: str) -> None:
    address = reverse("quickbooks_desktop:agent_sign_in")
    answer = Client().post(address, body, content_type="application/json")
    assert answer.status_code in (400, 401)
    assert answer.json()["message"]


def test_a_company_file_of_another_firm_is_refused(office: Office) -> None:
    """Known by the stamp in the file; the other firm isn't named."""
    other = FirmFactory.create(name="Secret Rivals")
    user = administrator(other)
    theirs = services.enable(firm=other, by=user)
    facts = {"company_name": "Shop File", "company_file": "C:\\Books\\shop.qbw", "confirmed": True}
    facts["file_id"] = theirs.file_id.upper()
    who = basic(office.agent.username, office.secret)
    status, said = ask("company", facts, who)
    assert (status, said["error"]) == (409, "another_firm")
    assert "Secret Rivals" not in str(said)
    assert services.current(office.firm) == office.channel
    services.disable(connection=theirs.connection)
    assert ask("company", facts, who)[0] == 200
