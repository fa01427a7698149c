"""The simulator's journal judges: what was created, how often, with which content, and do our links agree."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from bigtime.timesheets.models import TimeEntry
from integrations.models import Operation
from integrations.sync import markers
from tests.postable import Postable


@dataclass
class Verdict:
    """Nothing but zeros is right. `wrong` counts differing contents, `unlocked` posted entries that can be edited."""

    entries: int
    duplicates: int
    losses: int
    wrong_links: int
    wrong: int
    unlocked: int
    minutes_here: int = 0
    minutes_there: int = 0

    @property
    def is_clean(self) -> bool:
        zeros = (self.duplicates, self.losses, self.wrong_links, self.wrong, self.unlocked)
        return not any(zeros) and self.minutes_here == self.minutes_there

    def __str__(self) -> str:
        return f"duplicates {self.duplicates} · losses {self.losses} · wrong links {self.wrong_links}"


def judge(postable: Postable) -> Verdict:
    made = [each for each in postable.journal() if each["op"] == "create"]
    counts = Counter(markers.find(each["body"].get("Description", "")) for each in made)
    ids = {markers.find(each["body"].get("Description", "")): each["id"] for each in made}
    operations = list(Operation.objects.live().filter(connection=postable.connection))
    entries = TimeEntry.objects.in_bulk([each.local_id for each in operations])
    rows = {each["Id"]: each for each in postable.in_books()}
    posted = [each for each in operations if each.state == "posted"]
    return Verdict(
        entries=len(entries),
        duplicates=sum(number - 1 for number in counts.values()),
        losses=sum(1 for each in operations if each.state != "posted" or not counts[each.marker]),
        wrong_links=sum(1 for each in posted if ids.get(each.marker) != each.remote_id),
        wrong=sum(1 for each in posted if not _equal(entries[each.local_id], rows.get(each.remote_id, {}))),
        unlocked=sum(1 for each in posted if entries[each.local_id].lock != "posted"),
        minutes_here=sum(entry.minutes for entry in entries.values()),
        minutes_there=sum(row["Hours"] * 60 + row["Minutes"] for row in rows.values()),
    )


def _equal(entry: TimeEntry, row: dict[str, object]) -> bool:
    day = row.get("TxnDate") == entry.work_date.isoformat()
    minutes = int(str(row.get("Hours", 0))) * 60 + int(str(row.get("Minutes", 0))) == entry.minutes
    return day and minutes and markers.strip(str(row.get("Description", ""))) == entry.note
