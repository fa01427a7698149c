from __future__ import annotations

from django.apps import AppConfig

from bigtime.core.navigation import NavItem, register


class ClientsConfig(AppConfig):
    name = "bigtime.clients"

    def ready(self) -> None:
        from bigtime.core import pickers  # noqa: PLC0415

        from .models import Client, Project  # noqa: PLC0415

        clients = Client.objects.active().order_by("name")
        projects = Project.objects.filter(is_active=True).select_related("client").order_by("client__name", "name")
        pickers.register(
            pickers.Picker("client", Client, clients.for_firm, ("name", "company")),
            pickers.Picker("project", Project, projects.for_firm, ("name", "client__name", "code")),
        )
        roles = frozenset({"administrator", "accountant", "manager"})
        register(
            NavItem("Clients", "clients:client_list", "building-2", "", 50, roles),
            NavItem("Projects", "clients:project_list", "folder-kanban", "", 60, roles),
        )
