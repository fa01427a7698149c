"""What people do in BigTime whichever QuickBooks the firm has: sync, enter time, approve, post. Each is printed."""

from __future__ import annotations

import re
import time
from typing import NamedTuple

from _walker import Lost, Walker

PASSWORD = "bigtime-demo-1"  # noqa: S105 - the demo prints it
PATIENCE = 150  # seconds for each piece of background work; a throttled company rests for a minute


class Posted(NamedTuple):
    """What BigTime says it posted: entries, and hours as h:mm."""

    entries: int
    hours: str


def sign_in(base_url: str, name: str) -> Walker:
    walker = Walker()
    walker.open(f"{base_url}/accounts/login/")
    walker.press("Sign in", login=f"{name.lower()}@example.com", password=PASSWORD)
    walker.expect("Dashboard")
    return walker


def until(walker: Walker, url: str, *words: str) -> None:
    """Looks at the page until it says one of these."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        walker.open(url)
        if any(walker.sees(each) for each in words):
            return
        time.sleep(0.3)
    raise Lost(f"{url} didn’t say {' or '.join(words)} within {PATIENCE} s")


def import_first_sync(walker: Walker, base_url: str) -> None:
    """Waits for the preview and imports it."""
    panel = f"{base_url}/company/integrations/sync/"
    until(walker, panel, "Look at the preview", "Failed")
    walker.follow("Look at the preview")
    what = re.search(r"(\d+) created, (\d+) linked", walker.page.html)
    walker.press("Import")
    until(walker, panel, "What it changed", "Failed")
    walker.expect("What it changed")
    proposed = f"{what.group(1)} to create, {what.group(2)} here already" if what else "the preview"
    print(f"✓ First sync: previewed ({proposed}) and imported")


def fill_week(base_url: str, name: str) -> None:
    """Somebody completes their week and submits it."""
    walker = sign_in(base_url, name)
    walker.open(f"{base_url}/timesheet/")
    form, _ = walker.form("Save")
    cells = [each for each, value in form.fields if each.startswith("c:") and not value]
    entries = dict(zip(cells[:4], ("1:30", "1.5", "90m", ":45")))  # noqa: B905 - readable by Python 3.8
    walker.press("Save", **entries)
    form, _ = walker.form("Save")
    minutes = sum(as_minutes(value) for each, value in form.fields if each.startswith("c:") and value)
    walker.press("Submit week")
    walker.expect("Submitted")
    print(f"✓ {name} entered {', '.join(entries.values())}, {as_hours(minutes)} in the week, and submitted it")


def approve(base_url: str, name: str, whom: str) -> None:
    """Approves everything that waits, `whom`'s week among it."""
    walker = sign_in(base_url, name)
    walker.open(f"{base_url}/approvals/")
    boxes = tuple(("sheet", value) for value in re.findall(r'name="sheet" value="(\d+:\d+)"', walker.page.html))
    walker.press("Approve selected", tick=boxes)
    walker.open(f"{base_url}/approvals/")
    if walker.sees(whom):
        raise Lost(f"{whom}’s week still waits for approval")
    print(f"✓ {name} approved {len(boxes)} timesheet{'' if len(boxes) == 1 else 's'}")


def post(base_url: str, name: str) -> Posted:
    """Posts every timesheet of this month that is ready, and waits until it is done."""
    walker = sign_in(base_url, name)
    walker.open(f"{base_url}/quickbooks/post-timesheets/?span=this_month")
    ready = [
        value
        for value, rest in re.findall(r'name="timesheet" value="(\d+)"([^>]*)>', walker.page.html)
        if "disabled" not in rest
    ]
    walker.press("Post Selected Time", tick=tuple(("timesheet", each) for each in ready))
    until(walker, walker.page.url, "All posted", "Finished")
    counts = re.search(r"Posted\s*(\d+)\s+([\d:]+) h", " ".join(walker.page.text.split()))
    if counts is None or not walker.sees("All posted"):
        raise Lost(f"not everything was posted: {' '.join(walker.page.text.split())[-600:]}")
    posted = Posted(int(counts.group(1)), counts.group(2))
    print(f"✓ {name} posted {posted.entries} entries, {posted.hours} hours, from {len(ready)} timesheets")
    return posted


def as_minutes(text: str) -> int:
    hours, _, rest = text.partition(":")
    return int(hours) * 60 + int(rest)


def as_hours(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02d}"


def mark_of(note: str) -> str:
    """The ten characters by which BigTime finds again what it posted."""
    found = re.search(r"~(\w{10})\s*$", note)
    return found.group(1) if found else ""


def agrees(what: str, posted: Posted, minutes: int, marks: list[str]) -> bool:
    """Prints whether the books hold exactly what was posted, each once."""
    held = as_hours(minutes)
    same = len(marks) == posted.entries == len(set(marks)) and held == posted.hours
    print(f"{'✓' if same else '✗'} {what} now holds {len(marks)} new time entries, {held} hours, each once")
    return same
