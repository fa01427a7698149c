"""Everything that approved time needs to be posted, on both sides: people, customers and services, linked."""

from __future__ import annotations

import json
import time
import urllib.request
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Model
from django.db.models.functions import Now

from bigtime.clients.models import Project
from bigtime.codes.models import LaborCode
from bigtime.staff.models import Staff
from bigtime.timesheets.models import TimeEntry, Timesheet
from integrations.models import Connection, Link, Operation, RemoteRecord
from integrations.quickbooks.online import poster
from integrations.quickbooks.online.models import CallBudget
from integrations.sync import markers, outbox
from integrations.sync.outbox import Record
from simulators.online.remote import Simulator
from tests.factories.work import ClientFactory, LaborCodeFactory, ProjectFactory, StaffFactory

MONDAY = date(2026, 11, 16)
MODEL = "timesheets.timeentry"


def model_of(row: Model) -> str:
    return row._meta.label_lower


@dataclass
class Postable:
    """One firm's time, ready to go into one company of the simulator."""

    simulator: Simulator
    connection: Connection
    staff: Staff = field(init=False)
    project: Project = field(init=False)
    code: LaborCode = field(init=False)
    remote: dict[str, str] = field(init=False, default_factory=dict)
    _person_token: str = field(init=False, default="", repr=False)

    def __post_init__(self) -> None:
        firm = self.connection.firm
        self.staff = StaffFactory.create(firm=firm, name="Maya Okafor")
        self.code = LaborCodeFactory.create(firm=firm, name="Consulting")
        self.project = ProjectFactory.create(
            firm=firm, client=ClientFactory.create(firm=firm, name="Acme"), name="Site"
        )
        self.link("employee", self.staff, self.person("Employee", "Maya Okafor"))
        self.link("customer", self.project, self.create("Customer", DisplayName="Acme Site"))
        self.link(
            "item",
            self.code,
            self.create("Item", Name="Consulting work", Type="Service", IncomeAccountRef=self._income()),
        )

    @property
    def realm(self) -> str:
        return self.connection.company_id

    def create(self, entity: str, **fields: Any) -> str:
        answer = self.simulator.create(self.realm, entity, **fields)
        return str(answer.get(entity, answer)["Id"])

    def person(self, entity: str, name: str) -> str:
        given, family = name.split()
        return self.create(entity, DisplayName=name, GivenName=given, FamilyName=family)

    def _income(self) -> dict[str, str]:
        return {"value": self.create("Account", Name="Income from posted time", AccountType="Income")}

    def link(self, entity: str, local: Any, remote_id: str, **values: Any) -> Link:
        remote, _ = RemoteRecord.objects.update_or_create(
            connection=self.connection, entity=entity, remote_id=remote_id,
            defaults={"version": "0", "name": str(local), "pending": False, **values},
        )  # fmt: skip
        self.remote[entity] = remote_id
        return Link.objects.create(
            connection=self.connection, entity=entity, remote=remote, local_model=model_of(local), local_id=local.pk
        )

    def entries(self, number: int, *, status: str = Timesheet.Status.APPROVED, **values: Any) -> list[TimeEntry]:
        """`number` entries of different days and lengths, in bulk."""
        firm = self.connection.firm
        starts = [MONDAY - timedelta(days=7 * week) for week in range(-(-number // 7))]
        firm_rows = {"firm": firm, "staff": self.staff}
        sheets = [
            Timesheet(**firm_rows, starts_on=day, ends_on=day + timedelta(days=6), status=status) for day in starts
        ]
        known = Timesheet.objects.filter(staff=self.staff, starts_on__in=starts).in_bulk(field_name="pk").values()
        by_day = {each.starts_on: each for each in known}
        by_day |= {
            each.starts_on: each
            for each in Timesheet.objects.bulk_create([each for each in sheets if each.starts_on not in by_day])
        }
        rows = [
            TimeEntry(
                **firm_rows, timesheet=by_day[starts[n // 7]], work_date=starts[n // 7] + timedelta(days=n % 7),
                minutes=15 + n % 600, note=values.get("note", f"Entry {n}"),
                labor_code=values.get("labor_code", self.code),
                project=values.get("project", self.project), is_billable=values.get("is_billable", True),
            )
            for n in range(number)
        ]  # fmt: skip
        return TimeEntry.objects.bulk_create(rows)

    def push(self, entries: Sequence[TimeEntry], by: Any = None) -> list[Operation]:
        records = [Record(MODEL, each.pk, f"{each.work_date}") for each in entries]
        return outbox.push(connection=self.connection, entity="time_entry", records=records, by=by)

    def drain(self, seconds: float = 15.0) -> None:
        """Drains as a pump would until nothing is due; waits for nothing that is in doubt."""
        until = time.monotonic() + seconds
        while True:
            poster.drain(self.connection, seconds=until - time.monotonic())
            waiting = Operation.objects.filter(connection=self.connection, state=Operation.State.READY)
            if not waiting.exists() or time.monotonic() > until:
                return
            time.sleep(0.05)

    def hurry(self) -> None:
        """As if everything that waits had waited long enough: quiet periods, pauses, leases."""
        rows = Operation.objects.filter(connection=self.connection)
        rows.exclude(not_before=None).update(not_before=Now())
        rows.exclude(lease_until=None).update(lease_until=Now())
        self.hurry_pauses()

    def hurry_pauses(self) -> None:
        """As if Intuit had been left alone for as long as it asks after a 429 or a failure."""
        CallBudget.objects.filter(connection=self.connection).update(paused_until=0, failures=0)

    def options(self, **values: Any) -> None:
        self.connection.options = {**self.connection.options, **values}
        self.connection.save(update_fields=["options"])

    def change(self, entity: str, row: dict[str, Any], **fields: Any) -> None:
        """A person edits a record in QuickBooks."""
        self._write(entity.lower(), {"Id": row["Id"], "SyncToken": row["SyncToken"], "sparse": True, **fields})

    def delete(self, entity: str, row: dict[str, Any]) -> None:
        """A person deletes a record in QuickBooks."""
        self._write(f"{entity.lower()}?operation=delete", {"Id": row["Id"], "SyncToken": row["SyncToken"]})

    def _write(self, path: str, body: dict[str, Any]) -> None:
        if not self._person_token:
            self._person_token = self.simulator.grant(self.realm)["access_token"]
        request = urllib.request.Request(
            f"{self.simulator.url}/v3/company/{self.realm}/{path}", json.dumps(body).encode(),
            {"Content-Type": "application/json", "Authorization": f"Bearer {self._person_token}"},
        )  # fmt: skip
        urllib.request.urlopen(request, timeout=10).close()

    def wait_for_books(self, number: int, seconds: float = 10.0) -> None:
        until = time.monotonic() + seconds
        while len(self.in_books()) < number and time.monotonic() < until:
            time.sleep(0.05)

    def simulator_batches(self) -> int:
        """Messages that wrote something into this company."""
        return len({each["requestid"] for each in self.journal()})

    def journal(self) -> list[dict[str, Any]]:
        return self.simulator.journal(self.realm, entity="TimeActivity")

    def in_books(self) -> list[dict[str, Any]]:
        return self.simulator.dump(self.realm, "TimeActivity")

    def marker_counts(self) -> Counter[str]:
        """By marker, how often the journal saw it created."""
        made = [each["body"] for each in self.journal() if each["op"] == "create"]
        return Counter(markers.find(each.get("Description", "")) for each in made)

    def states(self) -> Counter[str]:
        rows = Operation.objects.filter(connection=self.connection).values_list("state", flat=True)
        return Counter(rows)
