"""A line of the grid: project, task and labor code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from bigtime.clients.models import Project, Task
from bigtime.codes.models import LaborCode
from bigtime.firm.models import Firm
from bigtime.staff.models import Staff

from .models import TimeEntry, TimesheetRow
from .refusals import Refused

_KEY = re.compile(r"([0-9]{1,18})-([0-9]{1,18})-([0-9]{1,18})")


@dataclass(frozen=True, slots=True)
class LineKey:
    """What makes two cells the same line. As text `project-task-labor`, 0 for none."""

    project: int
    task: int | None
    labor_code: int | None

    def __str__(self) -> str:
        return f"{self.project}-{self.task or 0}-{self.labor_code or 0}"

    @classmethod
    def read(cls, text: str) -> Self:
        """Raises Refused for text that no page of ours sends."""
        match = _KEY.fullmatch(text)
        if not match:
            raise Refused("That row isn't one of this timesheet. Reload the page.")
        return cls(int(match[1]), int(match[2]) or None, int(match[3]) or None)

    @classmethod
    def of(cls, row: TimeEntry | TimesheetRow) -> Self:
        return cls(row.project_id, row.task_id, row.labor_code_id)

    @property
    def columns(self) -> dict[str, int | None]:
        return {"project_id": self.project, "task_id": self.task, "labor_code_id": self.labor_code}


@dataclass(frozen=True, slots=True)
class Line:
    project: Project
    task: Task | None
    labor_code: LaborCode | None

    @classmethod
    def of(cls, row: TimeEntry | TimesheetRow) -> Self:
        return cls(row.project, row.task, row.labor_code)

    @property
    def key(self) -> LineKey:
        return LineKey(
            self.project.pk, self.task.pk if self.task else None, self.labor_code.pk if self.labor_code else None
        )

    @property
    def title(self) -> str:
        return f"{self.project.name} · {self.task.name}" if self.task else self.project.name

    @property
    def detail(self) -> str:
        client = self.project.client.name
        return f"{client} · {self.labor_code.name}" if self.labor_code else client

    @property
    def brief(self) -> str:
        return f"{self.title} · {self.labor_code.name}" if self.labor_code else self.title

    @property
    def words(self) -> str:
        return f"{self.project.client.name} · {self.title}" + (f" · {self.labor_code.name}" if self.labor_code else "")

    @property
    def is_billable(self) -> bool:
        return self.project.is_billable and (self.labor_code is None or self.labor_code.is_billable)

    @property
    def order(self) -> tuple[str, ...]:
        return (self.project.client.name.lower(), self.title.lower(), self.detail.lower(), str(self.key))

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
        for part in (self.task, self.labor_code):
            if part is not None and not part.is_active:
                return f"{part.name} is inactive and takes no more time."
        return ""


def load_line(*, firm: Firm, key: LineKey) -> Line:
    """The line with its names. Raises Refused when one of its parts isn't there or belongs to another firm."""
    project = Project.objects.for_firm(firm).select_related("client").filter(pk=key.project).first()
    task = Task.objects.for_firm(firm).filter(pk=key.task, project_id=key.project).first() if key.task else None
    labor = LaborCode.objects.for_firm(firm).filter(pk=key.labor_code).first() if key.labor_code else None
    if project is None or (key.task and task is None) or (key.labor_code and labor is None):
        raise Refused("That project, task or labor code isn't there any more. Reload the page.")
    return Line(project, task, labor)


def is_on_team(*, staff: Staff, project: Project) -> bool:
    return project.team.filter(pk=staff.pk).exists()
