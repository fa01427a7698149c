"""A line of the grid: project, task and labor code; the class and payroll item too, where the firm uses them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Self, TypeVar

from bigtime.clients.models import Project, Task
from bigtime.codes.models import LaborCode, PayrollItem, TrackingClass
from bigtime.firm.models import Firm
from bigtime.staff.models import Staff

from .models import LINE, TimeEntry, TimesheetRow
from .refusals import Refused

Code = TypeVar("Code", LaborCode, TrackingClass, PayrollItem)
GONE = "That project, task or code isn't there any more. Reload the page."
_ID = "([0-9]{1,18})"
_KEY = re.compile(f"{_ID}-{_ID}-{_ID}(?:-{_ID}-{_ID})?")


@dataclass(frozen=True, slots=True)
class LineKey:
    """What makes two cells the same line. As text `project-task-labor`, followed by `-class-payroll` where the line has
    one of the two; 0 for none."""

    project: int
    task: int | None = None
    labor_code: int | None = None
    tracking_class: int | None = None
    payroll_item: int | None = None

    def __str__(self) -> str:
        work = f"{self.project}-{self.task or 0}-{self.labor_code or 0}"
        if not (self.tracking_class or self.payroll_item):
            return work
        return f"{work}-{self.tracking_class or 0}-{self.payroll_item or 0}"

    @classmethod
    def read(cls, text: str) -> Self:
        """Raises Refused for text that no page of ours sends."""
        match = _KEY.fullmatch(text)
        if not match:
            raise Refused("That row isn't one of this timesheet. Reload the page.")
        return cls(int(match[1]), *(int(each or 0) or None for each in match.groups()[1:]))

    @classmethod
    def of(cls, row: TimeEntry | TimesheetRow) -> Self:
        return cls(row.project_id, row.task_id, row.labor_code_id, row.tracking_class_id, row.payroll_item_id)

    @property
    def columns(self) -> dict[str, int | None]:
        return {f"{name}_id": getattr(self, name) for name in LINE}


def _pk(part: Any) -> int | None:
    return part.pk if part else None


@dataclass(frozen=True, slots=True)
class Line:
    project: Project
    task: Task | None = None
    labor_code: LaborCode | None = None
    tracking_class: TrackingClass | None = None
    payroll_item: PayrollItem | None = None

    @classmethod
    def of(cls, row: TimeEntry | TimesheetRow) -> Self:
        return cls(row.project, row.task, row.labor_code, row.tracking_class, row.payroll_item)

    @property
    def key(self) -> LineKey:
        codes = (_pk(part) for part in (self.task, self.labor_code, self.tracking_class, self.payroll_item))
        return LineKey(self.project.pk, *codes)

    @property
    def title(self) -> str:
        return f"{self.project.name} · {self.task.name}" if self.task else self.project.name

    @property
    def detail(self) -> str:
        """Client and labor code: what stands under the title in the grid, which has columns for the rest."""
        return _joined(self.project.client, self.labor_code)

    @property
    def whole_detail(self) -> str:
        return _joined(self.project.client, self.labor_code, self.tracking_class, self.payroll_item)

    @property
    def brief(self) -> str:
        return _joined(self.title, self.labor_code, self.tracking_class, self.payroll_item)

    @property
    def words(self) -> str:
        return f"{self.project.client.name} · {self.brief}"

    @property
    def is_billable(self) -> bool:
        return self.project.is_billable and (self.labor_code is None or self.labor_code.is_billable)

    @property
    def order(self) -> tuple[str, ...]:
        return (self.project.client.name.lower(), self.title.lower(), self.whole_detail.lower(), str(self.key))

    def why_closed(self, *, on_team: bool) -> str:
        """Why no more time goes here, in words; empty when it may. `on_team`: the person is on the project's team."""
        project = self.project
        if not project.client.is_active:
            return f"{project.client.name} is inactive and takes no more time."
        if not project.is_active or project.status != Project.Status.ACTIVE:
            state = "inactive" if not project.is_active else project.get_status_display().lower()
            return f"{project.name} is {state} and takes no more time."
        if not (project.open_to_all or on_team):
            return f"Only the team of {project.name} may record time on it."
        for part in (self.task, self.labor_code, self.tracking_class, self.payroll_item):
            if part is not None and not part.is_active:
                return f"{part.name} is inactive and takes no more time."
        return ""


def _joined(*parts: object) -> str:
    return " · ".join(str(part) for part in parts if part)


def load_line(*, firm: Firm, key: LineKey) -> Line:
    """The line with its names. Raises Refused when one of its parts isn't there or belongs to another firm."""
    project = Project.objects.for_firm(firm).select_related("client").filter(pk=key.project).first()
    task = Task.objects.for_firm(firm).filter(pk=key.task, project_id=key.project).first() if key.task else None
    if project is None or (key.task and task is None):
        raise Refused(GONE)
    return Line(
        project,
        task,
        _part(LaborCode, firm, key.labor_code),
        _part(TrackingClass, firm, key.tracking_class),
        _part(PayrollItem, firm, key.payroll_item),
    )


def _part(model: type[Code], firm: Firm, pk: int | None) -> Code | None:
    if not pk:
        return None
    found: Code | None = model.objects.for_firm(firm).filter(pk=pk).first()
    if found is None:
        raise Refused(GONE)
    return found


def is_on_team(*, staff: Staff, project: Project) -> bool:
    return project.team.filter(pk=staff.pk).exists()
