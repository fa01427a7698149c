from __future__ import annotations

from django.apps import AppConfig

from bigtime.core import facts, pending
from bigtime.core.navigation import NavItem, register

SUPERVISORS = frozenset({"administrator", "accountant", "manager"})


class TimesheetsConfig(AppConfig):
    name = "bigtime.timesheets"

    def ready(self) -> None:
        # Models are there only once the apps are loaded.
        from .queue import WAITING, waiting_count  # noqa: PLC0415
        from .waiting import lines  # noqa: PLC0415

        register(
            NavItem("Timesheet", "timesheets:week", "calendar-clock", "", 20),
            NavItem("Approvals", "timesheets:approvals", "check-check", "", 40, SUPERVISORS, count=waiting_count),
        )
        pending.register(lines)
        facts.register(WAITING)
