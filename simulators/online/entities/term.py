"""Term: when an invoice is due, so many days after its date or on a day of the month."""

from __future__ import annotations

from simulators.online.entity import Draft, Entity
from simulators.online.errors import Refusal
from simulators.online.fields import flag, number, raw, text, whole


def _derive(draft: Draft) -> None:
    new = draft.new
    if "DayOfMonthDue" in new:
        new["Type"] = "DATE_DRIVEN"
    elif "DueDays" in new:
        new["Type"] = "STANDARD"
    else:
        raise Refusal("2020", "Required parameter DueDays is missing in the request", "DueDays")


TERM = Entity(
    "Term",
    (
        text("Name", 31, filterable=True),
        flag("Active", default=True, filterable=True),
        raw("Type"),
        whole("DueDays", high=999),
        whole("DiscountDays", high=999),
        number("DiscountPercent"),
        whole("DayOfMonthDue", low=1, high=31),
        whole("DueNextMonthDays", high=999),
        whole("DiscountDayOfMonth", low=1, high=31),
    ),
    name_field="Name",
    reference_word="Terms",
    derive=_derive,
)
