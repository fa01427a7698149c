from __future__ import annotations

from django.apps import AppConfig

from bigtime.core.navigation import NavItem, register


class StaffConfig(AppConfig):
    name = "bigtime.staff"

    def ready(self) -> None:
        roles = frozenset({"administrator", "accountant", "manager"})
        register(NavItem("Staff", "staff:list", "contact-round", "My Company", 20, roles))
