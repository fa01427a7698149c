"""A firm on QuickBooks Desktop with everything that approved time needs, two computers, and its company file."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from tempfile import TemporaryDirectory
from typing import Any

from django.db.models.functions import Now

from bigtime.clients.models import Project
from bigtime.codes.models import LaborCode
from bigtime.firm.models import Firm
from bigtime.staff.models import Staff
from bigtime.timesheets.models import TimeEntry, Timesheet
from integrations import registry
from integrations.models import Connection, Operation, RemoteRecord, SyncRun
from integrations.quickbooks.desktop import services
from integrations.quickbooks.desktop.models import Agent, Channel
from integrations.sync import outbox, runs
from integrations.sync.outbox import Record
from simulators.desktop.remote import CompanyFile
from tests.company_file import WebConnector
from tests.factories import UserFactory

MONDAY = date(2026, 11, 16)
MODEL = "timesheets.timeentry"


@dataclass
class Computer:
    """A Sync Agent's place: its name, the secret it was given, what the computer is called, and the agent's folder."""

    agent: Agent
    secret: str
    name: str
    home: TemporaryDirectory[str] = field(default_factory=TemporaryDirectory)

    def copied(self, name: str) -> Computer:
        """Everything of this one on another computer."""
        copy = Computer(self.agent, self.secret, name)
        shutil.copytree(self.home.name, copy.home.name, dirs_exist_ok=True)
        return copy


@dataclass
class DesktopFirm:
    """`computers[0]` is the active one; the second stands by."""

    firm: Firm
    file: CompanyFile
    is_synced: bool = True
    channel: Channel = field(init=False)
    computers: list[Computer] = field(init=False)
    staff: Staff = field(init=False)
    project: Project = field(init=False)
    code: LaborCode = field(init=False)
    made: int = 0

    def __post_init__(self) -> None:
        by = UserFactory.create()
        self.channel = services.enable(firm=self.firm, by=by)
        services.grant(channel=self.channel, by=by)
        self.computers = [
            Computer(*services.register(channel=self.channel, by=by, computer=name), name) for name in ("Front", "Back")
        ]
        if self.is_synced:
            self._fill_and_sync()

    def _fill_and_sync(self) -> None:
        self._fill()
        self.sync()
        self.staff = Staff.objects.get(firm=self.firm, name="Maya Okafor")
        self.project = Project.objects.get(firm=self.firm, name="Website")
        self.code = LaborCode.objects.get(firm=self.firm, name="Posted work")

    def _fill(self) -> None:
        acme = self.file.add("Customer", Name="Acme")
        self.file.add("Customer", Name="Website", ParentRef={"ListID": acme})
        self.file.add("Employee", FirstName="Maya", LastName="Okafor")
        income = self.file.add("Account", Name="Fees", AccountType="Income")
        price = {"Price": "150.00", "AccountRef": {"ListID": income}}
        self.file.add("ItemService", Name="Posted work", SalesOrPurchase=price)

    @property
    def connection(self) -> Connection:
        return Connection.objects.select_related("firm").get(pk=self.channel.connection_id)

    def visit(self, at: int = 0, **options: Any) -> int:
        """A visit in this very process, as the Web Connector makes it. The last percentage."""
        place = self.computers[at]
        return WebConnector(self.file, place.agent.username, place.secret).visit(**options)

    def work(self) -> SyncRun:
        """What a worker does with what was read."""
        run = SyncRun.objects.filter(connection=self.channel.connection_id).latest("pk")
        registry.get(run.connection.system).driver.sync(run)
        run.refresh_from_db()
        return run

    def sync(self) -> SyncRun:
        """A whole pass; a preview is imported."""
        runs.start(connection=self.connection)
        assert self.visit() == 100
        run = self.work()
        if run.state == SyncRun.State.PREVIEW:
            runs.import_preview(run=run)
            run = self.work()
        assert run.state == SyncRun.State.DONE, (run.state, run.error)
        return run

    def entries(self, number: int) -> list[TimeEntry]:
        """`number` more, each of another day, length and text."""
        rows = [self._entry(self.made + n) for n in range(number)]
        self.made += number
        return TimeEntry.objects.bulk_create(rows)

    def _entry(self, number: int) -> TimeEntry:
        week = MONDAY - timedelta(days=7 * (number // 7))
        sheet, _ = Timesheet.objects.get_or_create(
            firm=self.firm, staff=self.staff, starts_on=week,
            defaults={"ends_on": week + timedelta(days=6), "status": Timesheet.Status.APPROVED},
        )  # fmt: skip
        return TimeEntry(
            firm=self.firm, timesheet=sheet, staff=self.staff, project=self.project, labor_code=self.code,
            work_date=week + timedelta(days=number % 7), minutes=15 + number % 600, note=f"Entry {number}",
            is_billable=True,
        )  # fmt: skip

    def push(self, entries: Sequence[TimeEntry]) -> list[Operation]:
        records = [Record(MODEL, each.pk, f"{each.work_date}") for each in entries]
        return outbox.push(connection=self.connection, entity="time_entry", records=records, by=None)

    def mirrored(self, entity: str) -> set[str]:
        """Ids of what the mirror takes for there."""
        rows = RemoteRecord.objects.filter(connection=self.channel.connection_id, entity=entity, deleted_at=None)
        return set(rows.values_list("remote_id", flat=True))

    def states(self) -> Counter[str]:
        return Counter(Operation.objects.values_list("state", flat=True))

    def hurry(self) -> None:
        """As if everything that waits had waited long enough: quiet periods, pauses, leases."""
        Operation.objects.exclude(not_before=None).update(not_before=Now())
        Operation.objects.exclude(lease_until=None).update(lease_until=Now())
