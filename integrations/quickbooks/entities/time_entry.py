"""A time entry is a TimeActivity (Online) or a TimeTracking (Desktop). It only goes out."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django.db.models import Q

from bigtime.staff.models import Staff
from bigtime.timesheets.models import TimeEntry as Entry
from bigtime.timesheets.models import Timesheet
from integrations.models import Connection, Link
from integrations.options import Options
from integrations.sync import markers
from integrations.sync.fields import Date, Dialect, Ref, Text
from integrations.sync.mapper import Entity
from integrations.sync.readiness import Blocker, page

Json = dict[str, Any]
DESCRIPTION_LENGTH = 4000
DURATION = re.compile(r"PT(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:\d+S)?")
# Pages that mend what is missing, each of the one record that it is about.
SHEET_PAGE, STAFF_PAGE, LINK_PAGE = "timesheets:sheet", "staff:detail", "integrations:local"
PROJECT_PAGE = "clients:project_detail"
STAFF, CLIENT, PROJECT = "staff.staff", "clients.client", "clients.project"
TASK, CODE = "clients.task", "codes.laborcode"


class TimeEntry(Entity):
    """Hours and minutes on a day, never start and end: those get lost between time zones at Intuit."""

    key = "time_entry"
    label = "Time entries"
    online = "TimeActivity"
    desktop = "TimeTracking"
    incoming = False
    local_model: ClassVar[str] = "timesheets.timeentry"

    day = Date(online="TxnDate", desktop="TxnDate")
    kind = Text(online="NameOf")
    employee = Ref("employee", online="EmployeeRef", desktop="EntityRef")
    vendor = Ref("vendor", online="VendorRef", desktop="EntityRef")
    customer = Ref("customer", online="CustomerRef", desktop="CustomerRef")
    item = Ref("item", online="ItemRef", desktop="ItemServiceRef")
    minutes = Text(desktop="Duration")
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
        """Who, for whom, what, when, how long, in which words."""
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

    def _description(self, raw: Json, dialect: Dialect) -> str:
        return str(dialect.get(raw, self.fields["description"].paths[dialect.key]) or "")

    def identities(self, connection: Connection, local_ids: Collection[int] | None) -> dict[int, str]:
        entries = Entry.objects.filter(firm=connection.firm_id)
        chosen = entries.exclude(lock=Entry.Lock.POSTED) if local_ids is None else entries.filter(pk__in=local_ids)
        return {pk: at.isoformat() for pk, at in chosen.order_by().values_list("pk", "created_at")}

    def lock(self, local_ids: Collection[int], state: str, note: str) -> None:
        entries = Entry.objects.filter(pk__in=local_ids)
        if state == Entry.Lock.POSTING:
            # A second click must not take back what the first one's posting has written meanwhile.
            entries = entries.filter(lock=Entry.Lock.NONE)
        entries.update(lock=state, lock_note=note)

    def gather(self, connection: Connection, local_ids: Collection[int]) -> dict[int, Json | list[Blocker]]:
        """Two statements for any number of entries of the connection's firm."""
        rows = Entry.objects.filter(firm=connection.firm_id, pk__in=local_ids).order_by().values(*COLUMNS)
        entries = [{COLUMNS[column]: value for column, value in row.items()} for row in rows]
        links = _links(connection, entries)
        options = Options.of(connection)
        return {each["pk"]: Candidate(each, links, options, connection.closed_through).values() for each in entries}


def _minutes(duration: str) -> int:
    """Desktop writes a duration as PT7H45M0S; any part may be missing."""
    parts = DURATION.fullmatch(duration)
    return int(parts["hours"] or 0) * 60 + int(parts["minutes"] or 0) if parts else 0


LinkKey = tuple[str, str, int]
# What posting needs to know of an entry, under shorter names. Rows, not objects: thousands pass here.
COLUMNS = {
    "pk": "pk",
    "work_date": "day",
    "minutes": "minutes",
    "note": "note",
    "is_billable": "is_billable",
    "timesheet_id": "sheet",
    "timesheet__status": "status",
    "staff_id": "staff",
    "staff__name": "staff_name",
    "staff__kind": "staff_kind",
    "staff__bill_rate": "staff_rate",
    "project_id": "project",
    "project__name": "project_name",
    "project__is_billable": "project_is_billable",
    "project__client_id": "client",
    "project__client__name": "client_name",
    "task_id": "task",
    "task__name": "task_name",
    "task__labor_code_id": "task_code",
    "task__labor_code__name": "task_code_name",
    "task__labor_code__rate": "task_code_rate",
    "labor_code_id": "code",
    "labor_code__name": "code_name",
    "labor_code__rate": "code_rate",
}
LINKED = (
    (STAFF, "staff"),
    (PROJECT, "project"),
    (CLIENT, "client"),
    (TASK, "task"),
    (CODE, "code"),
    (CODE, "task_code"),
)


@dataclass(frozen=True, slots=True)
class Linked:
    """A record of ours as the books have it."""

    remote_id: str
    is_active: bool
    is_deleted: bool
    payroll: Any = None  # Desktop's payroll side of an employee, as received

    @property
    def is_paid_by_time(self) -> bool:
        return isinstance(self.payroll, dict) and self.payroll.get("UseTimeDataToCreatePaychecks") == "UseTimeData"

    @property
    def payroll_item(self) -> str:
        """The id of the first wage item in the employee's earnings; "" without any."""
        earnings = self.payroll.get("Earnings") if isinstance(self.payroll, dict) else None
        for each in earnings if isinstance(earnings, list) else [earnings]:
            found = each.get("PayrollItemWageRef") if isinstance(each, dict) else None
            if isinstance(found, dict) and found.get("ListID"):
                return str(found["ListID"])
        return ""


def _links(connection: Connection, entries: list[Json]) -> dict[LinkKey, Linked]:
    """By entity, our model and our id."""
    any_of = Q()
    for model, column in LINKED:
        ids = {each[column] for each in entries if each[column]}
        any_of |= Q(local_model=model, local_id__in=ids)
    links = Link.objects.filter(any_of, connection=connection, state=Link.State.LINKED, remote__isnull=False)
    remote = ("remote__remote_id", "remote__is_active", "remote__deleted_at", "remote__data__EmployeePayrollInfo")
    return {
        (entity, model, local_id or 0): Linked(remote_id or "", bool(active), deleted is not None, payroll)
        for entity, model, local_id, remote_id, active, deleted, payroll in links.values_list(
            "entity", "local_model", "local_id", *remote
        )
    }


@dataclass(slots=True)
class Candidate:
    """One entry on its way to the books: its values, or everything that keeps it here."""

    entry: Json
    links: dict[LinkKey, Linked]
    options: Options
    closed_through: date | None

    def values(self) -> Json | list[Blocker]:
        people, who = self._person()
        customers, customer = self._customer()
        items, item = self._item()
        bills, billing = self._billing()
        blockers = [*self._approval(), *people, *customers, *items, *bills, *self._period()]
        if blockers:
            return blockers
        entry = self.entry
        return {
            "day": entry["day"], "minutes": entry["minutes"], "description": entry["note"].strip(), **who,
            "customer": customer, "item": item, **billing,
        }  # fmt: skip

    def _approval(self) -> list[Blocker]:
        if self.entry["status"] == Timesheet.Status.APPROVED or not self.options.require_approval:
            return []
        name = self.entry["staff_name"]
        return [Blocker("not_approved", f"{name}'s timesheet isn't approved.", page(SHEET_PAGE, self.entry["sheet"]))]

    def _person(self) -> tuple[list[Blocker], Json]:
        """The employee where the person is linked to one, else the vendor."""
        name, pk = self.entry["staff_name"], self.entry["staff"]
        for entity, kind in (("employee", "Employee"), ("vendor", "Vendor")):
            link = self.links.get((entity, STAFF, pk))
            if link is not None:
                blockers, wage = _wage(link, name, pk)
                usable = _usable(link, name, (entity, STAFF, pk))
                return [*usable, *blockers], {"kind": kind, entity: link.remote_id, **wage}
        text = f"{name} isn't linked to a QuickBooks employee or vendor."
        entity = "vendor" if self.entry["staff_kind"] == Staff.Kind.CONTRACTOR else "employee"
        return [Blocker("link_staff", text, _address((entity, STAFF, pk)))], {}

    def _customer(self) -> tuple[list[Blocker], str]:
        """The project's own job or customer; with jobs switched off, or for a client's own project, the client's."""
        entry = self.entry
        of_client = not self.options.use_jobs or entry["project_name"] == entry["client_name"]
        name = entry["client_name"] if of_client else f"{entry['client_name']} · {entry['project_name']}"
        key: LinkKey = ("customer", PROJECT, entry["project"])
        if of_client and key not in self.links:
            key = ("customer", CLIENT, entry["client"])
        link = self.links.get(key)
        if link is not None:
            return _usable(link, name, key), link.remote_id
        return [Blocker("link_customer", f"{name} isn't linked to a QuickBooks customer.", _address(key))], ""

    def _item(self) -> tuple[list[Blocker], str]:
        """The task's own link, then its labor code's, then the entry's labor code's."""
        name, key = "", None
        for model, column in ((TASK, "task"), (CODE, "task_code"), (CODE, "code")):
            if not self.entry[column]:
                continue
            name, key = self.entry[f"{column}_name"], ("item", model, self.entry[column])
            link = self.links.get(key)
            if link is not None:
                return _usable(link, name, key), link.remote_id
        if key is None:
            return [Blocker("no_code", "This time has no labor code.", page(SHEET_PAGE, self.entry["sheet"]))], ""
        # A task gets its service through the labor code that it is given on its project's page.
        address = page(PROJECT_PAGE, self.entry["project"]) if key[1] == TASK else _address(key)
        return [Blocker("link_item", f"{name} isn't linked to a QuickBooks service.", address)], ""

    def _billing(self) -> tuple[list[Blocker], Json]:
        entry = self.entry
        if self.options.billable != "as_entered" or not (entry["is_billable"] and entry["project_is_billable"]):
            return [], {"billable": "NotBillable"}
        rate = entry["task_code_rate"] if entry["task_code"] else entry["code_rate"]
        rate = entry["staff_rate"] if rate is None else rate
        if rate is None:
            text = f"{entry['staff_name']} has no billing rate."
            return [Blocker("rate", text, page(STAFF_PAGE, entry["staff"]))], {}
        return [], {"billable": "Billable", "rate": rate}

    def _period(self) -> list[Blocker]:
        closed = self.closed_through
        is_open = closed is None or self.entry["day"] > closed
        return [] if is_open else [Blocker("closed", f"The books are closed through {closed:%b %-d, %Y}.")]


def _address(key: LinkKey) -> str:
    """Where one of ours is linked to a record of that list."""
    entity, model, pk = key
    address = page(LINK_PAGE, model, pk)
    return f"{address}?entity={entity}" if address else ""


def _wage(link: Linked, name: str, staff: int) -> tuple[list[Blocker], Json]:
    """Whose paychecks are made from time: such time needs a payroll item, and other time must have none."""
    if not link.is_paid_by_time:
        return [], {}
    if link.payroll_item:
        return [], {"payroll_item": link.payroll_item}
    text = f"{name} is paid by the hour and has no payroll item in QuickBooks. Add one there, then Update now."
    return [Blocker("link_payroll_item", text, page(STAFF_PAGE, staff))], {}


def _usable(link: Linked, name: str, key: LinkKey) -> list[Blocker]:
    if link.is_active and not link.is_deleted:
        return []
    what = "deleted" if link.is_deleted else "inactive"
    return [Blocker("inactive", f"{name} is {what} in QuickBooks.", _address(key))]
