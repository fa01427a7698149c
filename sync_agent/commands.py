"""The commands beside connect. Those that touch the books leave it to a running agent when there is one."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import time
from dataclasses import asdict
from datetime import datetime

from sync_agent import bulletin, checks, first_time, vault
from sync_agent.account import account_of
from sync_agent.agent import PAUSED, Agent
from sync_agent.bulletin import Bulletin
from sync_agent.configuration import Configuration, load
from sync_agent.instance import OnlyOne, is_running
from sync_agent.keeping import Keeper
from sync_agent.problems import Trouble
from sync_agent.transport import Transport

PERMISSION = (
    "To remove the permission in QuickBooks as well: Edit, Preferences, Integrated Applications, Company Preferences, "
    "select {name}, Remove."
)


def say(words: str) -> None:
    """Writes a line, where there is somewhere to write to: a frozen Windows program without console has nowhere."""
    if sys.stdout is not None:
        sys.stdout.write(words + "\n")
        sys.stdout.flush()


def connected() -> Configuration:
    """The configuration; Trouble when the agent was never connected."""
    settings = load()
    if not settings.is_registered or not settings.company_file:
        raise Trouble("The Sync Agent isn't connected yet.", "Run: sync_agent connect")
    return settings


def run(options: argparse.Namespace) -> int:
    """Runs the agent in this terminal, until a signal or the command quit; with --wait until a signal only."""
    if options.wait:
        return _kept()
    settings = connected()
    with OnlyOne():
        bulletin.granted()
        agent = Agent(settings)
        signal.signal(signal.SIGTERM, lambda number, frame: agent.wish("quit"))
        signal.signal(signal.SIGINT, lambda number, frame: agent.wish("quit"))
        say(f"The Sync Agent runs for {settings.firm_name or settings.server}. Ctrl-C ends it.")
        agent.run()
    return 0


def _kept() -> int:
    keeper = Keeper()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, frame: keeper.over.set())
    say("A Sync Agent runs here whenever one is connected. Ctrl-C ends it.")
    keeper.run()
    return 0


def status(options: argparse.Namespace) -> int:
    """How the agent is; exit status 0 when it runs and nothing is wrong."""
    now, running = bulletin.latest(), is_running()
    if options.json:
        say(json.dumps({"running": running, **asdict(now)}))
    else:
        for name, value in status_lines(load(), now, running=running):
            say(f"{name + ':':<14} {value}")
    return 0 if running and now.state not in {"Failed to open connection", "Not connected"} else 1


def status_lines(settings: Configuration, now: Bulletin, *, running: bool) -> list[tuple[str, str]]:
    """Label and text of each line that status and the window show."""
    if not settings.is_registered:
        return [("State", "Not connected"), ("Next", "Run: sync_agent connect")]
    return [
        ("State", now.state if running else f"Not running (was {now.state})"),
        *([("Why", now.words)] if now.words and running else []),
        *([("What to do", now.mend)] if now.mend and running else []),
        ("Company file", settings.company_file or "none yet"),
        ("BigTime", f"{settings.firm_name} · {settings.server}"),
        ("Signed in as", settings.email),
        ("Last sync", moment(now.last_sync) or "never"),
        ("Last result", now.last_result or "none yet"),
        ("Next check", moment(now.next_check) or "none planned"),
    ]


def moment(iso: str) -> str:
    """A time as people say it, in the computer's own zone; empty for none."""
    try:
        return datetime.fromisoformat(iso).astimezone().strftime("%d %b %Y, %H:%M") if iso else ""
    except ValueError:
        return ""


def sync(options: argparse.Namespace) -> int:
    """Takes over and syncs: by the running agent, else here."""
    settings = connected()
    if is_running():
        bulletin.wish("sync")
        say("The running Sync Agent was asked to sync now. See: sync_agent status")
        return 0
    with OnlyOne():
        account_of(settings, Transport(seconds=30), vault.recall(settings.agent_id)).sync_now()
        agent = Agent(settings)
        agent.wish("sync")
        return _until_done(agent)


def _until_done(agent: Agent) -> int:
    """Ticks through one session and says how it went."""
    shown, started = -1, False
    while True:
        agent.tick()
        now = agent.bulletin
        if now.percent >= 0 and now.percent != shown:
            shown, started = now.percent, True
            say(f"{shown}%")
        if started and now.percent < 0:
            break
        if not started and now.state != "Active":
            raise Trouble(now.words or now.state, now.mend)
        time.sleep(0.1)
    agent.leave()
    say(now.words or now.last_result)
    if now.mend:
        say(now.mend)
    return 0 if now.state == "Active" else 1


def pause(options: argparse.Namespace) -> int:
    return _paused(paused=True)


def resume(options: argparse.Namespace) -> int:
    return _paused(paused=False)


def _paused(*, paused: bool) -> int:
    settings = connected()
    if is_running():
        bulletin.wish("pause" if paused else "resume")
    else:
        account_of(settings, Transport(seconds=30), vault.recall(settings.agent_id)).pause(paused)
        before = asdict(bulletin.latest())
        bulletin.publish(Bulletin(**{**before, "paused": paused, "state": PAUSED if paused else before["state"]}))
    say("Paused." if paused else "Goes on.")
    return 0


def quit_agent(options: argparse.Namespace) -> int:
    say("The Sync Agent ended." if ended(30) else "No Sync Agent was running.")
    return 0


def ended(seconds: float) -> bool:
    """Ends the running agent, if there is one. Trouble when it doesn't end in time."""
    if not is_running():
        return False
    bulletin.wish("quit")
    until = time.monotonic() + seconds
    while is_running():
        if time.monotonic() > until:
            raise Trouble("The running Sync Agent doesn't end.", "End its process, then try again.")
        time.sleep(0.2)
    return True


def check(options: argparse.Namespace) -> int:
    """Check my set-up; tells BigTime's page too. Exit status 1 when something is to be mended."""
    settings = load()
    found = [*checks.computer(), *checks.quickbooks(settings, lambda: first_time.reachable_host(settings))[0]]
    found.append(checks.bigtime(settings))
    if options.json:
        say(json.dumps([one.as_facts() for one in found]))
    else:
        for one in found:
            say(f"{ {'good': '✓', 'bad': '✗', 'unknown': '?'}[one.outcome] } {one.name}: {one.words}")
            if one.mend:
                say(f"    {one.mend}")
    checks.told(settings, found)
    return int(any(one.outcome == "bad" for one in found))


def reset(options: argparse.Namespace) -> int:
    """Ends the agent, forgets everything about the connection, and says what is left to do in QuickBooks."""
    ended(30)
    try:
        settings = load()
    except Trouble:
        settings = Configuration()
    with OnlyOne():
        for words in first_time.reset(settings):
            say(words)
        bulletin.clear()
    say("The connection is forgotten on this computer. Nothing in BigTime or QuickBooks was changed or lost.")
    say(PERMISSION.format(name=settings.app_name))
    say("To connect again: sync_agent connect")
    return 0
