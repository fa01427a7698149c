"""The company file's journal judges: what it holds of ours and how often, through every restore, and do we agree."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

from bigtime.timesheets.models import TimeEntry
from integrations.models import Operation
from integrations.sync import markers
from simulators.desktop.remote import CompanyFile
from tests.crash.oracle import Verdict

from .firm import DesktopFirm

Json = dict[str, Any]
DURATION = re.compile(r"PT(\d+)H(\d+)M")


def held(file: CompanyFile) -> list[Json]:
    """The time that the journal leaves in the file: what was added, less what was deleted and what a restore undid."""
    rows: dict[str, Json] = {}
    copies: dict[str, dict[str, Json]] = {}
    for entry in file.journal():
        if entry["op"] == "backup":
            copies[entry["body"]["name"]] = dict(rows)
        elif entry["op"] == "restore":
            rows = dict(copies[entry["body"]["name"]])
        elif entry["entity"] == "TimeTracking":
            rows.pop(entry["id"], None)
            if entry["op"] != "del":
                rows[entry["id"]] = entry["body"]
    return list(rows.values())


def judge(firm: DesktopFirm) -> Verdict:
    """Each operation that lives, and each entry of ours, against what the file holds."""
    operations = list(Operation.objects.live().filter(connection=firm.channel.connection_id))
    by_marker = {each.marker: each for each in Operation.objects.filter(connection=firm.channel.connection_id)}
    of_entry: dict[int, list[Json]] = defaultdict(list)
    rows = held(firm.file)
    assert sorted(row["TxnID"] for row in rows) == sorted(row["TxnID"] for row in firm.file.dump("TimeTracking"))
    for row in rows:
        of_entry[by_marker[markers.find(row["Notes"])].local_id].append(row)
    entries = TimeEntry.objects.in_bulk([each.local_id for each in operations])
    posted = [each for each in operations if each.state == "posted"]
    there = {row["TxnID"]: row for row in rows}
    return Verdict(
        entries=len(entries),
        duplicates=sum(len(found) - 1 for found in of_entry.values()),
        losses=sum(1 for each in operations if each.state != "posted" or not of_entry[each.local_id]),
        wrong_links=sum(1 for each in posted if _marker(there.get(each.remote_id)) != each.marker),
        wrong=sum(1 for each in posted if not _equal(entries[each.local_id], there.get(each.remote_id))),
        unlocked=sum(1 for each in posted if entries[each.local_id].lock != "posted"),
    )


def _marker(row: Json | None) -> str:
    return markers.find(row["Notes"]) if row else ""


def _equal(entry: TimeEntry, row: Json | None) -> bool:
    length = DURATION.match(row["Duration"]) if row else None
    if row is None or length is None:
        return False
    minutes = int(length[1]) * 60 + int(length[2])
    return (row["TxnDate"], minutes, markers.strip(row["Notes"])) == (
        entry.work_date.isoformat(), entry.minutes, entry.note,
    )  # fmt: skip
