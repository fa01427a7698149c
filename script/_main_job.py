"""The main job over HTTP, as four people do it: connect, sync, enter time, approve, post, look into the books."""

from __future__ import annotations

import json
import re
import time
import urllib.request
from typing import Any

from _walker import Lost, Walker

PASSWORD = "bigtime-demo-1"  # noqa: S105 - the demo prints it
COMPANY = "Northwind Consulting Group"
PATIENCE = 150  # seconds for each piece of background work; a throttled company rests for a minute


def run(base_url: str, simulator_url: str) -> int:
    """Does it once and prints each step. 0 when QuickBooks then holds exactly what was posted, else 1."""
    try:
        _connect(base_url)
        _sync(base_url)
        _fill_week(base_url)
        _approve(base_url)
        return _post(base_url, simulator_url)
    except Lost as lost:
        print(f"✗ {lost}")
        return 1


def _sign_in(base_url: str, name: str) -> Walker:
    walker = Walker()
    walker.open(f"{base_url}/accounts/login/")
    walker.press("Sign in", login=f"{name}@example.com", password=PASSWORD)
    walker.expect("Dashboard")
    return walker


def _until(walker: Walker, url: str, *words: str) -> None:
    """Looks at the page until it says one of these."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        walker.open(url)
        if any(walker.sees(each) for each in words):
            return
        time.sleep(0.3)
    raise Lost(f"{url} didn’t say {' or '.join(words)} within {PATIENCE} s")


def _connect(base_url: str) -> None:
    maya = _sign_in(base_url, "maya")
    maya.follow("Integrations")
    maya.follow("Enable")
    maya.press("Continue", tick=(("backup_made", "on"),))
    maya.follow("Connect to QuickBooks")
    maya.press("Sign in")
    maya.press(COMPANY)
    maya.press("Authorize")
    maya.expect("Connected")
    print(f"✓ Maya (administrator) enabled QuickBooks Online and authorized {COMPANY}")


def _sync(base_url: str) -> None:
    maya = _sign_in(base_url, "maya")
    maya.press("Update now")
    panel = f"{base_url}/company/integrations/sync/"
    _until(maya, panel, "Look at the preview", "Failed")
    maya.follow("Look at the preview")
    what = re.search(r"(\d+) to create, (\d+) already here", " ".join(maya.page.text.split()))
    maya.press("Import")
    _until(maya, panel, "What it changed", "Failed")
    maya.expect("What it changed")
    proposed = f"{what.group(1)} to create, {what.group(2)} already here" if what else "the preview"
    print(f"✓ First sync: previewed ({proposed}) and imported")


def _fill_week(base_url: str) -> None:
    """Dmitri completes his week and submits it."""
    dmitri = _sign_in(base_url, "dmitri")
    dmitri.open(f"{base_url}/timesheet/")
    form, _ = dmitri.form("Save")
    cells = [name for name, value in form.fields if name.startswith("c:") and not value]
    entries = dict(zip(cells[:4], ("1:30", "1.5", "90m", ":45")))  # noqa: B905 - readable by Python 3.8
    dmitri.press("Save", **entries)
    form, _ = dmitri.form("Save")
    minutes = sum(_minutes(value) for name, value in form.fields if name.startswith("c:") and value)
    dmitri.press("Submit week")
    dmitri.expect("Submitted")
    week = f"{minutes // 60}:{minutes % 60:02d}"
    print(f"✓ Dmitri entered {', '.join(entries.values())}, {week} in the week, and submitted it")


def _minutes(text: str) -> int:
    hours, _, rest = text.partition(":")
    return int(hours) * 60 + int(rest)


def _approve(base_url: str) -> None:
    maya = _sign_in(base_url, "maya")
    maya.open(f"{base_url}/approvals/")
    boxes = tuple(("sheet", value) for value in re.findall(r'name="sheet" value="(\d+:\d+)"', maya.page.html))
    maya.press("Approve selected", tick=boxes)
    maya.open(f"{base_url}/approvals/")
    if maya.sees("Dmitri Volkov"):
        raise Lost("Dmitri’s week still waits for approval")
    print(f"✓ Maya approved {len(boxes)} timesheets")


def _post(base_url: str, simulator_url: str) -> int:
    aisha = _sign_in(base_url, "aisha")
    before = len(_time_activities(simulator_url))
    aisha.open(f"{base_url}/quickbooks/post-timesheets/?span=this_month")
    ready = [
        value
        for value, rest in re.findall(r'name="timesheet" value="(\d+)"([^>]*)>', aisha.page.html)
        if "disabled" not in rest
    ]
    aisha.press("Post Selected Time", tick=tuple(("timesheet", each) for each in ready))
    _until(aisha, aisha.page.url, "All posted", "Finished")
    counts = re.search(r"Posted\s*(\d+)\s+([\d:]+) h", " ".join(aisha.page.text.split()))
    if counts is None or not aisha.sees("All posted"):
        raise Lost(f"not everything was posted: {' '.join(aisha.page.text.split())[-600:]}")
    posted, hours = int(counts.group(1)), counts.group(2)
    print(f"✓ Aisha (accountant) posted {posted} entries, {hours} hours, from {len(ready)} timesheets")
    return _look(simulator_url, before, posted, hours)


def _look(simulator_url: str, before: int, posted: int, hours: str) -> int:
    """What the books hold now, read from QuickBooks' side."""
    activities = _time_activities(simulator_url)[before:]
    minutes = sum(int(each.get("Hours") or 0) * 60 + int(each.get("Minutes") or 0) for each in activities)
    held = f"{minutes // 60}:{minutes % 60:02d}"
    marks = {_mark(each) for each in activities}
    same = len(activities) == posted == len(marks) and held == hours
    print(f"{'✓' if same else '✗'} QuickBooks now holds {len(activities)} new time activities, {held} hours, each once")
    for each in activities[:5]:
        person = (each.get("EmployeeRef") or each.get("VendorRef") or {}).get("name", "?")
        place = (each.get("CustomerRef") or {}).get("name", "")
        length = f"{each.get('Hours', 0)}:{each.get('Minutes', 0):02d}"
        print(f"    {each['Id']:>5}  {each['TxnDate']}  {length:>5}  {person} · {place}")
    return 0 if same else 1


def _mark(activity: dict[str, Any]) -> str:
    found = re.search(r"~(\w{10})\s*$", str(activity.get("Description", "")))
    return found.group(1) if found else ""


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
