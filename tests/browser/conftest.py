"""A browser for the tests: pages of the live server, in any size and theme, that may not complain on their console."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from bigtime.firm.models import Membership
from tests.factories.people import PASSWORD

DESK = {"width": 1440, "height": 900}
Opened = Callable[..., Page]


@pytest.fixture(scope="session", autouse=True)
def _static_files_are_kept() -> Iterator[None]:
    """A browser asks for each stylesheet, script and font once, as it does of a real server, not for every page."""
    serve = StaticFilesHandler.serve

    def kept(handler: StaticFilesHandler, request: HttpRequest) -> HttpResponseBase:
        response = serve(handler, request)
        response.headers["Cache-Control"] = "max-age=3600"
        return response

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StaticFilesHandler, "serve", kept)
        yield


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    # Playwright's loop runs in this thread; the database is used by the live server's.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("BIGTIME_CHROMIUM", "/usr/bin/chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
        )
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def opened(chromium: Browser, live_server: LiveServer) -> Iterator[Opened]:
    """`opened("/styleguide", scheme="dark", size=PHONE)` is that page; a complaint on its console fails the test."""
    contexts = []
    complaints: list[str] = []

    def visit(path: str, *, scheme: Any = "light", size: Any = DESK) -> Page:
        context = chromium.new_context(color_scheme=scheme, viewport=size)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.goto(live_server.url + path)
        page.wait_for_load_state("networkidle")
        assert complaints == []
        return page

    yield visit
    for context in contexts:
        context.close()


@pytest.fixture
def complaints() -> list[str]:
    """What a browser said on its console, or stumbled over."""
    return []


@pytest.fixture
def desk(
    chromium: Browser, live_server: LiveServer, settings: Any, complaints: list[str], tmp_path: Path
) -> Iterator[Callable[[Membership], Page]]:
    """`desk(membership)` is a browser of that person's own, signed in on the sign-in page."""
    settings.BASE_URL = live_server.url
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    settings.REDIS_URL = ""
    settings.INSTANCE_FILE = tmp_path / "instance"
    contexts: list[BrowserContext] = []

    def note(kind: str, place: str, text: str) -> None:
        # What the pages of the simulator say isn't ours to mend.
        if kind == "error" and place.startswith(live_server.url):
            complaints.append(f"{place}: {text}")

    def sit_down(membership: Membership) -> Page:
        context = chromium.new_context(viewport={"width": 1440, "height": 900}, base_url=live_server.url)
        context.set_default_timeout(20_000)
        contexts.append(context)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        context.on("console", lambda said: note(said.type, said.location["url"], said.text))
        page = context.new_page()
        page.goto("/accounts/login/")
        page.locator("[name=login]").fill(membership.user.email)
        page.locator("[name=password]").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page.locator("main .head h1")).to_be_visible()
        page.wait_for_load_state()
        return page

    yield sit_down
    for context in contexts:
        context.close()
