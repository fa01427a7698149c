from __future__ import annotations

from django.apps import AppConfig

from bigtime.core.navigation import NavItem, register


class StaffConfig(AppConfig):
    name = "bigtime.staff"

    def ready(self) -> None:
        # These read models, which exist only from here on.
        from bigtime.core import pickers  # noqa: PLC0415
        from bigtime.firm.invitations import when_joined  # noqa: PLC0415

        from .joining import tie_staff_record  # noqa: PLC0415
        from .models import Staff  # noqa: PLC0415

        roles = frozenset({"administrator", "accountant", "manager"})
        register(NavItem("Staff", "staff:list", "contact-round", "My Company", 20, roles))
        offered = Staff.objects.active().order_by("name")
        pickers.register(pickers.Picker("staff", Staff, offered.for_firm, ("name", "email", "number")))
        when_joined(tie_staff_record)
