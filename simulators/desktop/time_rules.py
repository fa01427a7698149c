"""What QuickBooks asks of a time entry beyond its form."""

from __future__ import annotations

from simulators.desktop.company_file import CompanyFile
from simulators.desktop.entities import ENTITIES, Entity
from simulators.desktop.rows import Json
from simulators.desktop.statuses import missing, not_saved


def check(file: CompanyFile, entity: Entity, values: Json) -> None:
    """Fills in the billable status when it is left out. Raises Refusal."""
    for needed in ("EntityRef", "Duration"):
        if not values.get(needed):
            raise missing(needed)
    both = bool(values.get("CustomerRef") and values.get("ItemServiceRef"))
    values.setdefault("BillableStatus", "Billable" if both else "NotBillable")
    if values["BillableStatus"] != "NotBillable" and not both:
        raise not_saved(entity.said, _who(file, values), "Billable time needs a customer or job and a service item.")
    if values.get("PayrollItemWageRef") and not _paid_by_time(file, values["EntityRef"]["ListID"]):
        cause = "A payroll item can only be given for an employee who uses time data to create paychecks."
        raise not_saved(entity.said, _who(file, values), cause)


def _who(file: CompanyFile, values: Json) -> str:
    return file.path_of("names", values["EntityRef"]["ListID"])


def _paid_by_time(file: CompanyFile, id: str) -> bool:
    person = file.find(ENTITIES["Employee"], id)
    info = person.body.get("EmployeePayrollInfo", {}) if person else {}
    return bool(info.get("UseTimeDataToCreatePaychecks") == "UseTimeData")
