from __future__ import annotations

from django.apps import AppConfig

from bigtime.core.context import register_banners
from bigtime.core.navigation import NavItem, register


class IntegrationsConfig(AppConfig):
    name = "integrations"

    def ready(self) -> None:
        from bigtime.timesheets import closing  # noqa: PLC0415 - models are loaded only now

        from . import accounts, dashboard, panels  # noqa: PLC0415
        from .banners import banners  # noqa: PLC0415
        from .connected import books_closed_through  # noqa: PLC0415

        roles = frozenset({"administrator"})
        register(NavItem("Integrations", "integrations:list", "plug", "My Company", 40, roles))
        register_banners(banners)
        closing.register(books_closed_through)
        accounts.install()
        dashboard.install()
        panels.install()
