"""The lists of clients, of projects, and of a project's tasks."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Count, Q, QuerySet
from django.http import QueryDict
from django.urls import reverse

from bigtime.core.columns import Column
from bigtime.core.filters import ActivityFilter, ListFilter
from bigtime.core.lists import ListPage
from bigtime.staff.models import Staff

from .models import Client, Project, Task


class ClientFilter(ListFilter):
    search = ("name", "company", "email", "phone")
    show = ActivityFilter()

    class Meta:
        model = Client
        fields: list[str] = []


class ClientList(ListPage):
    name = "clients"
    filters = ClientFilter
    defaults = {"show": "active"}
    order = "name"
    place = "client_list"
    bulk = "lists/_bulk_activity.html"
    bulk_all = True
    search_label = "Name, company, e-mail, phone"
    columns = (
        Column("name", "Client", sort="name", main=True, url=lambda c: reverse("clients:client_detail", args=[c.pk])),
        Column("company", "Company", sort="company"),
        Column("email", "E-mail", sort="email"),
        Column("phone", "Phone"),
        Column("open_projects", "Active projects", sort="open_projects", kind="number"),
        Column("status", "Status", value=lambda c: "active" if c.is_active else "archived", kind="tag"),
        Column("address", "Address", shown=False),
        Column("changed", "Changed", value="updated_at", sort="updated_at", kind="instant", shown=False),
    )
    empty = {
        "icon": "building-2", "title": "No clients yet", "label": "New client",
        "text": "Add the people you work for, or connect QuickBooks and bring its customers in.",
    }  # fmt: skip

    @property
    def bulk_url(self) -> str:  # type: ignore[override]
        return reverse("clients:client_bulk")

    def rows(self) -> QuerySet[Any]:
        active = Count("projects", filter=Q(projects__is_active=True))
        rows: QuerySet[Any] = Client.objects.for_firm(self.request.firm).annotate(open_projects=active)
        return rows


def _clients(request: Any) -> QuerySet[Any]:
    return Client.objects.for_firm(request.firm).active() if request else Client.objects.none()


def _leads(request: Any) -> QuerySet[Any]:
    return Staff.objects.for_firm(request.firm).active() if request else Staff.objects.none()


class ProjectFilter(ListFilter):
    search = ("name", "code", "client__name")
    show = ActivityFilter()
    status = django_filters.ChoiceFilter(choices=Project.Status.choices, label="Status")
    client = django_filters.ModelChoiceFilter(queryset=_clients, label="Client")
    lead = django_filters.ModelChoiceFilter(queryset=_leads, label="Lead")
    billable = django_filters.ChoiceFilter(
        field_name="is_billable", choices=(("True", "Billable"), ("False", "Non-billable")), label="Billing"
    )

    class Meta:
        model = Project
        fields: list[str] = []


class ProjectList(ListPage):
    name = "projects"
    filters = ProjectFilter
    defaults = {"show": "active"}
    order = "name"
    place = "project_list"
    bulk = "lists/_bulk_activity.html"
    bulk_all = True
    search_label = "Project, code, client"
    columns = (
        Column("name", "Project", sort="name", main=True, url=lambda p: reverse("clients:project_detail", args=[p.pk])),
        Column(
            "client", "Client", value="client.name", sort="client__name",
            url=lambda p: reverse("clients:client_detail", args=[p.client_id]),
        ),
        Column("code", "Code", sort="code"),
        Column("lead", "Lead", value="lead.name", sort="lead__name"),
        Column("starts_on", "Starts", sort="starts_on", kind="date"),
        Column("ends_on", "Ends", sort="ends_on", kind="date"),
        Column("is_billable", "Billable", sort="is_billable", kind="yes"),
        Column("status", "Status", value=lambda p: p.get_status_display() if p.is_active else "archived",
               sort="status", kind="tag"),
        Column("open_to_all", "Open to everyone", sort="open_to_all", kind="yes", shown=False),
        Column("changed", "Changed", value="updated_at", sort="updated_at", kind="instant", shown=False),
    )  # fmt: skip
    empty = {
        "icon": "folder-kanban", "title": "No projects yet", "label": "New project",
        "text": "Time is recorded on projects. Add one for each piece of work, or bring QuickBooks’ jobs in.",
    }  # fmt: skip

    @property
    def bulk_url(self) -> str:  # type: ignore[override]
        return reverse("clients:project_bulk")

    def rows(self) -> QuerySet[Any]:
        return Project.objects.for_firm(self.request.firm).select_related("client", "lead")


class TaskFilter(ListFilter):
    search = ("name", "labor_code__name")
    show = ActivityFilter()

    class Meta:
        model = Task
        fields: list[str] = []


class TaskList(ListPage):
    """The tasks of one project, on that project's page."""

    name = "tasks"
    filters = TaskFilter
    defaults = {"show": "active"}
    order = "name"
    bulk = "lists/_bulk_activity.html"
    bulk_all = True
    search_label = "Task, labor code"
    columns = (
        Column("name", "Task", sort="name", main=True,
               url=lambda t: reverse("clients:task_edit", args=[t.project_id, t.pk])),
        Column("labor_code", "Labor code", value="labor_code.name", sort="labor_code__name"),
        Column("tracking_class", "Class", value="tracking_class.name", sort="tracking_class__name"),
        Column("budget_minutes", "Budget", sort="budget_minutes", kind="minutes"),
        Column("status", "Status", value=lambda t: "active" if t.is_active else "archived", kind="tag"),
        Column("changed", "Changed", value="updated_at", sort="updated_at", kind="instant", shown=False),
    )  # fmt: skip
    empty = {
        "icon": "list-checks", "title": "No tasks",
        "text": "Tasks split a project; time can also be recorded on the project itself.",
    }  # fmt: skip

    def __init__(self, request: Any, query: QueryDict | None = None, *, project: Project) -> None:
        super().__init__(request, query)
        self.project = project

    @property
    def bulk_url(self) -> str:  # type: ignore[override]
        return reverse("clients:task_bulk", args=[self.project.pk])

    def shown_columns(self) -> tuple[Column, ...]:
        used = self.request.firm.uses_classes
        return tuple(column for column in self.columns if used or column.key != "tracking_class")

    def rows(self) -> QuerySet[Any]:
        return self.project.tasks.select_related("labor_code", "tracking_class")
