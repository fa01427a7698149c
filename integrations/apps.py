from __future__ import annotations

from django.apps import AppConfig

from bigtime.core.navigation import NavItem, register


class IntegrationsConfig(AppConfig):
    name = "integrations"

    def ready(self) -> None:
        roles = frozenset({"administrator"})
        register(NavItem("Integrations", "integrations:list", "plug", "My Company", 40, roles))
