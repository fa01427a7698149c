"""A time entry is a TimeActivity (Online) or a TimeTracking (Desktop). It only goes out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import Q

from bigtime.clients.models import Project
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
# Pages that mend what is missing.
APPROVAL_PAGE, STAFF_PAGE, PROJECT_PAGE, CODE_PAGE = (
    "timesheets:approvals", "staff:list", "clients:project_list", "codes:list"
)  # fmt: skip
STAFF, CLIENT, PROJECT, TASK, CODE = (
    "staff.staff",
    "clients.client",
    "clients.project",
    "clients.task",
    "codes.laborcode",
)


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
    minutes = Text()
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
        Entry.objects.filter(pk__in=local_ids).update(lock=state, lock_note=note)

    def gather(self, connection: Connection, local_ids: Collection[int]) -> dict[int, Json | list[Blocker]]:
        """Two statements for any number of entries of the connection's firm."""
        related = ("project__client", "task__labor_code", "labor_code", "staff", "timesheet")
        entries = list(Entry.objects.filter(firm=connection.firm_id, pk__in=local_ids).select_related(*related))
        links = _links(connection, entries)
        options = Options.of(connection)
        return {entry.pk: Candidate(entry, links, options, connection).values() for entry in entries}


LinkKey = tuple[str, str, int]


def _links(connection: Connection, entries: list[Entry]) -> dict[LinkKey, Link]:
    """By entity, our model and our id."""
    wanted = {
        STAFF: {each.staff_id for each in entries},
        PROJECT: {each.project_id for each in entries},
        CLIENT: {each.project.client_id for each in entries},
        TASK: {each.task_id for each in entries if each.task_id},
        CODE: {code.pk for each in entries for code in (each.labor_code, each.task and each.task.labor_code) if code},
    }
    any_of = Q()
    for model, ids in wanted.items():
        any_of |= Q(local_model=model, local_id__in=ids)
    rows = Link.objects.filter(any_of, connection=connection, state=Link.State.LINKED, remote__isnull=False)
    return {
        (link.entity, link.local_model, link.local_id or 0): link
        for link in rows.select_related("remote").defer("remote__data")
    }


@dataclass(slots=True)
class Candidate:
    """One entry on its way to the books: its values, or everything that keeps it here."""

    entry: Entry
    links: dict[LinkKey, Link]
    options: Options
    connection: Connection

    def values(self) -> Json | list[Blocker]:
        people, who = self._person()
        customers, customer = self._customer()
        items, item = self._item()
        bills, billing = self._billing()
        blockers = [*self._approval(), *people, *customers, *items, *bills, *self._period()]
        if blockers:
            return blockers
        note = self.entry.note.strip()
        return {
            "day": self.entry.work_date, "minutes": self.entry.minutes, "description": note, **who,
            "customer": customer, "item": item, **billing,
        }  # fmt: skip

    def _approval(self) -> list[Blocker]:
        status = self.entry.timesheet.status
        if status == Timesheet.Status.APPROVED or not self.options.require_approval:
            return []
        name = self.entry.staff.name
        return [Blocker("not_approved", f"{name}'s timesheet isn't approved.", page(APPROVAL_PAGE))]

    def _person(self) -> tuple[list[Blocker], Json]:
        """The employee where the person is linked to one, else the vendor."""
        staff = self.entry.staff
        for entity, kind in (("employee", "Employee"), ("vendor", "Vendor")):
            link = self.links.get((entity, STAFF, staff.pk))
            if link is not None:
                return self._usable(link, staff.name, STAFF_PAGE), {"kind": kind, entity: _remote_id(link)}
        text = f"{staff.name} isn't linked to a QuickBooks employee or vendor."
        return [Blocker("link_staff", text, page(STAFF_PAGE))], {}

    def _customer(self) -> tuple[list[Blocker], str]:
        """The project's own job or customer; with jobs switched off, or for a client's own project, the client's."""
        project = self.entry.project
        link = self.links.get(("customer", PROJECT, project.pk))
        of_client = self.links.get(("customer", CLIENT, project.client_id))
        if link is None and (not self.options.use_jobs or project.name == project.client.name):
            link = of_client
        if link is not None:
            return self._usable(link, str(project), PROJECT_PAGE), _remote_id(link)
        return [Blocker("link_customer", _unlinked(project, use_jobs=self.options.use_jobs), page(PROJECT_PAGE))], ""

    def _item(self) -> tuple[list[Blocker], str]:
        """The task's own link, then its labor code's, then the entry's labor code's."""
        task, code = self.entry.task, self.entry.labor_code
        keys = [(TASK, task.pk, task.name)] if task else []
        keys += [(CODE, each.pk, each.name) for each in (task and task.labor_code, code) if each]
        for model, pk, name in keys:
            link = self.links.get(("item", model, pk))
            if link is not None:
                return self._usable(link, name, CODE_PAGE), _remote_id(link)
        if not keys:
            return [Blocker("no_code", "This time has no labor code.", page(CODE_PAGE))], ""
        return [Blocker("link_item", f"{keys[-1][2]} isn't linked to a QuickBooks service.", page(CODE_PAGE))], ""

    def _billing(self) -> tuple[list[Blocker], Json]:
        entry = self.entry
        if self.options.billable != "as_entered" or not (entry.is_billable and entry.project.is_billable):
            return [], {"billable": "NotBillable"}
        code = (entry.task and entry.task.labor_code) or entry.labor_code
        rate = code.rate if code and code.rate is not None else entry.staff.bill_rate
        if rate is None:
            return [Blocker("rate", f"{entry.staff.name} has no billing rate.", page(STAFF_PAGE))], {}
        return [], {"billable": "Billable", "rate": rate}

    def _period(self) -> list[Blocker]:
        closed = self.connection.closed_through
        if closed is None or self.entry.work_date > closed:
            return []
        return [Blocker("closed", f"The books are closed through {closed:%-d %b %Y}.")]

    def _usable(self, link: Link, name: str, page_name: str) -> list[Blocker]:
        remote = link.remote
        if remote is not None and remote.deleted_at is None and remote.is_active:
            return []
        what = "deleted" if remote is None or remote.deleted_at else "inactive"
        return [Blocker("inactive", f"{name} is {what} in QuickBooks.", page(page_name))]


def _unlinked(project: Project, *, use_jobs: bool) -> str:
    name = project.client.name if not use_jobs or project.name == project.client.name else str(project)
    return f"{name} isn't linked to a QuickBooks customer."


def _remote_id(link: Link) -> str:
    return link.remote.remote_id if link.remote else ""
