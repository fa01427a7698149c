"""Signing in and protecting an account, in a browser under the real content security policy."""

from __future__ import annotations

import base64
import hmac
import re
import struct
import time
from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress
from playwright.sync_api import Page, expect

from bigtime.firm.models import User

pytestmark = [
    pytest.mark.browser,
    pytest.mark.urls("tests.bigtime.core.shell_urls"),
    pytest.mark.django_db(transaction=True),
]

Opened = Callable[..., Page]
PASSWORD = "correct horse battery"


@pytest.fixture
def maya() -> User:
    user = User.objects.create_user("maya@example.com", PASSWORD, name="Maya Ortiz")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def sign_in(page: Page) -> None:
    page.get_by_label("E-mail address").fill("maya@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def confirm_it_is_you(page: Page) -> None:
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()


def six_figures(secret: str) -> str:
    """What an authenticator app shows now for a secret (RFC 6238: 30 seconds, SHA-1, six digits)."""
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", int(time.time()) // 30), "sha1")
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset : offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def test_a_wrong_password_is_said_and_the_address_kept(opened: Opened, maya: User) -> None:
    page = opened("/accounts/login/?next=/accounts/2fa/")
    page.get_by_label("E-mail address").fill("maya@example.com")
    page.get_by_label("Password").fill("not it")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator(".note.err")).to_contain_text("not correct")
    expect(page.get_by_label("E-mail address")).to_have_value("maya@example.com")


def test_passkey_is_registered_and_signs_in_alone(opened: Opened, maya: User) -> None:
    page = opened("/accounts/login/")
    # A passkey belongs to a name; browsers refuse it for a bare IP address.
    page.goto(re.sub(r"//127\.0\.0\.1", "//localhost", page.url) + "?next=/accounts/2fa/webauthn/add/")
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    abilities = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {**abilities, "isUserVerified": True, "automaticPresenceSimulation": True}},
    )
    sign_in(page)
    confirm_it_is_you(page)
    page.get_by_label("Name").fill("My laptop")
    page.get_by_label("Sign in with it alone").check()
    page.get_by_role("button", name="Continue").click()
    expect(page).not_to_have_url(re.compile("/webauthn/add/"), timeout=20_000)
    page.goto(page.url.split("/accounts/")[0] + "/accounts/2fa/webauthn/")
    expect(page.locator(".panel")).to_contain_text("My laptop")
    expect(page.locator(".panel .tag")).to_have_text("Passkey")

    page.context.clear_cookies()
    page.goto(page.url.split("/accounts/")[0] + "/accounts/login/?next=/accounts/sessions/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", name="Where you’re signed in")).to_be_visible()
    expect(page.locator(".panel", has_text="This one")).to_contain_text("Chrome on Linux")


def test_a_passkey_that_is_not_there_is_said(opened: Opened, maya: User) -> None:
    page = opened("/accounts/login/")
    page.evaluate("() => {navigator.credentials.get = () => Promise.reject(new DOMException('', 'NotAllowedError'))}")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.locator("#toasts .toast.error")).to_contain_text("The passkey wasn’t used")


def test_authenticator_app_guards_the_next_sign_in(opened: Opened, maya: User) -> None:
    page = opened("/accounts/login/?next=/accounts/2fa/totp/activate/")
    sign_in(page)
    confirm_it_is_you(page)
    page.get_by_text("Type the key instead").click()
    secret = page.locator("#authenticator_secret").inner_text()
    page.get_by_label("Enter the six figures").fill(six_figures(secret))
    page.get_by_role("button", name="Switch on").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    codes = page.locator("#recovery_codes").input_value().split()
    assert len(codes) == 10

    page.context.clear_cookies()
    page.goto(page.url.split("/accounts/")[0] + "/accounts/login/?next=/accounts/2fa/")
    sign_in(page)
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    page.get_by_label("Code").fill(codes[0])
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator(".panel", has_text="Recovery codes")).to_contain_text("9 left")
