"""Can this entry be posted, and with which values?"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from bigtime.firm.models import Firm
from bigtime.staff.models import Staff
from integrations.options import Options
from integrations.sync.readiness import Blocker, page

from .gathered import CLASS, CLIENT, CODE, PAYROLL_ITEM, PROJECT, STAFF, TASK, Json, Linked, LinkKey

# Pages that mend what is missing, each of the one record that it is about.
SHEET_PAGE, STAFF_PAGE, LINK_PAGE = "timesheets:sheet", "staff:detail", "integrations:local"
PROJECT_PAGE, PAYROLL_PAGE = "clients:project_detail", "timesheets:payroll_filters"
SETTINGS_PAGE = "integrations:settings"


@dataclass(slots=True)
class Candidate:
    """Entries on their way to the books that differ in day, length and note alone: their values, or everything that
    keeps them here. What they share is judged once.
    """

    entry: Json
    links: dict[LinkKey, Linked]
    options: Options
    closed_through: date | None
    classes_off: bool = False  # in the books
    blockers: list[Blocker] = field(init=False)
    shared: Json = field(init=False)

    def __post_init__(self) -> None:
        people, who = self._person()
        customers, customer = self._customer()
        items, item = self._item()
        classes, tracking_class = self._class()
        bills, billing = self._billing()
        self.blockers = [*self._approval(), *people, *customers, *items, *classes, *bills]
        self.shared = {**who, "customer": customer, "item": item, "tracking_class": tracking_class, **billing}

    def values(self, day: date, minutes: int, note: str) -> Json | list[Blocker]:
        """Of one of them."""
        blockers = [*self.blockers, *self._period(day)]
        return blockers or {"day": day, "minutes": minutes, "description": note.strip(), **self.shared}

    def _approval(self) -> list[Blocker]:
        if self.entry["status"] in self.options.postable:
            return []
        lacks = "approved" if self.options.require_approval else "handed in"
        text = f"{self.entry['staff_name']}'s timesheet isn't {lacks}."
        return [Blocker("not_approved", text, page(SHEET_PAGE, self.entry["sheet"]))]

    def _person(self) -> tuple[list[Blocker], Json]:
        """The employee where the person is linked to one, else the vendor."""
        name, pk = self.entry["staff_name"], self.entry["staff"]
        for entity, kind in (("employee", "Employee"), ("vendor", "Vendor")):
            link = self.links.get((entity, STAFF, pk))
            if link is not None:
                blockers, wage = self._wage(link)
                usable = _usable(link, name, (entity, STAFF, pk))
                return [*usable, *blockers], {"kind": kind, entity: link.remote_id, **wage}
        text = f"{name} isn't linked to a QuickBooks employee or vendor."
        entity = "vendor" if self.entry["staff_kind"] == Staff.Kind.CONTRACTOR else "employee"
        return [Blocker("link_staff", text, _address((entity, STAFF, pk)))], {}

    def _wage(self, person: Linked) -> tuple[list[Blocker], Json]:
        """Whose paychecks are made from time: such time needs a payroll item, and other time must have none."""
        if not person.is_paid_by_time:
            return [], {}
        entry, way = self.entry, self.entry["payroll_way"]
        for column in ("payroll",) if way == Firm.PayrollWay.ROW else ("payroll", "staff_payroll"):
            if entry[column]:
                name, key = entry[f"{column}_name"], ("payroll_item", PAYROLL_ITEM, entry[column])
                blockers, remote_id = self._linked(key, name, "a QuickBooks payroll item")
                return blockers, {"payroll_item": remote_id}
        if way != Firm.PayrollWay.ROW and person.payroll_item:
            return [], {"payroll_item": person.payroll_item}
        return [self._without_wage(way)], {}

    def _without_wage(self, way: str) -> Blocker:
        name = self.entry["staff_name"]
        if way == Firm.PayrollWay.ROW:
            text = f"{name} is paid by the hour: choose a payroll item on the row of this time."
            return Blocker("no_payroll_item", text, page(SHEET_PAGE, self.entry["sheet"]))
        text = f"{name} is paid by the hour and has no payroll item. Choose one under Payroll filters."
        return Blocker("no_payroll_item", text, page(PAYROLL_PAGE))

    def _class(self) -> tuple[list[Blocker], str]:
        """The entry's own. Where the firm uses none, or doesn't post them, none goes out."""
        entry = self.entry
        if entry["class_use"] == Firm.ClassUse.OFF or not self.options.post_class:
            return [], ""
        if entry["class"] and self.classes_off:
            text = "Classes are switched off in QuickBooks. Switch them on there and Update now, or post time without."
            return [Blocker("classes_off", text, page(SETTINGS_PAGE))], ""
        if entry["class"]:
            return self._linked(("class", CLASS, entry["class"]), entry["class_name"], "a QuickBooks class")
        if entry["class_use"] == Firm.ClassUse.REQUIRED:
            return [Blocker("no_class", "This time has no class.", page(SHEET_PAGE, entry["sheet"]))], ""
        return [], ""

    def _linked(self, key: LinkKey, name: str, what: str) -> tuple[list[Blocker], str]:
        """The books' id of one of ours, or what keeps it from being used."""
        link = self.links.get(key)
        if link is None:
            return [Blocker(f"link_{key[0]}", f"{name} isn't linked to {what}.", _address(key))], ""
        return _usable(link, name, key), link.remote_id

    def _customer(self) -> tuple[list[Blocker], str]:
        """The project's own job or customer; with jobs switched off, or for a client's own project, the client's."""
        entry = self.entry
        of_client = not self.options.use_jobs or entry["project_name"] == entry["client_name"]
        name = entry["client_name"] if of_client else f"{entry['client_name']} · {entry['project_name']}"
        key: LinkKey = ("customer", PROJECT, entry["project"])
        if of_client and key not in self.links:
            key = ("customer", CLIENT, entry["client"])
        return self._linked(key, name, "a QuickBooks customer")

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

    def _period(self, day: date) -> list[Blocker]:
        closed = self.closed_through
        is_open = closed is None or day > closed
        return [] if is_open else [Blocker("closed", f"The books are closed through {closed:%b %-d, %Y}.")]


def _address(key: LinkKey) -> str:
    """Where one of ours is linked to a record of that list."""
    entity, model, pk = key
    address = page(LINK_PAGE, model, pk)
    return f"{address}?entity={entity}" if address else ""


def _usable(link: Linked, name: str, key: LinkKey) -> list[Blocker]:
    if link.is_active and not link.is_deleted:
        return []
    what = "deleted" if link.is_deleted else "inactive"
    return [Blocker("inactive", f"{name} is {what} in QuickBooks.", _address(key))]
