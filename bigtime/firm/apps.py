from __future__ import annotations

from django.apps import AppConfig

from bigtime.core.navigation import NavItem, register


class FirmConfig(AppConfig):
    name = "bigtime.firm"

    def ready(self) -> None:
        register(
            NavItem("Firm", "firm:settings", "settings", "My Company", 10, frozenset({"administrator"})),
            NavItem("Users and rights", "firm:users", "shield-check", "My Company", 90, frozenset({"administrator"})),
        )
