from __future__ import annotations

from django.apps import AppConfig

from bigtime.core.navigation import NavItem, register


class CodesConfig(AppConfig):
    name = "bigtime.codes"

    def ready(self) -> None:
        roles = frozenset({"administrator", "accountant"})
        register(NavItem("Codes", "codes:list", "tags", "My Company", 30, roles))
