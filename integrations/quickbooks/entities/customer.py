"""A QuickBooks customer is a Client here; the lowest job of each branch under it is one of its Projects."""

from __future__ import annotations

from typing import Any

from integrations.sync.fields import Address, Email, Flag, Ref, Text
from integrations.sync.mapper import Entity
from integrations.sync.targets import Incoming, Note, Rules, Target

CLIENT, PROJECT = "clients.client", "clients.project"
# Stands between the names of a branch. A colon is what QuickBooks uses and refuses in names.
SEPARATOR = " › "


class Customer(Entity):
    """Customers, sub-customers, jobs and Online's projects are one list in the books: a tree of up to five levels."""

    key = "customer"
    label = "Customers and jobs"
    online = desktop = "Customer"
    is_tree = True
    order, first_look = 90, 10
    linkable = (CLIENT, PROJECT)
    places = ("client", "project")
    mends = {"link_customer": ("Link the customer", "clients:project_list")}

    name = Text("name", online="DisplayName", desktop="Name")
    active = Flag(online="Active", desktop="IsActive")
    parent = Ref("customer", online="ParentRef", desktop="ParentRef")
    company = Text("company", online="CompanyName", desktop="CompanyName")
    address = Address("address", online="BillAddr", desktop="BillAddress")
    phone = Text("phone", online="PrimaryPhone.FreeFormNumber", desktop="Phone")
    email = Email("email", online="PrimaryEmailAddr.Address", desktop="Email")

    def targets(self, record: Incoming, rules: Rules) -> list[Target]:
        whole = self._whole(record, rules)
        return whole if rules.updates or record.wanted else _held_back(record, whole)

    def _whole(self, record: Incoming, rules: Rules) -> list[Target]:
        if record.is_top:
            client = Target(CLIENT, self.ours(record.values) | _client_state(record, rules))
            return [client, *_project(record, rules, record.name, lowest=not (rules.use_jobs and record.children))]
        name = SEPARATOR.join(record.path[1:])
        return _project(record, rules, name, lowest=rules.use_jobs and not record.children)


def _held_back(record: Incoming, whole: list[Target]) -> list[Target]:
    """With Enable updates off what is linked keeps its link and nothing else; what would be made is asked about, once,
    and a job only when its client is here.

    No key is given, so that nothing here is taken for the same either.
    """
    words = (
        f"“{record.name}” is new in QuickBooks, and Enable updates is off in the settings. "
        "Link it to one here, create it, or block it."
    )
    if record.links:
        return [Target(each.model, {}, keys=(), create=False) for each in whole if each.model in record.links]
    return [Target(each.model, {}, keys=(), within=each.within, decide=words) for each in whole if each.create][:1]


def _project(record: Incoming, rules: Rules, name: str, *, lowest: bool) -> list[Target]:
    """Only what is lowest becomes a project; what became one before keeps it and says so."""
    if not lowest and PROJECT not in record.links:
        return []
    values = {"name": name} | _project_state(record, rules)
    project = Target(PROJECT, values, within=("client", record.root), create=lowest)
    if record.children and rules.use_jobs:
        words = f"“{record.name}” has jobs under it now. Its project stays; the new jobs become projects of their own."
        project.notes.append(Note("warning", "gained_children", words))
    return [project]


def _client_state(record: Incoming, rules: Rules) -> dict[str, Any]:
    """The books decide whether a client is active only where the firm let them decide about its projects."""
    return {"is_active": record.active} if rules.inactive_job_status else {}


def _project_state(record: Incoming, rules: Rules) -> dict[str, Any]:
    if not rules.inactive_job_status:
        return {}
    if not record.active:
        return {"status": rules.inactive_job_status}
    return {"status": "active"} if record.was_active.get(PROJECT) is False else {}
