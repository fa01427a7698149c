from __future__ import annotations

from django.apps import AppConfig

from bigtime.core import facts, slots, tiles
from bigtime.core.navigation import NavItem, register


class DashboardConfig(AppConfig):
    name = "bigtime.dashboard"

    def ready(self) -> None:
        # Tiles and panels read models, which exist only from here on.
        from .figures import WAITING, WAITING_MINUTES  # noqa: PLC0415
        from .panels import SLOTS  # noqa: PLC0415
        from .tiles import TILES  # noqa: PLC0415

        register(NavItem("Dashboard", "dashboard:home", "layout-dashboard", "", 10))
        tiles.register(*TILES)
        slots.register(*SLOTS)
        facts.register(WAITING, WAITING_MINUTES)
