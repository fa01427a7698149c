"""Clients and projects: lists, one record, edit, archive and restore. Managers and the office; staff see none of it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from bigtime.core.bulk import archive_or_restore, counted
from bigtime.core.editing import edit
from bigtime.firm.access import MANAGERS, FirmRequest, firm_view

from . import services
from .forms import ClientForm, ProjectForm, TaskForm
from .lists import ClientList, ProjectList, TaskList
from .models import Client, Project

FORM = ("GET", "HEAD", "POST")
PAGE = "lists/form_page.html"


@firm_view(*MANAGERS)
def client_list(request: FirmRequest) -> HttpResponseBase:
    new = reverse("clients:client_new")
    clients = ClientList(request)
    clients.empty = {**clients.empty, "url": new}
    return clients.respond("lists/page.html", title="Clients", new_url=new, new_label="New client")


@firm_view(*MANAGERS, methods=FORM)
def client_new(request: FirmRequest) -> HttpResponse:
    form = ClientForm(request.POST or None, firm=request.firm)
    return edit(request, form, PAGE, then=_client_url, said="{} was added.", title="New client",
                back_url=reverse("clients:client_list"), back_label="Clients", save_label="Add client")  # fmt: skip


@firm_view(*MANAGERS)
def client_detail(request: FirmRequest, pk: int) -> HttpResponse:
    client = get_object_or_404(Client.objects.for_firm(request.firm), pk=pk)
    projects = client.projects.select_related("lead").order_by("-is_active", "name")
    new = f"{reverse('clients:project_new')}?client={client.pk}"
    return render(
        request, "clients/client_detail.html", {"client": client, "projects": projects, "new_project_url": new}
    )


@firm_view(*MANAGERS, methods=FORM)
def client_edit(request: FirmRequest, pk: int) -> HttpResponse:
    client = get_object_or_404(Client.objects.for_firm(request.firm), pk=pk)
    form = ClientForm(request.POST or None, instance=client, firm=request.firm)
    return edit(request, form, PAGE, then=_client_url, said="{} was saved.", title="Edit client",
                back_url=_client_url(client), back_label=client.name, up_url=reverse("clients:client_list"),
                up_label="Clients")  # fmt: skip


@firm_view(*MANAGERS, methods=("POST",))
def client_bulk(request: FirmRequest) -> HttpResponse:
    def archive(rows: QuerySet[Any]) -> str:
        clients, projects = services.archive_clients(firm=request.firm, clients=rows)
        return f"{counted(clients, 'client')} archived, with {counted(projects, 'active project')}."

    def restore(rows: QuerySet[Any]) -> str:
        clients = services.restore_clients(firm=request.firm, clients=rows)
        return f"{counted(clients, 'client')} restored. Archived projects stay archived."

    back = reverse("clients:client_list")
    return archive_or_restore(request, ClientList, back, "client", archive=archive, restore=restore)


@firm_view(*MANAGERS)
def project_list(request: FirmRequest) -> HttpResponseBase:
    new = reverse("clients:project_new")
    projects = ProjectList(request)
    projects.empty = {**projects.empty, "url": new}
    return projects.respond("lists/page.html", title="Projects", new_url=new, new_label="New project")


@firm_view(*MANAGERS, methods=FORM)
def project_new(request: FirmRequest) -> HttpResponse:
    """A new project; `?client=` chooses its client beforehand."""
    form = ProjectForm(request.POST or None, firm=request.firm, initial={"client": request.GET.get("client")})
    return edit(request, form, PAGE, then=_project_url, said="{} was added.", title="New project",
                back_url=reverse("clients:project_list"), back_label="Projects", save_label="Add project")  # fmt: skip


@firm_view(*MANAGERS)
def project_detail(request: FirmRequest, pk: int) -> HttpResponseBase:
    """The project, and the list of its tasks."""
    project = _project(request, pk)
    context = {
        "project": project,
        "team": project.team.order_by("name"),
        "task_form": TaskForm(firm=request.firm, project=project, auto_id="task_%s"),
    }
    return TaskList(request, project=project).respond("clients/project_detail.html", title="Tasks", **context)


@firm_view(*MANAGERS, methods=FORM)
def project_edit(request: FirmRequest, pk: int) -> HttpResponse:
    project = _project(request, pk)
    form = ProjectForm(request.POST or None, instance=project, firm=request.firm)
    return edit(request, form, PAGE, then=_project_url, said="{} was saved.", title="Edit project",
                back_url=_project_url(project), back_label=project.name, up_url=reverse("clients:project_list"),
                up_label="Projects")  # fmt: skip


@firm_view(*MANAGERS, methods=("POST",))
def project_bulk(request: FirmRequest) -> HttpResponse:
    def archive(rows: QuerySet[Any]) -> str:
        count = services.archive_projects(firm=request.firm, projects=rows)
        return f"{counted(count, 'project')} archived. Their time stays."

    def restore(rows: QuerySet[Any]) -> str:
        return f"{counted(services.restore_projects(firm=request.firm, projects=rows), 'project')} restored."

    back = reverse("clients:project_list")
    return archive_or_restore(request, ProjectList, back, "project", archive=archive, restore=restore)


def _project(request: FirmRequest, pk: int) -> Project:
    rows = Project.objects.for_firm(request.firm).select_related("client", "lead", "tracking_class")
    project: Project = get_object_or_404(rows, pk=pk)
    return project


def _client_url(client: Client) -> str:
    return reverse("clients:client_detail", args=[client.pk])


def _project_url(project: Project) -> str:
    return reverse("clients:project_detail", args=[project.pk])
