"""A time entry is a TimeActivity (Online) or a TimeTracking (Desktop). It only goes out."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any, ClassVar

from bigtime.timesheets.models import TimeEntry as Entry
from integrations.models import Connection
from integrations.options import Options
from integrations.sync import markers
from integrations.sync.fields import Date, Dialect, Ref, Text
from integrations.sync.mapper import Entity
from integrations.sync.readiness import Blocker

from .candidate import Candidate
from .gathered import Json, entries, linked

DESCRIPTION_LENGTH = 4000
SHEETS = "timesheets:approvals"
SETTLED = ("BillableStatus", "HourlyRate")  # where `by_settings` stands in both editions
# What says who worked: one may be left empty for another's sake.
WHO = {"kind", "employee", "vendor"}
DURATION = re.compile(r"PT(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:\d+S)?")


class TimeEntry(Entity):
    """Hours and minutes on a day, never start and end: those get lost between time zones at Intuit."""

    key = "time_entry"
    label = "Time entries"
    online = "TimeActivity"
    desktop = "TimeTracking"
    incoming = False
    order = 100
    local_model: ClassVar[str] = "timesheets.timeentry"
    called: ClassVar[dict[str, tuple[str, str]]] = {
        "online": ("time activity", "time activities"),
        "desktop": ("time entry", "time entries"),
    }
    by_settings: ClassVar[tuple[str, ...]] = ("billable", "rate")
    mends = {
        "no_class": ("Open the timesheet", SHEETS),
        "no_payroll_item": ("Choose the payroll item", "timesheets:payroll_filters"),
        "classes_off": ("Change the settings", "integrations:settings"),
        "no_code": ("Open the timesheet", SHEETS),
        "rate": ("Open the person", "staff:list"),
        "not_approved": ("Open approvals", SHEETS),
    }

    day = Date(online="TxnDate", desktop="TxnDate")
    kind = Text(online="NameOf")
    employee = Ref("employee", online="EmployeeRef", desktop="EntityRef")
    vendor = Ref("vendor", online="VendorRef", desktop="EntityRef")
    customer = Ref("customer", online="CustomerRef", desktop="CustomerRef")
    item = Ref("item", online="ItemRef", desktop="ItemServiceRef")
    minutes = Text(desktop="Duration")
    tracking_class = Ref("class", online="ClassRef", desktop="ClassRef")
    payroll_item = Ref("payroll_item", desktop="PayrollItemWageRef")
    description = Text(online="Description", desktop="Notes")
    billable = Text(online="BillableStatus", desktop="BillableStatus")
    rate = Text()

    def write_minutes(self, out: Json, value: Any, dialect: Dialect, values: Json) -> None:
        hours, minutes = divmod(int(value), 60)
        if dialect.key == "online":
            out["Hours"], out["Minutes"] = hours, minutes
        else:
            out["Duration"] = f"PT{hours}H{minutes}M0S"

    def read_minutes(self, raw: Json, dialect: Dialect) -> int:
        if dialect.key == "desktop":
            return _minutes(str(dialect.get(raw, "Duration") or ""))
        return int(raw.get("Hours") or 0) * 60 + int(raw.get("Minutes") or 0)

    def write_rate(self, out: Json, value: Any, dialect: Dialect, values: Json) -> None:
        if value is not None and dialect.key == "online":
            dialect.put(out, "HourlyRate", value)

    def read_rate(self, raw: Json, dialect: Dialect) -> float | None:
        value = raw.get("HourlyRate")
        return float(value) if value is not None else None

    def stamp(self, document: Json, marker: str, dialect: Dialect) -> Json:
        """On a line of its own at the end of the description, as that may reach the customer's invoice."""
        path = self.fields["description"].paths[dialect.key]
        return {**document, path: markers.append(document.get(path) or "", marker, longest=DESCRIPTION_LENGTH)}

    def marker_in(self, raw: Json, dialect: Dialect) -> str:
        return markers.find(self._description(raw, dialect))

    def fingerprint(self, raw: Json, dialect: Dialect) -> tuple[Any, ...]:
        """Who, for whom, what, when, how long, in which words: never what the books may fill in by themselves."""
        values = self.read(raw, dialect)
        names = ("employee", "vendor", "customer", "item", "day", "minutes")
        return (*(str(values[name] or "") for name in names), markers.strip(self._description(raw, dialect)))

    def differences(self, document: Json, raw: Json, dialect: Dialect) -> list[str]:
        """What we didn't send is the books' own business: they fill in the rate, for instance."""
        sent, there = self.read(document, dialect), self.read(raw, dialect)
        names = [name for name in self.fields if name != "description" and sent[name] not in (None, "")]
        differing = [name for name in names if sent[name] != there[name]]
        words = [markers.strip(self._description(each, dialect)) for each in (document, raw)]
        return [*differing, "description"] if words[0] != words[1] else differing

    def values(self, raw: Json, names: Collection[str], dialect: Dialect) -> Json:
        wanted = {*names, *WHO} if WHO & set(names) else set(names)
        found = self.read(raw, dialect, only=wanted)
        if "description" in found:
            found["description"] = markers.strip(found["description"])
        return {name: value for name, value in found.items() if value not in (None, "")}

    def _description(self, raw: Json, dialect: Dialect) -> str:
        return str(dialect.get(raw, self.fields["description"].paths[dialect.key]) or "")

    def restated(self, documents: dict[int, Json], dialect: Dialect) -> dict[int, Json]:
        found = Entry.objects.filter(pk__any_of=list(documents)).values_list("pk", "work_date", "minutes", "note")
        path = self.fields["description"].paths[dialect.key]
        return {
            pk: {
                **documents[pk],
                path: "",
                **self.write({"day": day, "minutes": minutes, "description": note.strip()}, dialect),
            }
            for pk, day, minutes, note in found
        }

    def settled_as(self, document: Json, sent: Json) -> Json:
        own = {path: value for path, value in document.items() if path not in SETTLED}
        return {**own, **{path: sent[path] for path in SETTLED if path in sent}}

    def identities(self, connection: Connection, local_ids: Collection[int] | None) -> dict[int, str]:
        mine = Entry.objects.filter(firm=connection.firm_id)
        chosen = mine.exclude(lock=Entry.Lock.POSTED) if local_ids is None else mine.filter(pk__in=local_ids)
        return {pk: at.isoformat() for pk, at in chosen.order_by().values_list("pk", "created_at")}

    def lock(self, local_ids: Collection[int], state: str, note: str, *, only_free: bool = False) -> None:
        held = Entry.objects.filter(pk__any_of=local_ids)
        if only_free:
            held = held.filter(lock=Entry.Lock.NONE)
        elif state == Entry.Lock.POSTING:
            held = held.exclude(lock=Entry.Lock.POSTED).exclude(lock=state, lock_note=note)
        held.update(lock=state, lock_note=note)

    def gather(self, connection: Connection, local_ids: Collection[int]) -> dict[int, Json | list[Blocker]]:
        """Two statements for any number of entries of the connection's firm."""
        found = entries(connection.firm_id, local_ids)
        links = linked(connection, (shared for shared, _ in found))
        options, closed = Options.of(connection), connection.closed_through
        off = connection.facts.get("classes") is False
        answers: dict[int, Json | list[Blocker]] = {}
        for shared, each in found:
            candidate = Candidate(shared, links, options, closed, off)
            answers |= {pk: candidate.values(day, minutes, note) for pk, day, minutes, note in each}
        return answers


def _minutes(duration: str) -> int:
    """Desktop writes a duration as PT7H45M0S; any part may be missing."""
    parts = DURATION.fullmatch(duration)
    return int(parts["hours"] or 0) * 60 + int(parts["minutes"] or 0) if parts else 0
