from __future__ import annotations

from django.apps import AppConfig

from bigtime.core.navigation import NavItem, register


class ClientsConfig(AppConfig):
    name = "bigtime.clients"

    def ready(self) -> None:
        roles = frozenset({"administrator", "accountant", "manager"})
        register(
            NavItem("Clients", "clients:client_list", "building-2", "", 50, roles),
            NavItem("Projects", "clients:project_list", "folder-kanban", "", 60, roles),
        )
