"""Check my set-up against a QuickBooks in which one thing after the other is wrong: what it says, and what mends it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest

from sync_agent import checks
from sync_agent.configuration import Configuration
from sync_agent.host import Host
from tests.simulators.desktop.caller import DesktopSimulator, running_desktop

NAMES = [
    "QuickBooks installed", "QuickBooks running", "No dialog open", "Company file", "Signed in as Admin",
    "Single-user mode", "Access",
]  # fmt: skip


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DesktopSimulator]:
    with running_desktop(tmp_path_factory.mktemp("books"), "--seed", "empty") as simulator:
        yield simulator


def check(books: DesktopSimulator, file: str, *, connected: bool = False) -> list[checks.Check]:
    command = [sys.executable, "-m", "simulators.desktop.host", "--url", books.url, "--file", file]
    known = Configuration(company_file=books.path(file) if connected else "")
    return checks.quickbooks(known, lambda: Host(command, seconds=30))[0]


@pytest.mark.parametrize(
    ("conditions", "name", "mend"),
    [
        ({"not_started": True}, "QuickBooks running", "Start QuickBooks and open the company file"),
        ({"modal_dialog": True}, "No dialog open", "Answer or close the dialog in QuickBooks."),
        ({"other_file_open": True}, "Company file", "Close it and open the connected company file."),
        ({"signed_in_as": "Ada"}, "Signed in as Admin", "Sign in to QuickBooks as Admin, in single-user mode"),
        ({"multi_user": True}, "Single-user mode", "Switch to Single-user Mode"),
        ({"single_user_other": True}, "Single-user mode", "Close the other program"),
        ({"access_answer": "no"}, "Access", "Integrated Applications, Company Preferences, remove the Sync Agent"),
    ],
)
def test_one_thing_wrong_is_named_with_what_mends_it(
    books: DesktopSimulator, request: pytest.FixtureRequest, conditions: dict[str, Any], name: str, mend: str
) -> None:
    file = books.create(f"Wrong {request.node.callspec.id}"[:40])
    books.conditions(file, **conditions)

    found = check(books, file)

    assert [one.name for one in found] == NAMES
    at = NAMES.index(name)
    assert [one.outcome for one in found] == ["good"] * at + ["bad"] + ["unknown"] * (len(NAMES) - at - 1)
    assert mend in found[at].mend
    assert found[at].words.endswith(".")


def test_with_everything_right_nothing_is_to_mend(books: DesktopSimulator) -> None:
    file = books.create("All right")
    books.conditions(file, access_answer="always")

    assert [(one.outcome, one.mend) for one in check(books, file)] == [("good", "")] * len(NAMES)


def test_access_only_while_the_file_is_open_is_said(books: DesktopSimulator) -> None:
    file = books.create("While open")
    books.conditions(file, access_answer="when_running")

    found = check(books, file)

    assert [one.outcome for one in found] == ["good"] * 6 + ["unknown"]
    assert "allow automatic login" in found[-1].mend


def test_multi_user_is_right_once_the_first_grant_is_made(books: DesktopSimulator) -> None:
    file = books.create("Granted before")
    books.conditions(file, access_answer="always")
    check(books, file)
    books.conditions(file, multi_user=True)

    assert [one.outcome for one in check(books, file, connected=True)] == ["good"] * len(NAMES)
