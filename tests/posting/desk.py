"""A firm's time and its links, without asking the books: for what the pages show and the services decide."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from bigtime.clients.models import Project
from bigtime.codes.models import LaborCode
from bigtime.staff.models import Staff
from bigtime.timesheets.models import TimeEntry, Timesheet
from integrations.models import Connection, Link, Operation
from posting import services
from posting.filters import Filters
from posting.services import Outcome
from tests.factories import (
    ClientFactory,
    LaborCodeFactory,
    ProjectFactory,
    RemoteRecordFactory,
    StaffFactory,
    TimeEntryFactory,
    TimesheetFactory,
)

MODEL = "timesheets.timeentry"


def this_week() -> date:
    today = timezone.localdate()
    return today - timedelta(days=today.weekday())


@dataclass
class Desk:
    connection: Connection
    staff: Staff = field(init=False)
    project: Project = field(init=False)
    code: LaborCode = field(init=False)

    def __post_init__(self) -> None:
        firm = self.connection.firm
        self.staff = StaffFactory.create(firm=firm, name="Maya Okafor")
        self.code = LaborCodeFactory.create(firm=firm, name="Consulting")
        client = ClientFactory.create(firm=firm, name="Acme")
        self.project = ProjectFactory.create(firm=firm, client=client, name="Site")
        self.link("employee", self.staff)
        self.link("customer", self.project)
        self.link("item", self.code)

    def link(self, entity: str, local: Any) -> Link:
        remote = RemoteRecordFactory.create(connection=self.connection, entity=entity, name=str(local))
        return Link.objects.create(
            connection=self.connection,
            entity=entity,
            remote=remote,
            local_model=local._meta.label_lower,
            local_id=local.pk,
        )

    def person(self, name: str, *, linked: bool = True) -> Staff:
        staff: Staff = StaffFactory.create(firm=self.connection.firm, name=name)
        if linked:
            self.link("employee", staff)
        return staff

    def sheet(
        self, *lengths: int, staff: Staff | None = None, status: str = "approved", weeks_ago: int = 0, **values: Any
    ) -> Timesheet:
        """A week of entries, one a day, of these lengths in minutes."""
        who, firm = staff or self.staff, self.connection.firm
        starts_on = this_week() - timedelta(weeks=weeks_ago)
        sheet: Timesheet = TimesheetFactory.create(firm=firm, staff=who, starts_on=starts_on, status=status)
        for at, minutes in enumerate(lengths):
            given = {"project": self.project, "labor_code": self.code, **values}
            day = starts_on + timedelta(at)
            TimeEntryFactory.create(firm=firm, timesheet=sheet, staff=who, work_date=day, minutes=minutes, **given)
        return sheet

    def post(
        self, *sheets: Timesheet, filters: Filters | None = None, key: uuid.UUID | None = None, by: Any = None
    ) -> Outcome:
        """As the button does: without sheets, all that match."""
        chosen = filters or Filters(span="all", state="all")
        found = chosen.timesheets(self.connection.firm)
        if sheets:
            found = found.filter(pk__in=[each.pk for each in sheets])
        return services.post_time(
            connection=self.connection, timesheets=found, filters=chosen, key=key or uuid.uuid4(), by=by
        )

    def queued(self) -> list[int]:
        """Lengths of what was queued, in the order of queueing."""
        ids = Operation.objects.filter(connection=self.connection).order_by("pk").values_list("local_id", flat=True)
        minutes = dict(TimeEntry.objects.values_list("pk", "minutes"))
        return [minutes[pk] for pk in ids]

    def settle(self, state: str, text: str = "", *, code: str = "", **values: Any) -> None:
        """As if every open operation had ended so."""
        Operation.objects.filter(connection=self.connection, state="ready").update(
            state=state, error_text=text, error_code=code, **values
        )
