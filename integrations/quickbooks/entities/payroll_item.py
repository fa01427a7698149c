"""Wage items of QuickBooks Desktop's payroll are mirrored: hourly time needs one. Online has no such list to read."""

from __future__ import annotations

from integrations.sync.fields import Flag, Text
from integrations.sync.mapper import Entity


class PayrollItem(Entity):
    """A company file without payroll has none."""

    key = "payroll_item"
    label = "Payroll items"
    desktop = "PayrollItemWage"

    name = Text(desktop="Name")
    active = Flag(desktop="IsActive")
    wage_type = Text(desktop="WageType")
