"""Every page of the product in a browser, full of lifelike data, at a desk by day and on a phone by night.

Nothing on the console, nothing against the content security policy, nothing sticks out, nothing serious for axe.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from simulators.online.remote import Simulator
from tests.security.addresses import Address, addresses, is_public

from . import axe
from .lifelike import Lifelike

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

LOOKS: dict[str, tuple[int, int, Any]] = {"desk": (1440, 900, "light"), "phone": (390, 844, "dark")}
# Answers for programs, files, and what only Intuit opens.
NOT_PAGES = frozenset(
    {
        "timesheets:projects", "firm:pick", "quickbooks_online:callback", "quickbooks_online:state",
        "quickbooks_desktop:download", "quickbooks_desktop:qwc", "quickbooks_desktop:live", "quickbooks_desktop:steps",
    }
)  # fmt: skip
# The sign-in package's pages that a person who is signed in can open.
ACCOUNT = (
    "account_email", "account_change_password", "account_logout", "mfa_index", "mfa_list_webauthn",
    "usersessions_list",
)  # fmt: skip
SIGNED_OUT = ("account_login", "account_reset_password", "account_reset_password_done", "account_inactive")
# Pages are visited in as many tests, so that several processes share them.
SHARES = 3


def pages() -> list[Address]:
    return [
        each for each in addresses() if "GET" in each.methods and not is_public(each) and each.name not in NOT_PAGES
    ]


@dataclass
class Visitor:
    """A browser that notes every complaint with the page it came from.

    A page is fetched once, at a desk by day, and judged there; then the same page is judged on a phone by night.
    """

    page: Page
    root: str
    found: list[str]
    here: str = ""

    def __post_init__(self) -> None:
        self.page.on("pageerror", lambda error: self.complain(f"error: {error}"))
        self.page.on("console", lambda said: self.complain(f"console: {said.text}") if said.type == "error" else None)
        self.page.add_init_script(
            "document.addEventListener('securitypolicyviolation',"
            " (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`))"
        )

    def complain(self, text: str) -> None:
        if self.here:
            self.found.append(f"{self.here}: {text}")

    def visit(self, path: str) -> None:
        self.here = path
        self.wear("desk")
        answer = self.page.goto(self.root + path)
        if answer is None or answer.status != 200:
            self.complain(f"answers {answer.status if answer else 'nothing'}")
        if self.page.evaluate(DASHES):
            self.complain("a choice is called ---------")
        self.judge("desk")
        self.here = path
        self.wear("phone")
        self.judge("phone")

    def wear(self, look: str) -> None:
        width, height, scheme = LOOKS[look]
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")

    def judge(self, look: str) -> None:
        width, room = self.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        if width > room:
            self.complain(f"{width} wide in {room}: {self.page.evaluate(WIDEST)}")
        # What axe puts into a page by itself isn't the page's doing.
        path, self.here = self.here, ""
        self.found += [f"{path} ({look}): {fault}" for fault in axe.faults(self.page)]


WIDEST = (
    "[...document.querySelectorAll('main *')].filter((e) => e.getBoundingClientRect().right > innerWidth + 1)"
    ".slice(0, 3).map((e) => `${e.tagName}.${e.className}`).join(' ')"
)
DASHES = "[...document.querySelectorAll('option')].some((option) => /^-+$/.test(option.text.trim()))"


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    # Without motion: a toast that is still fading in has no colours of its own to judge.
    opened = chromium.new_context(reduced_motion="reduce")
    yield opened
    opened.close()


@pytest.mark.parametrize("share", range(SHARES))
def test_every_page_is_sound(
    share: int, context: BrowserContext, live_server: LiveServer, simulator: Simulator, settings: Any
) -> None:
    settings.BASE_URL = live_server.url
    lifelike = Lifelike(simulator)
    client = Client()
    client.force_login(lifelike.maya.user, backend="bigtime.firm.backends.MemberBackend")
    lifelike.visited_by(str(client.session.session_key))
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    visitor = Visitor(context.new_page(), live_server.url, [])
    paths = [lifelike.url(each) for each in pages()] + [reverse(name) for name in ACCOUNT]
    for path in sorted(paths)[share::SHARES]:
        visitor.visit(path)
    assert visitor.found == []


def test_every_page_for_people_who_are_not_signed_in(context: BrowserContext, live_server: LiveServer) -> None:
    visitor = Visitor(context.new_page(), live_server.url, [])
    for name in SIGNED_OUT:
        visitor.visit(reverse(name))
    assert visitor.found == []
