"""The main job in the firm that keeps its books in QuickBooks Online."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

import _steps

COMPANY = "Northwind Consulting Group"


def run(base_url: str, simulator_url: str) -> bool:
    """Whether QuickBooks then holds exactly what was posted. Raises Lost."""
    print("\nNorthwind Consulting, with QuickBooks Online")
    _connect(base_url)
    maya = _steps.sign_in(base_url, "maya")
    maya.press("Update now")
    _steps.import_first_sync(maya, base_url)
    _steps.fill_week(base_url, "Dmitri")
    _steps.approve(base_url, "Maya", "Dmitri Volkov")
    before = len(_time_activities(simulator_url))
    posted = _steps.post(base_url, "Aisha")
    return _look(simulator_url, before, posted)


def _connect(base_url: str) -> None:
    maya = _steps.sign_in(base_url, "maya")
    maya.follow("Integrations")
    maya.follow("QuickBooks Online")
    maya.press("Continue", tick=(("backup_made", "on"),))
    maya.follow("Connect to QuickBooks")
    maya.press("Sign in")
    maya.press(COMPANY)
    maya.press("Authorize")
    maya.expect("Connected")
    print(f"✓ Maya (administrator) enabled QuickBooks Online and authorized {COMPANY}")


def _look(simulator_url: str, before: int, posted: _steps.Posted) -> bool:
    """What the books hold now, read from QuickBooks' side."""
    activities = _time_activities(simulator_url)[before:]
    minutes = sum(int(each.get("Hours") or 0) * 60 + int(each.get("Minutes") or 0) for each in activities)
    marks = [_steps.mark_of(str(each.get("Description", ""))) for each in activities]
    same = _steps.agrees("QuickBooks Online", posted, minutes, marks)
    for each in activities[:5]:
        person = (each.get("EmployeeRef") or each.get("VendorRef") or {}).get("name", "?")
        place = (each.get("CustomerRef") or {}).get("name", "")
        length = f"{each.get('Hours', 0)}:{each.get('Minutes', 0):02d}"
        print(f"    {each['Id']:>5}  {each['TxnDate']}  {length:>5}  {person} · {place}")
    return same


def _time_activities(simulator_url: str) -> list[dict[str, Any]]:
    realms = _ask(f"{simulator_url}/_sim/realms")
    rows = realms.get("realms", realms) if isinstance(realms, dict) else realms
    realm = next(each["realm"] for each in rows if each["name"] == COMPANY)
    answer = _ask(f"{simulator_url}/_sim/{realm}/dump/TimeActivity")
    found: list[dict[str, Any]] = answer if isinstance(answer, list) else next(iter(answer.values()))
    return found


def _ask(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=30) as answer:
        return json.loads(answer.read())
