"""Payment terms are mirrored."""

from __future__ import annotations

from integrations.sync.fields import Amount, Flag, Text
from integrations.sync.mapper import Entity


class Terms(Entity):
    """Standard terms count days from the invoice's date; date-driven ones name a day of the month."""

    key = "term"
    label = "Terms"
    online = "Term"
    desktop = "StandardTerms"

    name = Text(online="Name", desktop="Name")
    active = Flag(online="Active", desktop="IsActive")
    due_days = Amount(online="DueDays", desktop="StdDueDays")
    discount_days = Amount(online="DiscountDays", desktop="StdDiscountDays")
    discount_percent = Amount(online="DiscountPercent", desktop="DiscountPct")
    day_of_month_due = Amount(online="DayOfMonthDue", desktop="DayOfMonthDue")
    due_next_month_days = Amount(online="DueNextMonthDays", desktop="DueNextMonthDays")
