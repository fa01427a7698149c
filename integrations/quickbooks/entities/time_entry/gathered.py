"""What posting needs to know of time entries: their own values, and what they refer to as the books have it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from bigtime.core.prepared import Prepared
from bigtime.timesheets.models import TimeEntry as Entry
from integrations.models import Connection, Link

Json = dict[str, Any]
LinkKey = tuple[str, str, int]
STAFF, CLIENT, PROJECT = "staff.staff", "clients.client", "clients.project"
TASK, CODE = "clients.task", "codes.laborcode"
CLASS, PAYROLL_ITEM = "codes.trackingclass", "codes.payrollitem"
# An entry's own values; the others it shares with those of its row of the timesheet. Rows, not objects: thousands pass.
OWN = ("pk", "work_date", "minutes", "note")
SHARED = {  # under shorter names
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
    "tracking_class_id": "class",
    "tracking_class__name": "class_name",
    "payroll_item_id": "payroll",
    "payroll_item__name": "payroll_name",
    "staff__payroll_item_id": "staff_payroll",
    "staff__payroll_item__name": "staff_payroll_name",
    "firm__class_use": "class_use",
    "firm__payroll_way": "payroll_way",
}
LINKED = (
    (STAFF, "staff"),
    (PROJECT, "project"),
    (CLIENT, "client"),
    (TASK, "task"),
    (CODE, "code"),
    (CODE, "task_code"),
    (CLASS, "class"),
    (PAYROLL_ITEM, "payroll"),
    (PAYROLL_ITEM, "staff_payroll"),
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


ENTRIES = Prepared(
    lambda firm, ids: Entry.objects.filter(firm=firm, pk__any_of=ids).order_by().values_list(*OWN, *SHARED),
    firm=int,
    ids=list,
)
# Of other models with the same ids there come a few too many: asking for each model's own would take longer.
LINKS = Prepared(
    lambda connection, ids: Link.objects.filter(
        connection=connection,
        local_model__in=sorted({model for model, _ in LINKED}),
        local_id__any_of=ids,
        state=Link.State.LINKED,
        remote__isnull=False,
    )
    .order_by()
    .values_list(
        "entity", "local_model", "local_id",
        "remote__remote_id", "remote__is_active", "remote__deleted_at", "remote__data__EmployeePayrollInfo",
    ),
    connection=int,
    ids=list,
)  # fmt: skip


Own = tuple[int, date, int, str]


def entries(firm: int, ids: Collection[int]) -> list[tuple[Json, list[Own]]]:
    """Those entries of the firm: what some of them share, by the short names, and the own values of each of these."""
    found: dict[tuple[Any, ...], list[Own]] = {}
    for row in ENTRIES.rows(firm=firm, ids=list(ids)):
        found.setdefault(row[len(OWN) :], []).append(row[: len(OWN)])
    return [(dict(zip(SHARED.values(), shared, strict=True)), own) for shared, own in found.items()]


def linked(connection: Connection, entries: Iterable[Json]) -> dict[LinkKey, Linked]:
    """By entity, our model and our id: what these shared values refer to."""
    ids = {each[column] for each in entries for _, column in LINKED if each[column]}
    return {
        (entity, model, local_id): Linked(remote_id, active, deleted is not None, payroll)
        for entity, model, local_id, remote_id, active, deleted, payroll in LINKS.rows(
            connection=connection.pk, ids=sorted(ids)
        )
    }
