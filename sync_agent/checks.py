"""Check my set-up: what must be so before QuickBooks lets the agent in, each in plain words with what mends it.

QuickBooks tells the first thing that is wrong, by a number; what comes after that in the list is not known yet.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

from sync_agent import vault
from sync_agent.account import account_of
from sync_agent.company import Company, look_at
from sync_agent.configuration import Configuration
from sync_agent.host import Host, HostError
from sync_agent.hresults import trouble
from sync_agent.problems import Trouble
from sync_agent.transport import Transport

LATER = "Not known until the one above is mended."
HOSTED = ("RIGHTNETWORKS", "RIGHTWORKS", "SWIZZNET", "ACE_CLOUD", "CITRIX_SESSIONNAME")


@dataclass(frozen=True)
class Check:
    """`outcome` is good, bad or unknown; `mend` is empty unless something is to be done."""

    name: str
    outcome: str
    words: str
    mend: str = ""

    def as_facts(self) -> dict[str, str]:
        return asdict(self)


# Which of the checks below a number of QuickBooks' belongs to; any other belongs to the last one, access.
_BELONGS = {
    "0x80040154": "QuickBooks installed", "0x80040401": "QuickBooks installed", "0x8004041F": "QuickBooks installed",
    "0x80040408": "QuickBooks running", "0x80040416": "QuickBooks running", "0x80040424": "QuickBooks running",
    "0x80040414": "No dialog open", "0x800706BA": "No dialog open",
    "0x80040403": "Company file", "0x80040409": "Company file", "0x8004040A": "Company file",
    "0x8004041C": "Company file",
    "0x80040418": "Signed in as Admin",
    "0x80040410": "Single-user mode", "0x80040422": "Single-user mode", "0x8004041B": "Single-user mode",
}  # fmt: skip
_GOOD = {
    "QuickBooks installed": "QuickBooks is installed on this computer.",
    "QuickBooks running": "QuickBooks is running.",
    "No dialog open": "QuickBooks shows no dialog.",
    "Company file": "The right company file is open, and no other.",
    "Signed in as Admin": "QuickBooks accepts who is signed in.",
    "Single-user mode": "The mode of the company file is right.",
    "Access": "The Sync Agent may use the company file.",
}


def computer(environment: Mapping[str, str] = os.environ, *, administrator: bool | None = None) -> list[Check]:
    """What can be said about the computer without QuickBooks."""
    return [_administrator(administrator if administrator is not None else _is_administrator()), _hosted(environment)]


def quickbooks(configuration: Configuration, open_host: Callable[[], Host]) -> tuple[list[Check], Company | None]:
    """Opens QuickBooks once, as a session would, and looks; leaves it as it was."""
    try:
        with open_host() as host:
            host.open(configuration.app_id, configuration.app_name, configuration.company_file)
            company = look_at(host, configuration.owner_id)
    except HostError as error:
        return _up_to(_BELONGS.get(error.hresult, "Access"), trouble(error.hresult, error.message)), None
    except Trouble as error:
        return _up_to("QuickBooks installed", error), None
    return _of(company, configuration), company


def _up_to(name: str, problem: Trouble) -> list[Check]:
    found: list[Check] = []
    known = True
    for each, words in _GOOD.items():
        if each == name:
            found.append(Check(each, "bad", problem.words, problem.mend))
            known = False
        else:
            found.append(Check(each, "good", words) if known else Check(each, "unknown", LATER))
    return found


def _of(company: Company, configuration: Configuration) -> list[Check]:
    found = {name: Check(name, "good", words) for name, words in _GOOD.items()}
    if configuration.company_file and company.file.lower() != configuration.company_file.lower():
        found["Company file"] = Check(
            "Company file",
            "bad",
            f"{company.file} is open, but {configuration.company_file} is connected.",
            "Close it in QuickBooks and open the connected company file.",
        )
    if not configuration.company_file and not company.single_user:
        found["Single-user mode"] = Check(
            "Single-user mode",
            "bad",
            "The company file is open in multi-user mode.",
            "For the first time choose File, Switch to Single-user Mode in QuickBooks.",
        )
    if not company.automatic_login:
        found["Access"] = Check(
            "Access",
            "unknown",
            "The Sync Agent may use the company file, but only while it is open in QuickBooks.",
            "To let it work by itself, allow automatic login: Edit, Preferences, Integrated Applications, "
            "Company Preferences, Properties.",
        )
    return list(found.values())


def _administrator(yes: bool | None) -> Check:
    name = "Windows administrator"
    if yes is None:
        return Check(name, "good", "This isn't Windows, so nothing is needed here.")
    if yes:
        return Check(name, "good", "You are a Windows administrator.")
    return Check(
        name,
        "bad",
        "You aren't a Windows administrator, which the first connection needs.",
        "Sign in to Windows as an administrator, or ask the one who looks after this computer.",
    )


def _is_administrator() -> bool | None:
    if sys.platform == "win32":
        import ctypes  # noqa: PLC0415 - what is asked for exists on Windows only

        return bool(ctypes.windll.shell32.IsUserAnAdmin())
    return None


def _hosted(environment: Mapping[str, str]) -> Check:
    name = "Hosted environment"
    remote = environment.get("SESSIONNAME", "").upper().startswith(("RDP-", "ICA-"))
    if remote or any(word in environment for word in HOSTED):
        return Check(
            name,
            "unknown",
            "This looks like a hosted or remote desktop, where programs often may not be installed or stay running.",
            "If the Sync Agent doesn't stay, ask your hosting provider (Rightworks, for example) to install it.",
        )
    return Check(name, "good", "This looks like a computer of your own, not a hosted one.")


def bigtime(configuration: Configuration) -> Check:
    """Whether the installation answers, and still knows this agent."""
    name = "BigTime"
    if not configuration.is_registered:
        return Check(name, "unknown", "The Sync Agent isn't connected yet.", "Connect it first.")
    try:
        account_of(configuration, Transport(seconds=15), vault.recall(configuration.agent_id)).heartbeat(
            {"state": "idle"}
        )
    except Trouble as error:
        return Check(name, "bad", error.words, error.mend)
    return Check(name, "good", f"BigTime answers at {configuration.server} and knows this computer.")


def told(configuration: Configuration, found: list[Check]) -> None:
    """Shows the checks on BigTime's page too, where it can be reached; nobody waits for it."""
    if configuration.is_registered:
        with contextlib.suppress(Trouble):
            account = account_of(configuration, Transport(seconds=15), vault.recall(configuration.agent_id))
            account.report([one.as_facts() for one in found])
