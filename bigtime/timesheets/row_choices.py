"""The class and payroll item of a row in the grid, each as a list to choose from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bigtime.codes.models import PayrollItem, TrackingClass
from bigtime.core.pickers import Option
from bigtime.staff.models import Staff

from .lines import Line
from .offered import Offered


@dataclass(frozen=True, slots=True)
class Choice:
    """`name` is the part of the line's key it decides; `text` what is chosen; `why` is why it can't be changed."""

    name: str
    label: str
    text: str
    options: list[Option]
    why: str = ""


def columns(offered: Offered, lines: Iterable[Line]) -> list[tuple[str, str]]:
    """(name, heading) of the columns the week needs: what the firm uses, and what a row carries all the same."""
    lines = list(lines)
    found = []
    if offered.uses_classes or any(line.tracking_class for line in lines):
        found.append(("tracking_class", "Class"))
    if offered.chooses_payroll or any(line.payroll_item for line in lines):
        found.append(("payroll_item", "Payroll item"))
    return found


def choices(names: Iterable[str], offered: Offered, staff: Staff, line: Line, why: str) -> list[Choice]:
    """One for each of the columns."""
    made = {"tracking_class": _class, "payroll_item": _payroll}
    return [made[name](offered, staff, line, why) for name in names]


def _class(offered: Offered, staff: Staff, line: Line, why: str) -> Choice:
    default = offered.class_default(staff, line.project, line.task)
    names = {
        pk: f"{name} (default {default.source})" if pk == default.tracking_class else name
        for pk, name in offered.classes.items()
    }
    empty = "Choose…" if offered.needs_class else "None"
    options = _options(names, line.tracking_class, empty)
    if offered.needs_class and line.tracking_class:
        options = options[1:]
    return Choice("tracking_class", "Class", str(line.tracking_class or empty), options, why)


def _payroll(offered: Offered, staff: Staff, line: Line, why: str) -> Choice:
    empty = offered.payroll_default(staff)
    options = _options(offered.payroll_items, line.payroll_item, empty)
    return Choice("payroll_item", "Payroll item", str(line.payroll_item or empty), options, why)


def _options(names: dict[int, str], held: TrackingClass | PayrollItem | None, empty: str) -> list[Option]:
    """The row's own stays among them though it was made inactive."""
    if held and held.pk not in names:
        names = {**names, held.pk: str(held) if held.is_active else f"{held} (inactive)"}
    own = held.pk if held else None
    return [Option("", empty, own is None), *(Option(str(pk), name, pk == own) for pk, name in names.items())]
