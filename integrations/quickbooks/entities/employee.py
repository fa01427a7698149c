"""A QuickBooks employee is a staff member here."""

from __future__ import annotations

from integrations.sync.fields import Amount, Email, First, Flag, Text
from integrations.sync.mapper import Entity
from integrations.sync.targets import Incoming, Rules, Target

STAFF = "staff.staff"


class Employee(Entity):
    """Rates are ours once they are filled in; everything else about a person follows the books."""

    key = "employee"
    label = "Employees"
    online = desktop = "Employee"
    order, first_look = 50, 20
    linkable = (STAFF,)
    places = ("staff",)
    mends = {"link_staff": ("Link the person", "staff:list")}

    name = Text("name", online="DisplayName", desktop="Name")
    active = Flag(online="Active", desktop="IsActive")
    first_name = Text("first_name", online="GivenName", desktop="FirstName")
    last_name = Text("last_name", online="FamilyName", desktop="LastName")
    # Online's Title is "Mr", not what the person does.
    title = Text("title", desktop="JobTitle", wins=First)
    phone = Text("phone", online="PrimaryPhone.FreeFormNumber", desktop="Phone")
    email = Email("email", online="PrimaryEmailAddr.Address", desktop="Email", wins=First)
    number = Text("number", online="EmployeeNumber", desktop="AccountNumber", wins=First)
    bill_rate = Amount("bill_rate", online="BillRate", wins=First)
    cost_rate = Amount("cost_rate", online="CostRate", wins=First)
    # Read where time is posted: whether paychecks are made from it, and by which wage item.
    uses_time = Text(desktop="EmployeePayrollInfo.UseTimeDataToCreatePaychecks", read_only=True)

    def targets(self, record: Incoming, rules: Rules) -> list[Target]:
        """Found later than the first import, a person waits for the administrator: link, create or block."""
        asks = not (rules.first_import or record.wanted)
        words = f"{record.name} is new in QuickBooks. Link to a staff member, create one, or leave out."
        values = {**self.ours(record.values), "kind": "employee"}
        wins = {**self.wins, "kind": First}
        return [Target(STAFF, values, keys=("email", "name"), decide=words if asks else "", wins=wins)]
