"""A wage item of QuickBooks Desktop's payroll is a payroll item here. Online has no such list to read.

Non-wage items (deductions, taxes) can't be used on time, so they are not read.
"""

from __future__ import annotations

from integrations.sync.fields import Choice, Flag, Text
from integrations.sync.mapper import Entity
from integrations.sync.targets import Incoming, Rules, Target

PAYROLL_ITEM = "codes.payrollitem"
KINDS = {
    **dict.fromkeys(("HourlyRegular", "HourlyOvertime", "HourlySick", "HourlyVacation"), "hourly"),
    **dict.fromkeys(("SalaryRegular", "SalarySick", "SalaryVacation"), "salary"),
}


class PayrollItem(Entity):
    """A company file without payroll has none."""

    key = "payroll_item"
    label = "Payroll items"
    desktop = "PayrollItemWage"
    order = 40
    linkable = (PAYROLL_ITEM,)
    places = ("payroll_item",)
    mends = {"link_payroll_item": ("Link the payroll item", "codes:payroll_items")}

    name = Text("name", desktop="Name")
    active = Flag("is_active", desktop="IsActive")
    kind = Choice("kind", KINDS, other="other", desktop="WageType")

    def targets(self, record: Incoming, rules: Rules) -> list[Target]:
        """Deleted there it is inactive here: what carries it keeps it."""
        return [Target(PAYROLL_ITEM, {**self.ours(record.values), "is_active": record.active})]
