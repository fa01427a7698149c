"""What a row can be made of: the projects a person may record time on, with their tasks and labor codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from bigtime.clients.models import Project, Task
from bigtime.codes.models import LaborCode
from bigtime.staff.models import Staff

from .models import TimeEntry
from .offered import Offered

SHOWN = 30  # how many projects a search offers; more are found by typing


@dataclass(frozen=True, slots=True)
class Choice:
    """A project with its open tasks; `labor_code_id` is the one this person used on it last."""

    staff: Staff
    project: Project
    tasks: list[Task]
    labor_code_id: int | None

    def as_json(self, known: Offered) -> dict[str, Any]:
        tasks = [
            {"id": task.pk, "name": task.name, "labor": task.labor_code_id, "class": self.default_class(known, task)}
            for task in self.tasks
        ]
        return {
            "id": self.project.pk,
            "name": self.project.name,
            "client": self.project.client.name,
            "code": self.project.code,
            "tasks": tasks,
            "labor": self.labor_code_id,
            "class": self.default_class(known),
        }

    def default_class(self, known: Offered, task: Task | None = None) -> str:
        """The class that a row gets by itself, in words; "" for none."""
        default = known.class_default(self.staff, self.project, task)
        return f"{known.classes[default.tracking_class]}, {default.source}" if default.tracking_class else ""


@dataclass(frozen=True, slots=True)
class Found:
    choices: list[Choice]
    more: bool


def find_projects(*, staff: Staff, query: str = "", project_id: int | None = None) -> Found:
    """Open projects of which every word of `query` is in client, name or code; at most `SHOWN`, in 3 queries."""
    projects = Project.objects.filter(firm_id=staff.firm_id, client__is_active=True).open()
    projects = projects.filter(Q(open_to_all=True) | Q(team=staff)).select_related("client").distinct()
    if project_id is not None:
        projects = projects.filter(pk=project_id)
    for word in query.replace("\x00", "").split()[:8]:
        projects = projects.filter(Q(name__icontains=word) | Q(client__name__icontains=word) | Q(code__icontains=word))
    found = list(projects.order_by("client__name", "name")[: SHOWN + 1])
    return Found(_with_parts(staff, found[:SHOWN]), len(found) > SHOWN)


def _with_parts(staff: Staff, projects: list[Project]) -> list[Choice]:
    ids = [project.pk for project in projects]
    tasks: dict[int, list[Task]] = {}
    for task in Task.objects.filter(project_id__in=ids, is_active=True).order_by("name"):
        tasks.setdefault(task.project_id, []).append(task)
    used = TimeEntry.objects.filter(staff=staff, project_id__in=ids, labor_code__is_active=True)
    latest = used.order_by("project_id", "-work_date", "-pk").distinct("project_id")
    last = dict(latest.values_list("project_id", "labor_code_id"))
    return [Choice(staff, project, tasks.get(project.pk, []), last.get(project.pk)) for project in projects]


def labor_codes(staff: Staff) -> list[LaborCode]:
    return list(LaborCode.objects.filter(firm_id=staff.firm_id).active().order_by("name"))
