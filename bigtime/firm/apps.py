from __future__ import annotations

from django.apps import AppConfig

from bigtime.core.navigation import NavItem, register


class FirmConfig(AppConfig):
    name = "bigtime.firm"

    def ready(self) -> None:
        # These read models, which exist only from here on.
        from bigtime.core import pickers, slots  # noqa: PLC0415
        from bigtime.core.audit_words import name_place  # noqa: PLC0415

        from .audit_pages import PANELS, members  # noqa: PLC0415
        from .models import User  # noqa: PLC0415

        keepers = frozenset({"administrator", "accountant"})
        register(
            NavItem("Firm", "firm:settings", "settings", "My Company", 10, frozenset({"administrator"})),
            NavItem("Users and rights", "firm:users", "shield-check", "My Company", 90, frozenset({"administrator"})),
            NavItem("Audit", "firm:audit", "history", "My Company", 95, keepers),
        )
        pickers.register(pickers.Picker("member", User, members, ("name", "email"), keepers))
        slots.register(*PANELS)
        name_place("/company/invitation/", "Invitation")
        name_place("/accounts/", "Account")
