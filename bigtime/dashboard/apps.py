from __future__ import annotations

from django.apps import AppConfig

from bigtime.core.navigation import NavItem, register


class DashboardConfig(AppConfig):
    name = "bigtime.dashboard"

    def ready(self) -> None:
        register(NavItem("Dashboard", "dashboard:home", "layout-dashboard", "", 10))
