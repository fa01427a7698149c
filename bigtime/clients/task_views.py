"""Tasks are listed on their project's page; here they are added, edited, archived and restored."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from bigtime.core.bulk import archive_or_restore, counted
from bigtime.core.editing import edit
from bigtime.firm.access import MANAGERS, FirmRequest, firm_view

from . import services
from .forms import TaskForm
from .lists import TaskList
from .models import Project, Task

FORM = ("GET", "HEAD", "POST")


@firm_view(*MANAGERS, methods=FORM)
def task_new(request: FirmRequest, pk: int) -> HttpResponse:
    project = get_object_or_404(Project.objects.for_firm(request.firm), pk=pk)
    return _edit(request, project, Task(), said="Task {} was added.", title="New task", save="Add task")


@firm_view(*MANAGERS, methods=FORM)
def task_edit(request: FirmRequest, pk: int, task_pk: int) -> HttpResponse:
    task = get_object_or_404(Task.objects.for_firm(request.firm).select_related("project"), pk=task_pk, project_id=pk)
    return _edit(request, task.project, task, said="Task {} was saved.", title="Edit task")


@firm_view(*MANAGERS, methods=("POST",))
def task_bulk(request: FirmRequest, pk: int) -> HttpResponse:
    project = get_object_or_404(Project.objects.for_firm(request.firm), pk=pk)

    def archive(rows: QuerySet[Any]) -> str:
        return f"{counted(services.archive_tasks(project=project, tasks=rows), 'task')} archived. Their time stays."

    def restore(rows: QuerySet[Any]) -> str:
        return f"{counted(services.restore_tasks(project=project, tasks=rows), 'task')} restored."

    kind, back = partial(TaskList, project=project), reverse("clients:project_detail", args=[pk])
    return archive_or_restore(request, kind, back, "task", archive=archive, restore=restore)


def _edit(
    request: FirmRequest, project: Project, task: Task, *, said: str, title: str, save: str = "Save"
) -> HttpResponse:
    url = reverse("clients:project_detail", args=[project.pk])
    form = TaskForm(request.POST or None, instance=task, firm=request.firm, project=project)
    return edit(request, form, "lists/form_page.html", then=lambda t: url, said=said, title=title, back_url=url,
                back_label=project.name, up_url=reverse("clients:project_list"), up_label="Projects",
                save_label=save)  # fmt: skip
