from __future__ import annotations

from django.apps import AppConfig

from bigtime.core.navigation import NavItem, register


class StaffConfig(AppConfig):
    name = "bigtime.staff"

    def ready(self) -> None:
        # These read models, which exist only from here on.
        from bigtime.firm.invitations import when_joined  # noqa: PLC0415

        from .joining import tie_staff_record  # noqa: PLC0415

        roles = frozenset({"administrator", "accountant", "manager"})
        register(NavItem("Staff", "staff:list", "contact-round", "My Company", 20, roles))
        when_joined(tie_staff_record)
