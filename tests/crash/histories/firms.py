"""Two firms, one on each edition, with all that approved time needs to be posted. The books are in memory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bigtime.clients.models import Project
from bigtime.codes.models import LaborCode
from bigtime.staff.models import Staff
from bigtime.timesheets.models import TimeEntry, Timesheet
from integrations.models import Connection, Operation
from integrations.sync import outbox
from integrations.sync.outbox import Record
from tests.factories import (
    ClientFactory,
    ConnectionFactory,
    FirmFactory,
    LaborCodeFactory,
    LinkFactory,
    ProjectFactory,
    RemoteRecordFactory,
    StaffFactory,
)
from tests.factories.work import MONDAY

from .world import ENTITY

SYSTEMS = ("quickbooks_online", "quickbooks_desktop")
MODEL = "timesheets.timeentry"


@dataclass(frozen=True)
class Posting:
    """One firm's connection, and whose time it posts."""

    connection: Connection
    staff: Staff
    project: Project
    code: LaborCode

    @classmethod
    def on(cls, system: str) -> Posting:
        firm = FirmFactory.create()
        connection = ConnectionFactory.create(firm=firm, system=system)
        staff, code = StaffFactory.create(firm=firm), LaborCodeFactory.create(firm=firm)
        project = ProjectFactory.create(firm=firm, client=ClientFactory.create(firm=firm))
        for entity, local in (("employee", staff), ("customer", project), ("item", code)):
            remote = RemoteRecordFactory.create(connection=connection, entity=entity, remote_id=f"{entity}-1")
            LinkFactory.create(
                connection=connection, entity=entity, remote=remote, local_model=local._meta.label_lower,
                local_id=local.pk,
            )  # fmt: skip
        return cls(connection, staff, project, code)

    def entry(self, number: int) -> TimeEntry:
        """Approved time whose text is its number, so that it is known wherever it turns up."""
        week = MONDAY - timedelta(days=7 * (number // 7))
        sheet, _ = Timesheet.objects.get_or_create(
            firm=self.connection.firm, staff=self.staff, starts_on=week,
            defaults={"ends_on": week + timedelta(days=6), "status": Timesheet.Status.APPROVED},
        )  # fmt: skip
        return TimeEntry.objects.create(
            firm=self.connection.firm, timesheet=sheet, staff=self.staff, project=self.project, labor_code=self.code,
            work_date=week + timedelta(days=number % 7), minutes=15 + number, note=f"Entry {number}",
        )  # fmt: skip

    def free(self) -> list[TimeEntry]:
        return list(TimeEntry.objects.filter(firm=self.connection.firm, lock="").order_by("pk"))

    def push(self, entries: list[TimeEntry]) -> list[Operation]:
        records = [Record(MODEL, each.pk, each.note) for each in entries]
        return outbox.push(connection=self.connection, entity=ENTITY, records=records, by=None)

    def operations(self, *states: str) -> list[Operation]:
        rows = Operation.objects.filter(connection=self.connection).order_by("pk")
        return list(rows.filter(state__in=states) if states else rows)
