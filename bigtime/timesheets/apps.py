from __future__ import annotations

from django.apps import AppConfig

from bigtime.core.navigation import NavItem, register


class TimesheetsConfig(AppConfig):
    name = "bigtime.timesheets"

    def ready(self) -> None:
        roles = frozenset({"administrator", "accountant", "manager"})
        register(
            NavItem("Timesheet", "timesheets:week", "calendar-clock", "", 20),
            NavItem("Approvals", "timesheets:approvals", "check-check", "", 40, roles),
        )
