"""The nine steps of connecting QuickBooks Desktop, then a week of time: a browser, the downloaded Sync Agent with its
windows, a company file, and a pump, each a process of its own. Every label is the one the instructions have.
"""

from __future__ import annotations

import hashlib
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
)
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from bigtime.firm.models import Firm, Membership, User
from integrations.models import Connection, Operation
from integrations.sync import guard
from simulators.remote import ROOT
from tests.factories.people import PASSWORD
from tests.simulators.desktop.caller import DesktopSimulator, running_desktop
from tests.sync_agent.screen import Person, hidden_screen, running_agent

from .journey import background, monday_of, tab_to

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not shutil.which("Xvfb"), reason="Xvfb isn't installed"),
]
ALWAYS = "Yes, Always; Allow Access Even If QuickBooks Is Not Running"
# What Mina types for Monday to Friday, and what QuickBooks is to hold.
TYPED = {"7:30": "7:30", "1.5": "1:30", "8": "8:00", "90m": "1:30", ":45": "0:45"}


@pytest.fixture
def books(tmp_path: Path) -> Iterator[tuple[DesktopSimulator, str]]:
    """A QuickBooks Desktop with one company file, and the key of it."""
    with running_desktop(tmp_path, "--seed", "none") as quickbooks:
        file = quickbooks.create("Harbor Design")
        quickbooks.add(file, "Customer", Name="Acme")
        quickbooks.add(file, "Customer", Name="Website", ParentRef="Acme")
        quickbooks.add(file, "Employee", FirstName="Mina", LastName="Park")
        quickbooks.add(file, "Account", Name="Fees", AccountType="Income")
        quickbooks.add(file, "ItemService", Name="Design", SalesOrPurchase={"Price": "150.00", "AccountRef": "Fees"})
        yield quickbooks, file


@pytest.fixture
def offered(settings: Any, tmp_path: Path) -> Path:
    """The folder of downloads, with the .pyz in it."""
    folder: Path = tmp_path / "downloads"
    subprocess.run([sys.executable, ROOT / "script" / "agent", "build", "--to", folder], check=True)
    settings.SYNC_AGENT_DIR = folder
    settings.MFA_TOTP_TOLERANCE = 4  # on a busy machine a code is not typed within its half minute
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "nine"}}
    cache.clear()
    guard._looked.clear()
    guard._newest.clear()
    return folder


def test_the_nine_steps_and_a_week_of_time(
    desk: Callable[[Membership], Page], member: Callable[..., Membership], firm: Firm, live_server: LiveServer,
    books: tuple[DesktopSimulator, str], offered: Path, complaints: list[str], tmp_path: Path,
) -> None:  # fmt: skip
    quickbooks, file = books
    leo = member("administrator", name="Leo Hart", password=PASSWORD)
    mina = member("staff", name="Mina Park", password=PASSWORD)
    host = [sys.executable, "-m", "simulators.desktop.host", "--url", quickbooks.url, "--file", file]
    environment = {
        "SYNC_AGENT_HOME": str(tmp_path / "agent"), "SYNC_AGENT_HOST": shlex.join(host), "BIGTIME_URL": live_server.url,
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
    }  # fmt: skip
    page = desk(leo)
    _enable_and_grant(page)
    program = _download(page, offered, tmp_path)
    secret = generate_totp_secret()
    TOTP.activate(leo.user, secret)
    with (
        background(tmp_path / "pump.log"),
        hidden_screen() as display,
        running_agent(program, display, tmp_path / "window.log", environment) as (person, process),
    ):
        _begin_and_sign_in(page, person, leo.user, secret)
        _connect(page, person, quickbooks, file)
        _continue(page, person)
        _import(page)
        monday = _enter_week(desk(mina))
        _approve(page)
        _post(page)
        _look_into_the_company_file(page, quickbooks, file, monday)
        person.reads("● Active")
        person.press("Quit")
        assert process.wait(30) == 0
    assert complaints == []


def _enable_and_grant(page: Page) -> None:
    """Steps 1 to 4: My Company and Integrations, QuickBooks Desktop, Enable, Grant."""
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Integrations").click()
    tile = page.locator("#tile-quickbooks_desktop")
    expect(tile).to_contain_text("Not connected")
    tile.get_by_role("link", name="Enable").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Before you connect")
    page.get_by_role("button", name="Enable").click()
    _ticked(page, "Enable")
    page.get_by_role("button", name="Grant").click()
    _ticked(page, "Grant")


def _ticked(page: Page, *labels: str) -> None:
    """The steps up to here are done and no other; nobody reloads the page."""
    done = page.locator("#desktop-steps li.done b")
    expect(done.last).to_have_text(labels[-1], timeout=30_000)
    assert done.all_inner_texts()[-len(labels) :] == list(labels)


def _download(page: Page, offered: Path, tmp_path: Path) -> Path:
    """Step 5: the file that the page offers is the one whose checksum it shows."""
    with page.expect_download() as download:
        page.get_by_role("link", name="sync-agent.pyz").click()
    program: Path = tmp_path / "sync-agent.pyz"
    download.value.save_as(program)
    digest = hashlib.sha256(program.read_bytes()).hexdigest()
    expect(page.locator("#desktop-steps")).to_contain_text(digest)
    assert (offered / "SHA256SUMS").read_text() == f"{digest}  sync-agent.pyz\n"
    return program


def _begin_and_sign_in(page: Page, person: Person, user: User, secret: str) -> None:
    """Step 6: Begin, then the administrator's credentials, and the second factor, which is on."""
    person.reads("Connect BigTime with QuickBooks Desktop")
    person.press("Begin")
    person.reads("Use your BigTime administrator credentials.")
    person.type("E-mail", user.email)
    person.type("Password", PASSWORD)
    person.press("Sign in")
    person.reads("Second factor is on: type the code.")
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    person.type("Code from your authenticator app", code)
    person.press("Sign in")
    assert ALWAYS in person.reads(ALWAYS)
    _ticked(page, "Enable", "Grant", "Download Sync Agent", "Begin, and sign in")


def _connect(page: Page, person: Person, quickbooks: DesktopSimulator, file: str) -> None:
    """Steps 7 and 8: Connect; QuickBooks asks on its own screen, with the four answers of the instructions."""
    person.press("Connect")
    person.reads("Waiting for QuickBooks. Answer its question there…")
    screen = page.context.new_page()
    screen.goto(f"{quickbooks.url}/books/{file}/access")
    answers = screen.get_by_role("alertdialog").get_by_role("button")
    expect(answers).to_have_text(
        ["No", "Yes, prompt each time", "Yes, whenever this QuickBooks company file is open", ALWAYS], timeout=30_000
    )
    answers.last.click()
    expect(screen.locator("tbody tr")).to_contain_text(["BigTime Sync Agent"])
    screen.close()
    person.reads("Is this the right company?")
    assert {"Harbor Design", quickbooks.path(file), "Admin"} <= set(person.sees())


def _continue(page: Page, person: Person) -> None:
    """Step 9: Continue, the first sync with its progress, and the agent goes on in the background."""
    person.press("Continue")
    person.reads("BigTime and QuickBooks are connected")
    _ticked(page, "Enable", "Grant", "Download Sync Agent", "Begin, and sign in", "Connect", "Continue: first sync")
    person.press("Finish")
    person.reads("● Active")


def _import(page: Page) -> None:
    page.get_by_role("link", name="Open Sync").click()
    page.get_by_role("link", name="Look at the preview").first.click(timeout=30_000)
    page.get_by_role("link", name=re.compile("^Employees")).click()
    expect(page.locator("tbody tr", has_text="Already here, will be linked")).to_have_count(1)
    page.get_by_role("button", name="Import").click()
    page.locator("#confirm-dialog").get_by_role("button", name="Import").click()
    expect(page.get_by_role("link", name="What it changed")).to_be_visible(timeout=45_000)
    assert Connection.objects.get().imported_at is not None


def _enter_week(page: Page) -> date:
    """Mina's week by keyboard, on the job and the service that came from QuickBooks; its Monday."""
    page.keyboard.press("t")
    expect(page.get_by_role("heading", level=1)).to_have_text("Timesheet")
    page.wait_for_load_state()
    page.keyboard.press("n")
    page.keyboard.type("Website")
    expect(page.locator("#row-project-list [role=option]")).to_have_text([re.compile("Website")])
    page.keyboard.press("Enter")
    expect(page.get_by_label("Labor code")).to_be_focused()
    page.keyboard.type("Design")
    tab_to(page, page.get_by_role("button", name="Add row"))
    page.keyboard.press("Enter")
    expect(page.locator("#row-dialog")).to_be_hidden()
    expect(page.locator("tr[data-row]", has_text="Website").locator(":focus")).to_be_visible()
    page.keyboard.press("Control+Home")
    for text in TYPED:
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    expect(page.locator("time-grid [data-total]")).to_have_text("19:15")
    expect(page.locator("time-grid [data-status]")).to_have_text(re.compile(r"^Saved\. "))
    page.get_by_role("button", name="Submit week").click()
    page.locator("#confirm-dialog").get_by_role("button", name="Submit").click()
    expect(page.locator("main .head")).to_contain_text("Submitted")
    return monday_of(timezone.localdate())


def _approve(page: Page) -> None:
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Approvals").click()
    row = page.locator("tbody tr", has_text="Mina Park")
    expect(row).to_contain_text("19:15")
    row.get_by_role("checkbox").check()
    page.get_by_role("button", name="Approve selected").click()
    expect(page.locator("tbody tr", has_text="Mina Park")).to_have_count(0)


def _post(page: Page) -> None:
    """The agent hears of it by itself, within a heartbeat."""
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Post Timesheets").click()
    page.locator("tbody input[name=timesheet]").check()
    page.get_by_role("button", name="Post Selected Time").click()
    expect(page.get_by_role("heading", name="All posted")).to_be_visible(timeout=60_000)
    expect(page.locator("tbody tr", has_text="Posted")).to_have_count(len(TYPED))
    assert set(Operation.objects.values_list("state", flat=True)) == {"posted"}


def _look_into_the_company_file(page: Page, quickbooks: DesktopSimulator, file: str, monday: date) -> None:
    """On QuickBooks' own page: each day once, as it was typed, for the job and the service."""
    assert len(quickbooks.dump(file, "TimeTracking")) == len(TYPED)
    screen = page.context.new_page()
    screen.goto(f"{quickbooks.url}/books/{file}/time")
    for at, hours in enumerate(TYPED.values()):
        cells = screen.locator("tbody tr", has_text=str(monday + timedelta(at))).locator("td")
        expect(cells).to_have_count(9)
        expected = [str(monday + timedelta(at)), "Mina Park", "Acme:Website", "Design", hours]
        assert [text.strip() for text in cells.all_inner_texts()[:5]] == expected
    screen.close()
