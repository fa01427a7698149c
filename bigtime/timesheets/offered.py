"""The classes and payroll items a row may carry, where the firm uses them, and where a row's class comes from."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.db.models import CharField, Value

from bigtime.clients.models import Project, Task
from bigtime.codes.models import PayrollItem, TrackingClass
from bigtime.firm.models import Firm
from bigtime.staff.models import Staff

Source, Use, Way = Firm.ClassSource, Firm.ClassUse, Firm.PayrollWay
RUNGS: dict[str, tuple[str, ...]] = {
    Source.LADDER: ("task", "project", "staff"),
    Source.TASK: ("task",),
    Source.PROJECT: ("project",),
    Source.STAFF: ("staff",),
}


@dataclass(frozen=True, slots=True)
class Default:
    """The class that a new row gets by itself: its id, None where nothing gives one; `source` says who gives it."""

    tracking_class: int | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Offered:
    """What may be chosen now: id → name, in the order of the tree. Empty where the firm uses none of it."""

    firm: Firm
    classes: dict[int, str] = field(default_factory=dict)
    payroll_items: dict[int, str] = field(default_factory=dict)

    @property
    def uses_classes(self) -> bool:
        return self.firm.uses_classes

    @property
    def needs_class(self) -> bool:
        return self.firm.class_use == Use.REQUIRED

    @property
    def chooses_payroll(self) -> bool:
        return self.firm.payroll_way != Way.PERSON

    def payroll_default(self, staff: Staff) -> str:
        """What a row without a payroll item says."""
        if self.firm.payroll_way == Way.ROW:
            return "None"
        name = self.payroll_items.get(staff.payroll_item_id or 0)
        return f"{name} (default)" if name else "Default"

    def class_default(self, staff: Staff, project: Project, task: Task | None = None) -> Default:
        """By the ladder that the firm has chosen; a class that is no longer active is passed over."""
        return class_default(self.firm, staff, project, task, self.classes)


def class_default(firm: Firm, staff: Staff, project: Project, task: Task | None, active: Collection[int]) -> Default:
    rungs: dict[str, tuple[Any, str]] = {
        "task": (task, f"of the task {task.name}" if task else ""),
        "project": (project, f"of the project {project.name}"),
        "staff": (staff, f"of {staff.name}"),
    }
    for name in RUNGS[firm.class_source]:
        giver, words = rungs[name]
        if giver and giver.tracking_class_id in active:
            return Default(giver.tracking_class_id, words)
    return Default()


def offered(firm: Firm) -> Offered:
    """One statement at most."""
    parts = []
    if firm.uses_classes:
        parts.append(_named(TrackingClass.objects.for_firm(firm).active(), "class"))
    if firm.payroll_way != Way.PERSON:
        on_time = PayrollItem.objects.for_firm(firm).active().exclude(kind=PayrollItem.Kind.OTHER)
        parts.append(_named(on_time, "payroll"))
    found: list[tuple[str, int, str]] = list(parts[0].union(*parts[1:], all=True)) if parts else []
    found.sort(key=lambda each: [part.lower() for part in each[2].split(TrackingClass.SEPARATOR)])
    return Offered(
        firm,
        {pk: name for kind, pk, name in found if kind == "class"},
        {pk: name for kind, pk, name in found if kind == "payroll"},
    )


def _named(rows: Any, kind: str) -> Any:
    named = rows.order_by().annotate(list=Value(kind, CharField()))
    return named.values_list("list", "pk", "name")
