"""Every page of the product in a browser, full of lifelike data, at a desk by day and on a phone by night.

Nothing on the console, nothing against the content security policy, nothing sticks out, nothing serious for axe.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from tests.security.addresses import Address, addresses, is_public
from tests.simulator import Simulator

from .lifelike import Lifelike

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

LOOKS: dict[str, dict[str, Any]] = {
    "desk": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "light"},
    "phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
}
# Answers for programs, files, and what only Intuit opens.
NOT_PAGES = frozenset(
    {
        "timesheets:projects", "quickbooks_online:callback", "quickbooks_online:state", "quickbooks_desktop:download",
        "quickbooks_desktop:qwc", "quickbooks_desktop:live", "quickbooks_desktop:steps",
    }
)  # fmt: skip
# The sign-in package's pages that a person who is signed in can open.
ACCOUNT = (
    "account_email", "account_change_password", "account_logout", "mfa_index", "mfa_list_webauthn",
    "usersessions_list",
)  # fmt: skip
SIGNED_OUT = ("account_login", "account_reset_password", "account_reset_password_done", "account_inactive")
# Pages are visited in as many tests, so that several processes share them.
SHARES = 2


def pages() -> list[Address]:
    return [
        each for each in addresses() if "GET" in each.methods and not is_public(each) and each.name not in NOT_PAGES
    ]


@dataclass
class Visitor:
    """A browser that notes every complaint with the page it came from."""

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
        answer = self.page.goto(self.root + path)
        self.page.wait_for_load_state()
        if answer is None or answer.status != 200:
            self.complain(f"answers {answer.status if answer else 'nothing'}")
        width, room = self.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        if width > room:
            self.complain(f"{width} wide in {room}: {self.page.evaluate(WIDEST)}")
        # What axe puts into a page by itself isn't the page's doing.
        self.here = ""
        for fault in Axe().run(self.page, options=AXE).response["violations"]:
            if fault["impact"] in {"serious", "critical"}:
                self.found.append(f"{path}: {fault['id']} {[node['target'] for node in fault['nodes'][:3]]}")


# Its own loading of stylesheets would be refused by our policy, and go on into the next page.
AXE = {"preload": False, "resultTypes": ["violations"]}
WIDEST = (
    "[...document.querySelectorAll('main *')].filter((e) => e.getBoundingClientRect().right > innerWidth + 1)"
    ".slice(0, 3).map((e) => `${e.tagName}.${e.className}`).join(' ')"
)


@pytest.fixture
def context(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[BrowserContext]:
    # Without motion: a toast that is still fading in has no colours of its own to judge.
    opened = chromium.new_context(**LOOKS[request.getfixturevalue("look")], reduced_motion="reduce")
    yield opened
    opened.close()


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("look", LOOKS)
def test_every_page_is_sound(
    look: str, share: int, context: BrowserContext, live_server: LiveServer, simulator: Simulator, settings: Any
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


@pytest.mark.parametrize("look", LOOKS)
def test_every_page_for_people_who_are_not_signed_in(
    look: str, context: BrowserContext, live_server: LiveServer
) -> None:
    visitor = Visitor(context.new_page(), live_server.url, [])
    for name in SIGNED_OUT:
        visitor.visit(reverse(name))
    assert visitor.found == []
