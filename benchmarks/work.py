"""A firm whose time is approved and linked to its books: people, projects, codes, timesheets, entries, all in bulk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection as database
from django.utils import timezone

from bigtime.clients.models import Client, Project
from bigtime.codes.models import LaborCode
from bigtime.firm.models import Firm
from bigtime.staff.models import Staff
from bigtime.timesheets.models import TimeEntry, Timesheet
from integrations.models import Connection, Link, RemoteRecord

DAYS = 5
CELLS = 6  # entries of one person on one day

# Each person keeps to six of the projects in a week, another six the week after.
FILL = f"""
INSERT INTO timesheets_timeentry (firm_id, timesheet_id, staff_id, project_id, labor_code_id, work_date, minutes, note,
    is_billable, version, lock, lock_note, created_at, updated_at)
SELECT sheet.firm_id, sheet.id, sheet.staff_id,
    (%(projects)s::bigint[])[1 + (sheet.id * 7 + cell * 11) %% cardinality(%(projects)s::bigint[])],
    (%(codes)s::bigint[])[1 + cell %% cardinality(%(codes)s::bigint[])],
    sheet.starts_on + day, 30 + 15 * cell, CASE WHEN (day + cell) %% 2 = 0 THEN 'Work on item ' || sheet.id ELSE '' END,
    true, 0, CASE WHEN sheet.starts_on < %(posted_before)s THEN 'posted' ELSE '' END,
    CASE WHEN sheet.starts_on < %(posted_before)s THEN 'Posted to QuickBooks' ELSE '' END, now(), now()
FROM timesheets_timesheet sheet JOIN unnest(%(people)s::bigint[]) AS person ON person = sheet.staff_id,
    generate_series(0, {DAYS - 1}) AS day, generate_series(0, {CELLS - 1}) AS cell
WHERE sheet.firm_id = %(firm)s AND sheet.starts_on >= %(first)s AND sheet.starts_on < %(end)s
"""


@dataclass(slots=True)
class Work:
    """`remote` ids are those of the books, in the order of our rows."""

    firm: Firm
    people: list[Staff]
    projects: list[Project]
    codes: list[LaborCode]

    @classmethod
    def create(cls, firm: Firm, *, people: int, projects: int, codes: int = CELLS, called: str = "") -> Work:
        """`called` begins all names. A number of projects that is a multiple of 11 would put entries into one cell."""
        clients = Client.objects.bulk_create(
            Client(firm=firm, name=f"Client {called}{n:03}") for n in range(projects // 4 + 1)
        )
        return cls(
            firm,
            Staff.objects.bulk_create(Staff(firm=firm, name=f"Person {called}{n:03}") for n in range(people)),
            Project.objects.bulk_create(
                Project(firm=firm, client=clients[n // 4], name=f"Project {called}{n:03}") for n in range(projects)
            ),
            LaborCode.objects.bulk_create(
                LaborCode(firm=firm, name=f"Code {called}{n:02}", rate=100) for n in range(codes)
            ),
        )

    def link(
        self, connection: Connection, entity: str, ours: Sequence[Staff | Project | LaborCode], remote: Sequence[str]
    ) -> None:
        """One of ours is one of theirs, in the order given."""
        there = RemoteRecord.objects.bulk_create(
            RemoteRecord(
                connection=connection,
                entity=entity,
                remote_id=each,
                version="0",
                name=f"{entity} {each}",
                pending=False,
            )
            for each in remote
        )
        Link.objects.bulk_create(
            Link(
                connection=connection, entity=entity, remote=far, local_model=near._meta.label_lower, local_id=near.pk,
                how="name",
            )
            for near, far in zip(ours, there, strict=True)
        )  # fmt: skip

    def weeks(self, first: date, number: int, *, status: str = Timesheet.Status.APPROVED) -> None:
        """Everybody's sheets of so many weeks from the Monday `first` on."""
        decided = status == Timesheet.Status.APPROVED
        now = timezone.now()
        Timesheet.objects.bulk_create(
            (
                Timesheet(
                    firm=self.firm, staff=person, starts_on=monday, ends_on=monday + timedelta(6), status=status,
                    submitted_at=None if status == Timesheet.Status.DRAFT else now, decided_at=now if decided else None,
                )
                for monday in (first + timedelta(weeks=week) for week in range(number))
                for person in self.people
            ),
            batch_size=5000,
        )  # fmt: skip

    def entries(self, first: date, end: date, *, posted_before: date) -> int:
        """Thirty entries in each sheet that starts from `first` and before `end`; how many they are."""
        values = {
            "firm": self.firm.pk, "first": first, "end": end, "posted_before": posted_before,
            "people": [each.pk for each in self.people],
            "projects": [each.pk for each in self.projects], "codes": [each.pk for each in self.codes],
        }  # fmt: skip
        with database.cursor() as cursor:
            cursor.execute(FILL, values)
            return int(cursor.rowcount)

    @property
    def a_week(self) -> int:
        return len(self.people) * DAYS * CELLS


def entries_of(firm: Firm) -> int:
    return TimeEntry.objects.for_firm(firm).count()
