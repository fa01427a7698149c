"""The main job in the firm that keeps its books in QuickBooks Desktop: the Sync Agent carries everything."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
import urllib.request
from typing import Any

import _steps
from _walker import Lost, Walker

FILE = "lakeside-studio"
ALWAYS = "Yes, Always; Allow Access Even If QuickBooks Is Not Running"


def run(base_url: str, quickbooks_url: str, agent_env: dict[str, str]) -> bool:
    """Whether the company file then holds exactly what was posted. Raises Lost."""
    print("\nLakeside Studio, with QuickBooks Desktop")
    leo = _steps.sign_in(base_url, "leo")
    _enable(leo)
    _connect(base_url, quickbooks_url, agent_env)
    leo.open(f"{base_url}/company/integrations/quickbooks-desktop/enable/")
    leo.expect("Lakeside Studio.qbw")
    _steps.import_first_sync(leo, base_url)
    _steps.fill_week(base_url, "Mina")
    _steps.approve(base_url, "Leo", "Mina Park")
    before = {each["TxnID"] for each in _time_entries(quickbooks_url)}
    posted = _steps.post(base_url, "Leo")
    return _look(quickbooks_url, before, posted)


def _enable(leo: Walker) -> None:
    leo.follow("Integrations")
    leo.follow("QuickBooks Desktop")
    leo.press("Enable")
    leo.press("Grant")
    leo.expect("sync-agent.pyz")
    print("✓ Leo (administrator) enabled QuickBooks Desktop and pressed Grant")


def _connect(base_url: str, quickbooks_url: str, agent_env: dict[str, str]) -> None:
    """The wizard's steps in a terminal; QuickBooks' question is answered on its own page meanwhile."""
    command = [sys.executable, "-m", "sync_agent", "connect", "--email", "leo@example.com", "--password-stdin"]
    agent = subprocess.Popen(
        command, env=agent_env, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    assert agent.stdin is not None  # noqa: S101 - it was started with a pipe
    agent.stdin.write(f"{_steps.PASSWORD}\n")
    agent.stdin.close()
    agent.stdin = None
    try:
        _answer(agent, quickbooks_url)
        said = agent.communicate(timeout=_steps.PATIENCE)[0]
    finally:
        agent.kill()
    if agent.returncode:
        raise Lost(f"the Sync Agent could not connect: {' '.join(said.split())[-600:]}")
    found = re.search(r"Company file: (.*)", said)
    file = found.group(1).rsplit("/", 1)[-1] if found else "?"
    print(f"✓ The Sync Agent signed in, found {file}, and read it; in QuickBooks the answer was “{ALWAYS}”")


def _answer(agent: subprocess.Popen[str], quickbooks_url: str) -> None:
    """Waits for QuickBooks' dialog and presses its last button."""
    screen, end = Walker(), time.monotonic() + _steps.PATIENCE
    while time.monotonic() < end and agent.poll() is None:
        screen.open(f"{quickbooks_url}/books/{FILE}/access")
        if screen.sees("Application with No Certificate"):
            screen.press(ALWAYS)
            return
        time.sleep(0.3)


def _look(quickbooks_url: str, before: set[str], posted: _steps.Posted) -> bool:
    """What the company file holds now, read from QuickBooks' side."""
    entries = [each for each in _time_entries(quickbooks_url) if each["TxnID"] not in before]
    minutes = sum(_minutes(each["Duration"]) for each in entries)
    marks = [_steps.mark_of(str(each.get("Notes", ""))) for each in entries]
    same = _steps.agrees("The company file", posted, minutes, marks)
    for each in entries[:5]:
        person, place = each["EntityRef"]["FullName"], each.get("CustomerRef", {}).get("FullName", "")
        length = _steps.as_hours(_minutes(each["Duration"]))
        print(f"    {each['TxnID']:>16}  {each['TxnDate']}  {length:>5}  {person} · {place}")
    return same


def _minutes(duration: str) -> int:
    found = re.fullmatch(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:\d+S)?", duration)
    return int(found.group(1) or 0) * 60 + int(found.group(2) or 0) if found else 0


def _time_entries(quickbooks_url: str) -> list[dict[str, Any]]:
    with urllib.request.urlopen(f"{quickbooks_url}/_sim/{FILE}/dump/TimeTracking", timeout=30) as answer:
        found: list[dict[str, Any]] = json.loads(answer.read())["items"]
    return found
